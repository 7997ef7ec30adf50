// SPDX-License-Identifier: MIT
#include "gateway/setup/station_snippet.h"

#include <fmt/format.h>

#include <utility>

#include "gateway/config/serial_label.h"
#include "protocol/mbap.h"

namespace bluetti::gateway {
namespace {

// "Living room" -> "living_room"; nothing is left of a name in another script.
std::string id_of(std::string_view name) {
  std::string id;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      id += c;
    } else if (c >= 'A' && c <= 'Z') {
      id += static_cast<char>(c - 'A' + 'a');
    } else if (!id.empty() && id.back() != '_') {
      id += '_';
    }
  }
  while (id.ends_with('_')) id.pop_back();
  return id;
}

// What others have chosen names no variable of ours.
std::string foreign_string(std::string text) {
  for (std::size_t at = 0; (at = text.find("${", at)) != std::string::npos;) text.erase(at, 1);
  return toml_string(text);
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') result += c;
  }
  return result + '"';
}

std::string free_station_id(std::string_view name, std::string_view model, std::set<std::string>& taken) {
  std::string base = id_of(name);
  if (base.empty()) base = id_of(model);
  if (base.empty() || base == "bridge") base = "station";  // topics below <base>/bridge are the gateway's own
  std::string id = base;
  for (int number = 2; !taken.insert(id).second; ++number) id = fmt::format("{}_{}", base, number);
  return id;
}

ProposedStation proposed(const VendorStation& station, const schemas::Catalog& catalog) {
  ProposedStation result{
      .serial = station.serial, .name = station.name, .model = {}, .cloud_model = station.model, .lan = {}};
  const schemas::Model* model = catalog.model(station.model);
  if (model == nullptr) return result;
  result.model = model->name;
  if ((model->cloud_name.empty() ? model->name : model->cloud_name) == station.model) result.cloud_model.clear();
  return result;
}

std::variant<ProposedStation, std::string> proposed(std::string_view label, const schemas::Catalog& catalog) {
  auto parsed = parse_serial_label(label, nullptr, catalog);
  if (auto* fault = std::get_if<std::string>(&parsed)) return std::move(*fault);
  auto& serial = std::get<SerialLabel>(parsed);
  return ProposedStation{.serial = std::move(serial.serial),
                         .name = {},
                         .model = serial.model ? serial.model->name : std::string(),
                         .cloud_model = {},
                         .lan = {}};
}

std::string station_table(const ProposedStation& station, std::string_view id, std::string_view account) {
  std::string text = fmt::format("[[station]]\nid = \"{}\"\n", id);
  if (!station.name.empty()) text += fmt::format("name = {}\n", foreign_string(station.name));
  text += fmt::format("model = {}\n", toml_string(station.model.empty() ? "auto" : station.model));
  if (!station.cloud_model.empty()) text += fmt::format("cloud_model = {}\n", foreign_string(station.cloud_model));
  text += station.serial.empty() ? "serial = \"...\"   # the number on its label, which it does not tell\n"
                                 : fmt::format("serial = {}\n", toml_string(station.serial));
  if (station.lan) {
    const LanEndpoint& lan = *station.lan;
    const std::string port = lan.port == protocol::kModbusTcpPort ? "" : fmt::format(", port = {}", lan.port);
    text += fmt::format("via = [\"lan\"]\nlan = {{ host = {}{} }}\n", toml_string(lan.host), port);
  }
  if (!account.empty()) text += fmt::format("account = {}\n", toml_string(account));
  return text;
}

std::string station_snippets(std::span<const VendorStation> stations, const schemas::Catalog& catalog,
                             std::string_view account) {
  std::string text;
  std::set<std::string> taken;
  for (const VendorStation& station : stations) {
    if (!text.empty()) text += '\n';
    text += station_table(proposed(station, catalog), free_station_id(station.name, station.model, taken), account);
  }
  return text;
}

}  // namespace bluetti::gateway
