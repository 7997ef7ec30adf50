// SPDX-License-Identifier: MIT
// One station, stepped by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>

#include "gateway/station/station.h"
#include "tests/support/fakes.h"

namespace bluetti::test {

using namespace std::chrono_literals;

// What model TEST answers. 100  101  102: SOC 87  103: 20 degrees
inline constexpr std::string_view kHomeData = "0000 0000 0057 003c 0000 0000";
// 50.0 Hz  1 phase  -120 W 230.1 V
inline constexpr std::string_view kGridData = "01f4 0001 ff88 08fd 0000 0000";

struct Asked {
  int first_register = -1;  // -1: nothing is asked now
  int count = 0;
  friend bool operator==(const Asked&, const Asked&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Asked& asked) {
    return out << asked.count << " from " << asked.first_register;
  }
};
inline constexpr Asked kNothing{};

// The first station of test_config().
[[nodiscard]] gateway::StationPlan test_plan();

class StationFixture : public testing::Test {
 protected:
  StationFixture() : StationFixture(test_catalog(), test_plan()) {}
  StationFixture(const schemas::Catalog& catalog, const gateway::StationPlan& plan)
      : decoders(catalog), station(plan, decoders) {
    station.session_up(now);
  }

  // Sends the next request.
  Asked ask_range();
  int ask() { return ask_range().first_register; }
  gateway::Reaction hear(std::string_view payload) { return station.on_message(payload, false, now); }
  // Asks and answers with so many registers, the first of this content, the rest zero.
  Asked ask_and_answer(int registers, std::string_view data_hex = "");

  // The read in flight is not answered, nor is it late.
  void miss();
  void miss_three();  // asks three times in vain

  [[nodiscard]] std::uint64_t dropped(gateway::Drop kind) const {
    return station.counters().dropped[static_cast<std::size_t>(kind)];
  }
  // The known value of a field by its path, as it is published; "missing" if nothing is known.
  [[nodiscard]] std::string value(std::string_view path) const;

  gateway::TimePoint now{1h};
  gateway::DecoderCache decoders;
  gateway::Station station;
  bool went_offline = false;
};

// A station of this model with so many seconds between reads.
[[nodiscard]] gateway::StationPlan polled(const schemas::Catalog& catalog, std::string_view model,
                                          std::map<std::uint16_t, double> intervals);

// A v1.2 payload of this frame, whose CRC is added. Blanks allowed.
[[nodiscard]] std::string framed(std::string_view frame_hex);

// So many registers in hex, the first of this content, the rest zero.
[[nodiscard]] std::string registers_hex(int registers, std::string_view first_hex = "");

}  // namespace bluetti::test
