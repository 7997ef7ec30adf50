// SPDX-License-Identifier: MIT
#include "gateway/cli/station_snippet.h"

#include <fmt/format.h>

namespace bluetti::gateway::cli {
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

std::string model_lines(const std::string& cloud_model, const schemas::Catalog& catalog) {
  const schemas::Model* model = catalog.model(cloud_model);
  if (model == nullptr) return fmt::format("model = \"auto\"\ncloud_model = {}\n", toml_string(cloud_model));
  const std::string& usual = model->cloud_name.empty() ? model->name : model->cloud_name;
  const std::string line = fmt::format("model = {}\n", toml_string(model->name));
  return usual == cloud_model ? line : line + fmt::format("cloud_model = {}\n", toml_string(cloud_model));
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

std::string station_snippets(std::span<const VendorStation> stations, const schemas::Catalog& catalog,
                             std::string_view account) {
  std::string text;
  std::set<std::string> taken;
  for (const VendorStation& station : stations) {
    if (!text.empty()) text += '\n';
    text += fmt::format("[[station]]\nid = \"{}\"\n", free_station_id(station.name, station.model, taken));
    if (!station.name.empty()) text += fmt::format("name = {}\n", toml_string(station.name));
    text += model_lines(station.model, catalog);
    text += fmt::format("serial = {}\n", toml_string(station.serial));
    if (!account.empty()) text += fmt::format("account = {}\n", toml_string(account));
  }
  return text;
}

}  // namespace bluetti::gateway::cli
