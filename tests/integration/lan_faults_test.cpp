// SPDX-License-Identifier: MIT
// The rows of docs/faults.md for a station on the local network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>

#include "tests/integration/lan_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;

// What goes wrong between the gateway and a station of the local network, whose values stand still: docs/faults.md.
struct LanFault {
  const char* name;
  LanFaults faults;
  bool reachable;
  std::chrono::seconds lasts;
  std::chrono::seconds recovery;  // from its end to the next answer that is as it should be, at most
  int connections;                // that may be made while it lasts
  const char* says;

  friend void PrintTo(const LanFault& fault, std::ostream* to) { *to << fault.name; }
};

const LanFault kLanFaults[] = {
    {"Silent", {.silence = 1}, true, 20s, 25s, 3, "3 reads in a row were not answered"},
    {"CutsEveryAnswer", {.cut = 1}, true, 20s, 25s, 3, "3 reads in a row were not answered"},
    {"IsBusy", {.busy = 1}, true, 10s, 8s, 0, ""},
    {"ClosesTheConnectionAtEveryRequest", {.disconnect = 1}, true, 12s, 25s, 5, "the station closed the connection"},
    {"TakesNoConnection", {}, false, 12s, 25s, 0, "no connection to"},
    {"AnswersByteByByte", {.bytewise = 1}, true, 10s, 8s, 0, ""},
    {"SendsForeignAnswersFirst", {.foreign = 1}, true, 10s, 8s, 0, "dropped a message from the station"},
    {"SpeaksAnotherProtocol", {.garbage = 1}, true, 12s, 25s, 5, "what came is no Modbus TCP"},
    {"LosesOneAnswerInFive", {.silence = 0.2}, true, 30s, 8s, 3, ""},
};

class LanFaultTable : public LanTest, public testing::WithParamInterface<LanFault> {};

TEST_P(LanFaultTable, EndsWithoutAFalseValue) {
  const LanFault& fault = GetParam();
  const OnLan station("Balco260", 0);
  run_with(station.server->port());
  ASSERT_TRUE(reads_something("bluetti/balcony/soc_high_limit"));
  ASSERT_TRUE(reads_something("bluetti/balcony/pack/1/serial"));
  const int connections = station.server->connections_accepted();
  station.server->set_faults(fault.faults);
  if (!fault.reachable) station.server->set_reachable(false);
  EXPECT_FALSE(gateway->wait(fault.lasts).has_value());
  EXPECT_LE(station.server->connections_accepted() - connections, fault.connections);
  const int answers = station.server->answers();
  station.server->set_faults({});
  station.server->set_reachable(true);
  const auto lifted = std::chrono::steady_clock::now();
  EXPECT_TRUE(eventually([&] { return station.server->answers() > answers; }, fault.recovery + 3s))
      << gateway->output();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - lifted;
  std::printf("%s: recovery %.1f s, %d connections\n", fault.name, took.count(),
              station.server->connections_accepted() - connections);
  EXPECT_TRUE(reads("bluetti/balcony/availability", "online"));
  EXPECT_THAT(gateway->output(), HasSubstr(fault.says));
  std::map<std::string, std::set<std::string>> values;
  for (const auto& [topic, payload] : watcher.messages()) {
    const bool is_value = topic.starts_with("bluetti/balcony/") && !topic.ends_with("/availability");
    // Before its first answer nothing is known of what is wrong with it.
    if (is_value && !payload.empty() && !topic.ends_with("/problems")) values[topic].insert(payload);
  }
  for (const auto& [topic, all] : values) EXPECT_EQ(all.size(), 1U) << topic;
  EXPECT_EQ(station.server->asked_of_other_units(), 0);
}

INSTANTIATE_TEST_SUITE_P(Rows, LanFaultTable, testing::ValuesIn(kLanFaults),
                         [](const testing::TestParamInfo<LanFault>& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace bluetti::test
