// SPDX-License-Identifier: MIT
// Walks all built-in schema files. A new file needs no new test.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "schema_support.h"
#include "schemas/numbers.h"

namespace bluetti::schemas::testing {
namespace {

// Blocks that no model reads are decoded as an otherwise empty model would.
Model any_model() {
  Model model;
  model.protocol_version = 65535;
  for (const auto& [name, known] : built_in_catalog().models()) {
    model.parameters.insert(known.parameters.begin(), known.parameters.end());
  }
  return model;
}

template <typename Use>
void each_decoder(Use use) {
  for (const auto& [id, block] : built_in_catalog().blocks())
    use(Decoder(block, any_model(), 1), "block " + block.name);
  for (const auto& [name, model] : built_in_catalog().models()) {
    if (model.is_abstract) continue;
    for (const Way way : {Way::cloud, Way::lan}) {
      for (const std::uint16_t id : model.blocks_by(way)) {
        use(Decoder(*built_in_catalog().block(id), model, 2), name + ", block " + std::to_string(id));
      }
    }
  }
}

std::vector<std::byte> random_bytes(std::mt19937& random, std::size_t size) {
  std::vector<std::byte> data(size);
  for (std::byte& byte : data) byte = static_cast<std::byte>(random() & 0xff);
  return data;
}

TEST(BuiltIn, EveryFileIsTaken) {
  for (const Problem& problem : built_in_catalog().problems()) ADD_FAILURE() << problem.text();
  EXPECT_EQ(built_in_catalog().blocks().size() + built_in_catalog().models().size(), embedded_files().size());
  EXPECT_FALSE(built_in_catalog().models().empty());
}

TEST(BuiltIn, NoTwoValuesOfAStationArePublishedAtTheSamePlace) {
  for (const auto& [name, model] : built_in_catalog().models()) {
    if (model.is_abstract) continue;
    for (const Way way : {Way::cloud, Way::lan}) {
      std::map<std::string, std::uint16_t> places;
      for (const std::uint16_t id : model.blocks_by(way)) {
        const Decoder decoder(*built_in_catalog().block(id), model, 1);
        for (const Slot& slot : decoder.slots()) {
          const auto [place, added] = places.try_emplace(slot.id, id);
          EXPECT_TRUE(added) << name << ": " << slot.id << " comes from blocks " << place->second << " and " << id;
        }
      }
    }
  }
}

// Home Assistant would otherwise take it for another entity, or mix what was summed up with what was counted.
TEST(BuiltIn, AValueOfSeveralWaysIsOfOneKindWhicheverWayItComes) {
  std::size_t compared = 0;
  for (const auto& [name, model] : built_in_catalog().models()) {
    std::map<std::string, std::pair<std::string, std::string>> kinds;  // by id: unit and kind, as the cloud has it
    for (const Way way : {Way::cloud, Way::lan}) {
      for (const std::uint16_t id : model.blocks_by(way)) {
        const Decoder decoder(*built_in_catalog().block(id), model, 1);
        for (const Slot& slot : decoder.slots()) {
          const Field& field = *slot.field;
          const std::string kind = field.is_integral()               ? "summed up"
                                   : field.is_numeric()              ? "number"
                                   : field.type == Type::enumeration ? "option"
                                                                     : std::string(name_of(field.type));
          const std::pair unit_and_kind{field.unit, kind};
          if (way == Way::cloud) {
            kinds.emplace(slot.id, unit_and_kind);
          } else if (const auto other = kinds.find(slot.id); other != kinds.end()) {
            EXPECT_EQ(other->second, unit_and_kind) << name << ": " << slot.id;
            ++compared;
          }
        }
      }
    }
  }
  EXPECT_GT(compared, 100U);
}

TEST(BuiltIn, RegistersThatAStationDoesNotServeOnTheLocalNetworkAreNoValues) {
  const Model& hub = *built_in_catalog().model("Transfer Hub");
  std::size_t values = 0;
  for (const std::uint16_t id : hub.lan.blocks) {
    const Decoder decoder(*built_in_catalog().block(id), hub, 1);
    for (const Slot& slot : decoder.slots()) {
      if (slot.item <= 1) ++values;
      EXPECT_EQ(std::count(hub.lan.unserved.begin(), hub.lan.unserved.end(), id + slot.offset / 2),
                slot.group != nullptr && slot.item > 1 ? 1 : 0)
          << slot.path;
    }
  }
  EXPECT_EQ(values, 27U) << "what its public profile has";
}

TEST(BuiltIn, RandomBytesOfAnyLengthDecode) {
  std::mt19937 random(1);
  each_decoder([&random](const Decoder& decoder, const std::string& where) {
    Row row = decoder.make_row();
    for (std::size_t size = 0; size <= 300; size += 1 + random() % 3) {
      const auto data = random_bytes(random, size);
      decoder.decode(data, static_cast<int>(random() % 64) - 32, row);
      ASSERT_EQ(row.values.size(), decoder.slots().size()) << where;
      ASSERT_EQ(decoder.to_json(row).front(), '{') << where;
    }
  });
}

TEST(BuiltIn, WhatOneDecodeLeavesBehindDoesNotShowInTheNext) {
  std::mt19937 random(2);
  each_decoder([&random](const Decoder& decoder, const std::string& where) {
    const auto data = random_bytes(random, 120);
    Row used = decoder.make_row();
    decoder.decode(random_bytes(random, 250), 0, used);
    decoder.decode(data, 0, used);
    Row fresh = decoder.make_row();
    decoder.decode(data, 0, fresh);
    EXPECT_EQ(decoder.to_json(used), decoder.to_json(fresh)) << where;
  });
}

// As the encoder takes it; nothing where a double cannot hold all digits.
Simulated simulated(const Row& row, const Value& value) {
  switch (value.kind) {
    case ValueKind::integer:
    case ValueKind::boolean:
    case ValueKind::option:
      return static_cast<double>(value.integer);
    case ValueKind::decimal:
      return static_cast<double>(value.integer) / std::pow(10, value.decimals);
    case ValueKind::real:
      return value.real;
    case ValueKind::numeral:
    case ValueKind::text: {
      std::array<char, kMaxFormatted> buffer;
      return std::string(format({}, row, value, buffer));
    }
    default:
      return {};
  }
}

bool is_exact(const Value& value) {
  if (value.kind == ValueKind::unsigned_integer || value.kind == ValueKind::real) return false;
  return value.kind >= ValueKind::numeral || std::abs(static_cast<double>(value.integer)) < 9e15;
}

bool is_invertible(const Field& field) {
  if (field.is_derived()) return false;
  for (const Transform& transform : field.transforms) {
    if (transform.kind == Transform::Kind::hex_enable_list) return false;
  }
  return true;
}

TEST(BuiltIn, EncodingUndoesDecoding) {
  std::mt19937 random(3);
  std::size_t compared = 0;
  each_decoder([&](const Decoder& decoder, const std::string& where) {
    const auto data = random_bytes(random, 250);
    Row row = decoder.make_row();
    decoder.decode(data, 0, row);
    std::vector<std::byte> copy(data.size());
    const auto slots = decoder.slots();
    std::vector<bool> encoded(slots.size());
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      const Value& value = row.values[slot];
      if (!value.present() || !is_exact(value) || !is_invertible(*slots[slot].field)) continue;
      encoded[slot] = decoder.encode(slot, simulated(row, value), copy);
      EXPECT_TRUE(encoded[slot]) << where << ", " << slots[slot].path;
    }
    Row again = decoder.make_row();
    decoder.decode(copy, 0, again);
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      if (!encoded[slot] || again.values[slot].kind == ValueKind::absent)
        continue;  // a guard may not have been encoded
      EXPECT_TRUE(Row::same(row, row.values[slot], again, again.values[slot])) << where << ", " << slots[slot].path;
      ++compared;
    }
  });
  EXPECT_GT(compared, 1000U);
}

}  // namespace
}  // namespace bluetti::schemas::testing
