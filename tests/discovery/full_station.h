// SPDX-License-Identifier: MIT
// A station of any model that sends all it can, with as many packs as wanted.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "discovery/discovery.h"
#include "schemas/catalog.h"
#include "schemas/decoder.h"
#include "schemas/setting.h"

namespace bluetti::discovery {

inline const schemas::Catalog& catalog() {
  static const schemas::Catalog kCatalog = schemas::Catalog::built_in();
  return kCatalog;
}

inline std::vector<schemas::Decoder> decoders_of(const schemas::Model& model, int packs,
                                                 schemas::Way way = schemas::Way::cloud) {
  std::vector<schemas::Decoder> decoders;
  for (const std::uint16_t id : model.blocks_by(way)) {
    const schemas::Block& block = *catalog().block(id);
    const int instances = block.instance.empty() ? 1 : packs;
    for (int instance = 1; instance <= instances; ++instance) decoders.emplace_back(block, model, instance);
  }
  return decoders;
}

struct FullStation {
  explicit FullStation(const schemas::Model& its_model, int packs, schemas::Way its_way = schemas::Way::cloud)
      : FullStation(its_model, packs, std::vector{its_way}) {}

  // What several ways bring is described by the first of them.
  FullStation(const schemas::Model& its_model, int packs, const std::vector<schemas::Way>& ways)
      : model(its_model), way(ways.front()) {
    for (const schemas::Way one : ways) {
      for (schemas::Decoder& decoder : decoders_of(model, packs, one)) decoders.push_back(std::move(decoder));
    }
    station.serial = "2345000000001";
    station.name = "Living room";
    station.model = model.title;
    station.software_version = "4036.08";
    std::set<std::string_view> ids;
    for (const schemas::Decoder& decoder : decoders) {
      for (const schemas::Slot& slot : decoder.slots()) {
        const bool is_new = ids.insert(slot.id).second;
        if (is_new || ways.size() == 1) station.entities.push_back({&slot, &decoder.block()});
      }
    }
    topics.station = "living_room";
  }

  // All that its data allow, with the greatest value set where no source tells it.
  void allow_control() {
    constexpr double kGreatest = 100;
    settings.emplace(catalog(), model, way);
    for (schemas::Setting& setting : settings->all()) {
      if (setting.needs_limit()) (void)setting.narrow(std::nullopt, kGreatest);
      station.settings.push_back(&setting);
    }
  }

  [[nodiscard]] std::vector<Document> documents(const Language& language = {}) const {
    return discovery::documents(station, topics, {}, language);
  }

  const schemas::Model& model;
  schemas::Way way;
  std::vector<schemas::Decoder> decoders;
  std::optional<schemas::SettingsOfModel> settings;
  Station station;
  Topics topics;
};

}  // namespace bluetti::discovery
