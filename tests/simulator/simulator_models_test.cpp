// SPDX-License-Identifier: MIT
// Every block of every built-in model, through the wire and the decoder, at several times of several days.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "gateway/simulator/simulated_station.h"
#include "gateway/station/envelope_of.h"
#include "schemas/catalog.h"
#include "schemas/decoder.h"
#include "tests/simulator/hour.h"
#include "tests/support/fakes.h"

namespace bluetti::gateway::simulator {
namespace {

constexpr std::string_view kSerial = "2345000000001";

class SimulatedModels : public ::testing::Test {
 protected:
  // Calls check(model, block writer, a fresh station) for every block of every model.
  template <class Check>
  void for_every_block(Check check) {
    for (const auto& [name, model] : catalog_.models()) {
      const SimulatedModel simulated = make_simulated_model(model, catalog_);
      ASSERT_EQ(simulated.blocks.size(), model.blocks.size()) << name;
      for (const BlockWriter& block : simulated.blocks) {
        SCOPED_TRACE(fmt::format("{}, block {}", name, block.first_register()));
        SimulatedStation station{simulated, {.model = name, .serial = std::string{kSerial}, .seed = 42}};
        check(model, block, station);
      }
    }
  }

  // The register data of the answer to a read of the whole block; empty if there was none.
  std::span<const std::byte> read(const schemas::Model& model, const BlockWriter& block, SimulatedStation& station,
                                  double time) {
    const auto request = protocol::encode({.unit = model.unit,
                                           .first_register = block.first_register(),
                                           .count = std::min(block.registers(), protocol::kMaxReadRegisters)});
    PayloadBuffer payload{};
    const auto envelope = envelope_of(model.envelope);
    const auto answer = station.on_request(protocol::wrap(envelope, 0, 0, request, payload), time, answer_);
    const auto opened = protocol::open(envelope, answer);
    if (!std::holds_alternative<protocol::Opened>(opened)) return {};
    const auto parsed = protocol::parse_frame(std::get<protocol::Opened>(opened).frame);
    const auto* frame = std::get_if<protocol::Frame>(&parsed);
    const auto* data = frame == nullptr ? nullptr : std::get_if<protocol::ReadAnswer>(frame);
    return data == nullptr ? std::span<const std::byte>{} : data->data;
  }

  const schemas::Catalog& catalog_ = bluetti::test::built_in_catalog();
  PayloadBuffer answer_{};
};

TEST_F(SimulatedModels, AreAllThere) {
  EXPECT_GE(catalog_.models().size(), 4U);
}

TEST_F(SimulatedModels, ServeEveryBlockWithoutImplausibleValues) {
  for_every_block([&](const schemas::Model& model, const BlockWriter& block, SimulatedStation& station) {
    schemas::Row row = block.decoder().make_row();
    for (const double hour : {0.0, 3.0, 9.0, 14.0}) {
      const auto data = read(model, block, station, hour * kHour);
      ASSERT_EQ(data.size(), 2U * std::min(block.registers(), protocol::kMaxReadRegisters));
      block.decoder().decode(data, 0, row);
      EXPECT_EQ(row.implausible, 0U) << "after " << hour << " h: " << block.decoder().to_json(row);
    }
  });
}

TEST_F(SimulatedModels, SayHowManyItemsEveryGroupHas) {
  for_every_block([&](const schemas::Model& model, const BlockWriter& block, SimulatedStation& station) {
    schemas::Row row = block.decoder().make_row();
    block.decoder().decode(read(model, block, station, 0), 0, row);
    const auto slots = block.decoder().slots();
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto* group = slots[i].group;
      if (group == nullptr || group->count_fields.empty() || slots[i].item != 1) continue;
      EXPECT_NE(row.values[i].kind, schemas::ValueKind::absent) << slots[i].path;
    }
  });
}

// A misspelt quantity would end up as a text that no number field can hold.
TEST_F(SimulatedModels, NameOnlyQuantitiesThatExistAndFitTheUnitOfTheRow) {
  for_every_block([&](const schemas::Model&, const BlockWriter& block, SimulatedStation&) {
    for (const schemas::Slot& slot : block.decoder().slots()) {
      const auto* name = std::get_if<std::string>(&slot.field->simulate);
      if (name == nullptr) continue;
      const auto quantity = quantity_named(*name);
      const bool holds_text = slot.field->type == schemas::Type::text || slot.field->type == schemas::Type::ipv4 ||
                              slot.field->type == schemas::Type::clock;
      if (!holds_text) {
        EXPECT_TRUE(quantity) << slot.path << ": no quantity is called \"" << *name << '"';
      }
      if (!quantity) continue;
      EXPECT_TRUE(unit_factor(info_of(*quantity).unit, slot.field->unit)) << slot.path << ": " << *name;
    }
  });
}

TEST_F(SimulatedModels, ShowTheStateOfChargeOfTheirDay) {
  std::set<std::string> seen;
  for_every_block([&](const schemas::Model& model, const BlockWriter& block, SimulatedStation& station) {
    Day day{42};
    schemas::Row row = block.decoder().make_row();
    const auto slots = block.decoder().slots();
    for (const double time : {0.0, 9 * kHour}) {
      day.advance_to(time);
      block.decoder().decode(read(model, block, station, time), 0, row);
      for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].field->simulate != schemas::Simulated{"soc"} || !row.values[i].present()) continue;
        EXPECT_NEAR(static_cast<double>(row.values[i].integer), day.value(Quantity::soc), 0.5) << slots[i].path;
        seen.insert(model.name);
      }
    }
  });
  EXPECT_TRUE(seen.contains("AP300"));
}

TEST_F(SimulatedModels, ShowTheirSerialNumberAndModel) {
  for_every_block([&](const schemas::Model& model, const BlockWriter& block, SimulatedStation& station) {
    schemas::Row row = block.decoder().make_row();
    block.decoder().decode(read(model, block, station, 0), 0, row);
    std::array<char, schemas::kMaxFormatted> buffer{};
    const auto slots = block.decoder().slots();
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const std::string_view text = schemas::format(*slots[i].field, row, row.values[i], buffer);
      if (slots[i].field->simulate == schemas::Simulated{"serial"}) {
        EXPECT_EQ(text, kSerial) << slots[i].path;
      }
      if (slots[i].field->simulate == schemas::Simulated{"model"}) {
        EXPECT_EQ(text, model.name) << slots[i].path;
      }
    }
  });
}

}  // namespace
}  // namespace bluetti::gateway::simulator
