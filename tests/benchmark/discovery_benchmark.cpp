// SPDX-License-Identifier: MIT
// The discovery document of the model with the most entities.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "discovery/discovery.h"
#include "schemas/catalog.h"
#include "tests/benchmark/by_hand.h"

namespace bluetti::benchmark {
namespace {

using ::benchmark::DoNotOptimize;
using ::benchmark::State;

struct Largest {
  schemas::Catalog catalog = schemas::Catalog::built_in();
  std::vector<schemas::Decoder> decoders;
  discovery::Station station;
};

Largest make_largest() {
  Largest largest;
  std::size_t most = 0;
  const schemas::Model* chosen = nullptr;
  for (const auto& [name, model] : largest.catalog.models()) {
    if (model.is_abstract) continue;
    std::size_t slots = 0;
    for (const std::uint16_t id : model.blocks) {
      slots += schemas::Decoder(*largest.catalog.block(id), model).slots().size();
    }
    if (slots > most) {
      most = slots;
      chosen = &model;
    }
  }
  for (const std::uint16_t id : chosen->blocks) largest.decoders.emplace_back(*largest.catalog.block(id), *chosen);
  largest.station = {.serial = "2345000000001", .name = "Living room", .model = chosen->title};
  for (const schemas::Decoder& decoder : largest.decoders) {
    for (const schemas::Slot& slot : decoder.slots()) {
      if (slot.field->secret || slot.field->prominence == schemas::Prominence::none) continue;
      largest.station.entities.push_back({&slot, &decoder.block()});
    }
  }
  return largest;
}
const Largest& largest() {
  static const Largest kept = make_largest();
  return kept;
}

void document_gateway(State& state) {
  discovery::DocumentMaker maker({}, {});
  std::size_t size = 0;
  for (auto _ : state) {
    const auto documents = maker.documents(largest().station, "living_room");
    size = 0;
    for (const auto& document : documents) size += document.payload.size();
    DoNotOptimize(size);
  }
  state.counters["values"] = static_cast<double>(largest().station.entities.size());
  state.counters["bytes"] = static_cast<double>(size);
}
void document_by_hand(State& state) {
  std::vector<char> out(1 << 22);
  for (auto _ : state) {
    std::size_t size = 0;
    for (const discovery::Entity& entity : largest().station.entities) {
      const schemas::Slot& slot = *entity.slot;
      size += write_entity_by_hand("2345000000001", "living_room", slot.path.c_str(), slot.id.c_str(),
                                   slot.field->name.c_str(), slot.field->unit.c_str(), "power", "measurement",
                                   out.data() + size, out.size() - size);
    }
    DoNotOptimize(size);
    state.counters["bytes"] = static_cast<double>(size);
  }
}
BENCHMARK(document_gateway)->Name("discovery of the largest model/gateway");
BENCHMARK(document_by_hand)->Name("discovery of the largest model/c");

}  // namespace
}  // namespace bluetti::benchmark
