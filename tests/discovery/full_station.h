// SPDX-License-Identifier: MIT
// A station of any model that sends all it can, with as many packs as wanted.
#pragma once

#include <optional>

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
      : model(its_model), way(its_way), decoders(decoders_of(model, packs, way)) {
    station.serial = "2345000000001";
    station.name = "Living room";
    station.model = model.title;
    station.software_version = "4036.08";
    for (const schemas::Decoder& decoder : decoders) {
      for (const schemas::Slot& slot : decoder.slots()) station.entities.push_back({&slot, &decoder.block()});
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
