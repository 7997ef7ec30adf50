// SPDX-License-Identifier: MIT
// `via` and `lan` of a station: how it is read.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gateway/base/host_port.h"
#include "gateway/config/parts.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway {
namespace {

using schemas::Way;

constexpr std::array<std::string_view, 2> kWays{"lan", "cloud"};
constexpr double kLeastLanSeconds = 5;  // more often than that, stations were seen to fail

void read_via(Section& section, StationConfig& station) {
  const auto given = section.texts("via");
  std::vector<Way> ways;
  for (const Section::Text& name : given) {
    const Way way = name.value == "lan" ? Way::lan : Way::cloud;
    if (std::ranges::find(kWays, name.value) == kWays.end()) {
      section.refuse(name, fmt::format("'{}' is no way to a station: \"lan\" and \"cloud\" are{}", name.value,
                                       suggestion(name.value, kWays)));
    } else if (std::ranges::find(ways, way) != ways.end()) {
      section.refuse(name, fmt::format("'{}' is named twice", name.value));
    } else {
      ways.push_back(way);
    }
  }
  if (!ways.empty()) station.via = std::move(ways);
}

void read_endpoint(Section& lan, LanEndpoint& endpoint) {
  const auto host = lan.text("host");
  if (host) endpoint.host = host->value;
  if (host && !host->value.empty() && !is_host(host->value)) {
    lan.refuse(*host,
               fmt::format("'{}' is not a name or an address; the port has a key of its own, 'port'", host->value));
  }
  if (endpoint.host.empty()) lan.require("host", "the station's address or name in the home network");
  if (const auto port = lan.integer("port", 1, 65535)) endpoint.port = static_cast<std::uint16_t>(*port);
  lan.tell_default("port", fmt::format("{}", endpoint.port));
  if (const auto unit = lan.integer("unit", 0, 255)) endpoint.unit = static_cast<std::uint8_t>(*unit);
}

}  // namespace

void read_ways(Section& section, Reading& reading, StationConfig& station) {
  read_via(section, station);
  std::vector<std::string_view> names;
  for (const Way way : station.via) names.push_back(name_of(way));
  section.tell_default("via", fmt::format("{}", fmt::join(names, ", ")));
  const Table* table = section.table("lan");
  const bool is_used = station.goes_by(Way::lan);
  if (!table) {
    if (is_used) section.require("lan", "where the station answers, as { host = \"192.168.1.20\" }");
    return;
  }
  if (!is_used) {
    section.refuse(section.place_of("lan"), "lan", "has no effect: set via = [\"lan\"] or [\"lan\", \"cloud\"]");
  }
  Section lan(reading, "station.lan", table);
  lan.call("station." + station.id + ".lan");
  read_endpoint(lan, station.lan);
  lan.finish();
}

void check_ways(Section& section, const schemas::Catalog& catalog, const StationConfig& station) {
  const schemas::Model* model = station.model;
  if (station.goes_by(Way::lan) && station.automatic) {
    const auto name = section.text("model");
    if (name && name->value != "auto") return;  // which was refused
    if (station.via.size() > 1) {
      section.refuse(section.place_of("model"), "model",
                     fmt::format("missing: with two ways it has to be named. 'bluetti-gateway find {}' tells it",
                                 host_port_text(station.lan.host, station.lan.port)));
    }
  } else if (station.goes_by(Way::lan) && model && model->lan.blocks.empty()) {
    section.refuse(section.place_of("via"), "via",
                   fmt::format("nothing is known of the model {} over Modbus TCP", model->title));
  }
  if (station.lan.unit && *station.lan.unit != 1 && model && model->lan.has(schemas::Quirk::frozen_by_other_units)) {
    section.refuse(
        section.place_of("lan"), "lan",
        fmt::format("unit {}: asked for another unit than 1, a station of the model {} stops answering until "
                    "it is switched off",
                    *station.lan.unit, model->title));
  }
  if (station.goes_by(Way::cloud) && model && !model->is_abstract && model->blocks.empty()) {
    section.refuse(section.place_of("via"), "via",
                   fmt::format("nothing is known of the model {} at the cloud: set via = [\"lan\"]", model->title));
  }
  for (const auto& [id, seconds] : station.poll) {
    if (catalog.block(id)->way != Way::lan || seconds >= kLeastLanSeconds) continue;
    return section.refuse(section.place_of("poll"), "poll",
                          fmt::format("{} seconds for block {}: over Modbus TCP it is read every {} seconds at most",
                                      seconds, id, kLeastLanSeconds));
  }
}

}  // namespace bluetti::gateway
