// SPDX-License-Identifier: MIT
#include "gateway/setup/lan_check.h"

#include <fmt/format.h>

#include "gateway/base/host_port.h"
#include "gateway/setup/lan_reads.h"

namespace bluetti::gateway {

std::variant<ProposedStation, std::string> look_at_station(std::string_view address, const schemas::Catalog& catalog,
                                                           std::chrono::milliseconds within) {
  const auto place = parse_host_port(address, protocol::kModbusTcpPort);
  if (!place) return fmt::format("'{}' is not HOST or HOST:PORT (an IPv6 address in brackets)", address);
  auto connected = read::LanClient::connect(place->host, place->port, within);
  if (const auto* problem = std::get_if<std::string>(&connected)) {
    return fmt::format("{}: {}; see docs/lan.md for how Modbus TCP is switched on", address, *problem);
  }
  auto& client = std::get<read::LanClient>(connected);
  LanIdentity told = identify(client, catalog, within / kMostIdentifyingReads);
  if (const std::string why = why_unread(told, client); !why.empty()) return fmt::format("{}: {}", address, why);
  return ProposedStation{.serial = std::move(told.serial),
                         .name = {},
                         .model = told.model->name,
                         .cloud_model = {},
                         .lan = LanEndpoint{.host = place->host, .port = place->port, .unit = {}}};
}

}  // namespace bluetti::gateway
