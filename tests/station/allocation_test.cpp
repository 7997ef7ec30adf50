// SPDX-License-Identifier: MIT
// The way from a frame to what changed allocates nothing.
#include <gtest/gtest.h>

#include "gateway/simulator/simulated_station.h"
#include "gateway/station/station.h"
#include "tests/support/counted_allocations.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;

class AskedForADay : public testing::Test {
 protected:
  // Answers every read that is due, out of a simulated day that goes on at 60 times the speed; counts what changed and
  // what the station's part of it allocated.
  void go_round() {
    changed = allocated = 0;
    for (now += 60s; const auto request = station.next_request(now);) {
      simulated_time += 300;
      const auto answer = simulator.on_request(std::as_bytes(std::span(*request)), simulated_time, buffer);
      const std::string_view payload{reinterpret_cast<const char*>(answer.data()), answer.size()};
      const std::size_t before = allocations();
      const gateway::Reaction reaction = station.on_message(payload, false, now);
      allocated += allocations() - before;
      for (const gateway::Update& update : reaction.updates) changed += update.slots.size();
    }
  }

  static gateway::StationPlan plan_of(const schemas::Model& model, const schemas::Catalog& catalog) {
    gateway::StationPlan plan{.model = &model, .poll = {}};
    for (const std::uint16_t id : model.blocks) {
      if (catalog.block(id) != nullptr) plan.poll[id] = 1;
    }
    return plan;
  }

  const schemas::Catalog catalog = schemas::Catalog::built_in();
  const schemas::Model& model = *catalog.model("AP300");
  const gateway::simulator::SimulatedModel simulated = gateway::simulator::make_simulated_model(model, catalog);
  gateway::simulator::SimulatedStation simulator{simulated, {.model = "AP300", .serial = "2345000000001", .seed = 1}};
  gateway::simulator::PayloadBuffer buffer{};
  gateway::DecoderCache decoders{catalog};
  gateway::Station station{plan_of(model, catalog), decoders};
  gateway::TimePoint now{1h};
  double simulated_time = 40'000;
  std::size_t changed = 0;
  std::size_t allocated = 0;
};

TEST_F(AskedForADay, FromFrameToChangedValuesThereIsNoAllocation) {
  station.session_up(now);
  go_round();
  EXPECT_GT(changed, 100U) << "the first round tells everything";
  for (int round = 0; round < 20; ++round) {
    go_round();
    EXPECT_GT(changed, 5U);
    EXPECT_EQ(allocated, 0U);
  }
}

}  // namespace
}  // namespace bluetti::test
