// SPDX-License-Identifier: MIT
// `simulate`: be the stations, made up or out of a record, on a broker that plays the cloud.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "gateway/base/clock.h"
#include "gateway/base/host_port.h"
#include "gateway/capture/record_reader.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/daemon/signals.h"
#include "gateway/mqtt/identity.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/observe/log.h"
#include "gateway/simulator/fleet.h"
#include "gateway/simulator/lan_server.h"
#include "gateway/simulator/simulator.h"
#include "protocol/mbap.h"

namespace bluetti::gateway::cli {
namespace {

using simulator::Fleet;

constexpr std::string_view kClientId = "bluetti-simulator-";  // marks all that is sent

// The connection and the identity whose memory files it reads.
struct Access {
  ConnectionOptions connection;
  std::optional<protocol::TlsIdentity> identity;
};
using AccessResult = std::variant<Access, std::string>;

// Where the vendor's real stations are: what a simulator said there would pass for theirs.
constexpr std::array<std::string_view, 3> kVendorDomains{"bluettipower.com", "bluettipower.cn", "bluetti.com"};

bool is_vendors(std::string host) {
  std::ranges::transform(host, host.begin(), [](unsigned char c) { return std::tolower(c); });
  if (host.ends_with('.')) host.pop_back();
  return std::ranges::any_of(kVendorDomains, [&](std::string_view domain) {
    return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
  });
}

AccessResult access_of(const SimulateOptions& options) {
  const auto url = parse_broker_url(options.broker);
  if (!url) return fmt::format("not a broker's URL: \"{}\"; say mqtt://host:port or mqtts://host:port", options.broker);
  if (is_vendors(url->host)) {
    return fmt::format(
        "--broker: {} is the vendor's; made-up stations belong on a broker of your own, for instance "
        "mqtt://127.0.0.1:1883",
        url->host);
  }
  Access access;
  access.connection.url = *url;
  access.connection.client_id = fmt::format("{}{}", kClientId, options.first_serial);
  if (!options.certificate.empty()) {
    auto identity = load_identity({options.certificate, {}}, Secret{options.certificate_password}, true);
    if (auto* error = std::get_if<std::string>(&identity)) return std::move(*error);
    access.identity = std::move(std::get<protocol::TlsIdentity>(identity));
  }
  const TlsConfig tls{.authorities = options.authorities, .verify = Verify::full, .security_level = {}};
  if (url->tls) access.connection.tls = tls_material(tls, access.identity ? &*access.identity : nullptr);
  return access;
}

// "simulating 3 stations (AP300, EL100V2): serials 2345000000001 to 2345000000003, on mqtt://127.0.0.1:1883"
void say_what_starts(const SimulateOptions& options, const Fleet& fleet, const BrokerUrl& url) {
  const std::size_t count = fleet.stations.size();
  const std::span<const std::string> models{options.models.data(), std::min(options.models.size(), count)};
  const std::string_view first = simulator::address_of(fleet.stations.front()).serial;
  const std::string serials =
      count == 1 ? fmt::format("serial {}", first)
                 : fmt::format("serials {} to {}", first, simulator::address_of(fleet.stations.back()).serial);
  spdlog::info("simulating {} station{} ({}): {}, on {}", count, count == 1 ? "" : "s", fmt::join(models, ", "),
               serials, url.text());
}

// The station's serial is what a gateway that is to read it needs.
void say_what_is_replayed(const Fleet& fleet, const BrokerUrl& url) {
  for (const simulator::AnyStation& station : fleet.stations) {
    const auto& replayed = std::get<simulator::ReplayedStation>(station);
    spdlog::info("replaying a station: model {}, serial {}, {} answers, {} messages unasked, on {}",
                 replayed.address().model, replayed.address().serial, replayed.answers(), replayed.pushes(),
                 url.text());
  }
}

using FleetResult = std::variant<Fleet, std::string>;

FleetResult simulated_fleet(const SimulateOptions& options, const schemas::Catalog& catalog, schemas::Way way) {
  for (const schemas::Problem& problem : catalog.problems()) spdlog::warn("schema refused: {}", problem.text());
  return simulator::make_fleet({.models = options.models,
                                .stations = static_cast<std::size_t>(options.stations),
                                .first_serial = options.first_serial,
                                .seed = options.seed,
                                .way = way,
                                .captures = options.captures},
                               catalog);
}

FleetResult replayed_fleet(const std::filesystem::path& file) {
  auto result = capture::load_record(file);
  if (auto* error = std::get_if<std::string>(&result)) return std::move(*error);
  const auto& record = std::get<capture::Record>(result);
  for (const schemas::Problem& problem : record.problems) spdlog::warn("left out: {}", problem.text());
  Fleet fleet;
  for (auto& station : simulator::replayed_stations(record.messages)) fleet.stations.emplace_back(std::move(station));
  if (fleet.stations.empty()) return fmt::format("{}: no station to replay", file.string());
  return fleet;
}

ExitCode serve(Fleet fleet, const Access& access, const simulator::Pace& pace, TimePoint start, EventQueue& queue) {
  const EventSink sink = [&queue](Event event) { queue.push(std::move(event)); };
  const auto client = make_paho_client(kLocal, access.connection, sink);
  simulator::Simulator stations{std::move(fleet.stations), *client, pace, start};
  stations.run(queue, SteadyClock{});
  return stations.failed() ? kUnreachable : kDone;
}

// The stations of the local network, with the models that they refer to.
struct LanStations {
  std::vector<std::unique_ptr<const simulator::SimulatedModel>> models;
  std::unique_ptr<simulator::LanServer> server;
};
using LanResult = std::variant<LanStations, std::string>;

LanResult serve_lan(const SimulateOptions& options, const schemas::Catalog& catalog, TimePoint start) {
  const bool is_port = options.lan.find(':') == std::string::npos;
  const auto place = parse_host_port(is_port ? "127.0.0.1:" + options.lan : options.lan, protocol::kModbusTcpPort);
  if (!place) return fmt::format("--lan: '{}' is not [HOST:]PORT", options.lan);
  auto made = simulated_fleet(options, catalog, schemas::Way::lan);
  if (auto* error = std::get_if<std::string>(&made)) return std::move(*error);
  auto& fleet = std::get<Fleet>(made);
  std::vector<simulator::SimulatedStation> stations;
  for (simulator::AnyStation& station : fleet.stations) {
    stations.push_back(std::move(std::get<simulator::SimulatedStation>(station)));
  }
  auto server = simulator::LanServer::start(
      std::move(stations), {.host = place->host, .first_port = place->port, .speed = options.speed, .start = start});
  if (auto* error = std::get_if<std::string>(&server)) return fmt::format("--lan: {}", *error);
  spdlog::info("{} Modbus TCP station{} ({}) from {}:{} on", options.stations, options.stations == 1 ? "" : "s",
               fmt::join(options.models, ", "), place->host, place->port);
  return LanStations{std::move(fleet.models), std::move(std::get<std::unique_ptr<simulator::LanServer>>(server))};
}

void wait_for_stop(EventQueue& queue) {
  std::vector<Event> events;
  const auto is_stop = [](const Event& event) { return std::holds_alternative<StopRequested>(event); };
  while (std::ranges::none_of(events, is_stop)) queue.pop_until(TimePoint::max(), events);
}

}  // namespace

int simulate(const SimulateOptions& options) {
  start_logging({.full_serials = true}, options.log_level);
  if (options.stations < 1) return refuse("--stations: at least one");
  if (options.speed <= 0) return refuse("--speed: more than zero");
  if (options.push_interval < 0) return refuse("--push-interval: not less than zero");

  const auto catalog = schemas::Catalog::load(options.schemas);
  const TimePoint start = std::chrono::steady_clock::now();
  EventQueue queue;
  const Signals signals{[&queue](Event event) { queue.push(std::move(event)); }};
  LanResult lan;
  if (!options.lan.empty()) lan = serve_lan(options, catalog, start);
  if (const auto* error = std::get_if<std::string>(&lan)) return refuse(*error);
  if (!options.lan.empty() && !options.has_broker) {
    wait_for_stop(queue);
    return kDone;
  }
  auto fleet =
      options.replay.empty() ? simulated_fleet(options, catalog, schemas::Way::cloud) : replayed_fleet(options.replay);
  if (const auto* error = std::get_if<std::string>(&fleet)) return refuse(*error);
  const auto access = access_of(options);
  if (const auto* error = std::get_if<std::string>(&access)) return refuse(*error);

  const BrokerUrl& url = std::get<Access>(access).connection.url;
  if (options.replay.empty()) {
    say_what_starts(options, std::get<Fleet>(fleet), url);
  } else {
    say_what_is_replayed(std::get<Fleet>(fleet), url);
  }
  spdlog::info("nothing of this is real: the broker knows the sender by the client id {}",
               std::get<Access>(access).connection.client_id);
  const auto push_interval = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.push_interval));
  return serve(std::get<Fleet>(std::move(fleet)), std::get<Access>(access),
               {.speed = options.speed, .push_interval = push_interval}, start, queue);
}

}  // namespace bluetti::gateway::cli
