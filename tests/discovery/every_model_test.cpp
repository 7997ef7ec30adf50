// SPDX-License-Identifier: MIT
// The documents of all models, with all blocks and all items of all groups. A new model or block is covered without a
// change here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "discovery/discovery.h"
#include "schemas/catalog.h"
#include "schemas/decoder.h"
#include "tests/support/home_assistant_rules.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;
using schemas::Catalog;
using schemas::Decoder;
using schemas::Model;
using test_support::home_assistant_violations;
using test_support::Message;
using testing::IsEmpty;

constexpr int kPacks = 2;  // one and another one
constexpr int kMostPacks = 16;

const Catalog& catalog() {
  static const Catalog kCatalog = Catalog::built_in();
  return kCatalog;
}

std::vector<Decoder> decoders_of(const Model& model, int packs) {
  std::vector<Decoder> decoders;
  for (const std::uint16_t id : model.blocks) {
    const schemas::Block& block = *catalog().block(id);
    const int instances = block.instance.empty() ? 1 : packs;
    for (int instance = 1; instance <= instances; ++instance) decoders.emplace_back(block, model, instance);
  }
  return decoders;
}

// A station of this model that sends all it can.
struct FullStation {
  explicit FullStation(const Model& model, int packs = kPacks) : decoders(decoders_of(model, packs)) {
    station.serial = "2345000000001";
    station.name = "Living room";
    station.model = model.title;
    station.software_version = "4036.08";
    for (const Decoder& decoder : decoders) {
      for (const schemas::Slot& slot : decoder.slots()) station.entities.push_back({&slot, &decoder.block()});
    }
    topics.station = "living_room";
  }

  [[nodiscard]] Message discovery() const {
    const auto [topic, payload] = document(station, topics, {});
    return {topic, payload};
  }

  std::vector<Decoder> decoders;
  Station station;
  Topics topics;
};

TEST(EveryModel, IsThere) {
  EXPECT_FALSE(catalog().models().empty());
}

TEST(EveryModel, BreaksNoRuleOfHomeAssistant) {
  for (const auto& [name, model] : catalog().models()) {
    EXPECT_THAT(home_assistant_violations({FullStation(model).discovery()}), IsEmpty()) << name;
  }
}

TEST(EveryModel, GivesEachEntityAnIdOfItsOwn) {
  for (const auto& [name, model] : catalog().models()) {
    std::set<std::string> ids;
    const FullStation full(model);
    for (const Entity& entity : full.station.entities) {
      EXPECT_TRUE(ids.insert(entity.slot->id).second)
          << name << ": " << entity.slot->id << " of " << entity.block->name;
    }
  }
}

TEST(EveryModel, KeepsIdsWhateverTheStationIsCalled) {
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model);
    const json before = json::parse(full.discovery().payload);
    full.station.name = "Grid";
    full.topics.station = "cellar";
    const json after = json::parse(full.discovery().payload);
    ASSERT_EQ(after["components"].size(), before["components"].size()) << name;
    for (const auto& [id, config] : before["components"].items()) {
      EXPECT_EQ(after["components"][id]["unique_id"], config["unique_id"]) << name;
    }
    EXPECT_THAT(home_assistant_violations({full.discovery()}), IsEmpty()) << name;
  }
}

TEST(EveryModel, StaysFarBelowWhatBrokersTake) {
  std::size_t largest = 0;
  for (const auto& [name, model] : catalog().models()) {
    const std::size_t size = FullStation(model, kMostPacks).discovery().payload.size();
    EXPECT_LT(size, 2'000'000U) << name;
    largest = std::max(largest, size);
  }
  std::cout << "largest document: " << largest << " bytes\n";
}

// What the station's topics hold after a block of these bytes.
void publish(const FullStation& full, const Decoder& decoder, std::span<const std::byte> data,
             std::vector<Message>& messages) {
  schemas::Row row = decoder.make_row();
  decoder.decode(data, 0, row);
  std::array<char, schemas::kMaxFormatted> buffer{};
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    const schemas::Slot& slot = decoder.slots()[i];
    messages.push_back({full.topics.base + "/" + full.topics.station + "/" + slot.path,
                        std::string(schemas::format(*slot.field, row, row.values[i], buffer))});
  }
}

TEST(EveryModel, HasNoStateThatHomeAssistantRefusesWhateverTheStationSends) {
  constexpr std::size_t kLongestRead = 250;  // bytes
  std::mt19937 random;
  const auto filled = [&](auto&& byte) {
    std::vector<std::byte> data(kLongestRead);
    std::ranges::generate(data, [&] { return static_cast<std::byte>(byte()); });
    return data;
  };
  const std::vector<std::byte> samples[] = {filled([] { return 0; }), filled([] { return 0xFF; }),
                                            filled([] { return 1; }), filled(random), filled(random)};
  for (const auto& [name, model] : catalog().models()) {
    const FullStation full(model);
    std::vector<Message> messages;
    for (const Decoder& decoder : full.decoders) {
      for (const auto& sample : samples) publish(full, decoder, sample, messages);
    }
    EXPECT_THAT(home_assistant_violations({full.discovery()}, messages), IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace bluetti::discovery
