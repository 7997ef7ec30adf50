// SPDX-License-Identifier: MIT
// The way of a bug report: a station is recorded, the record replayed, and a gateway sees what it saw before.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "gateway/capture/record_reader.h"
#include "gateway/capture/recorder.h"
#include "gateway/simulator/replayed_station.h"
#include "gateway/simulator/simulated_station.h"
#include "tests/capture/capture_support.h"
#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

using gateway::capture::Recorder;
using gateway::capture::Sender;
using gateway::simulator::PayloadBuffer;

constexpr double kStep = 30;  // seconds between two rounds of reads

using Seen = std::map<std::pair<double, std::uint16_t>, Values>;  // by time and block

class RoundTrip : public testing::Test {
 protected:
  static constexpr std::uint16_t kBlocks[] = {100, 1100, 1300, 6000, 11000};

  static std::uint16_t registers_of(std::uint16_t block) {
    return static_cast<std::uint16_t>(
        built_in_catalog().model("AP300")->registers_of(*built_in_catalog().block(block)));
  }

  // Reads every block at several times, as a gateway would.
  template <class Station, class Witness>
  static Seen read_all(Station& station, Witness witness) {
    Seen seen;
    PayloadBuffer buffer{};
    for (double time = 0; time < 10 * kStep; time += kStep) {
      for (const std::uint16_t block : kBlocks) {
        const Bytes request = read_request(block, registers_of(block));
        const auto answer = station.on_request(request, time, buffer);
        witness(time, request, answer);
        seen[{time, block}] = decoded(block, registers_in(answer));
      }
    }
    return seen;
  }

  // What a record replaces.
  static void forget_names(Seen& seen) {
    for (auto& [place, values] : seen) {
      for (const char* path :
           {"serial", "inverter_serial", "iot_serial", "iot_safety_code", "iot_ip_address", "iot_gateway_address",
            "iot_wifi_mac_address", "iot_bluetooth_mac_address", "iot_unidentified_code"}) {
        values.erase(path);
      }
    }
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "record.jsonl";
};

TEST_F(RoundTrip, AReplayedRecordShowsTheValuesThatWereRecorded) {
  const gateway::TimePoint start{std::chrono::hours(1)};
  const auto model = gateway::simulator::make_simulated_model(*built_in_catalog().model("AP300"), built_in_catalog());
  gateway::simulator::SimulatedStation original(model, {.model = "AP300", .serial = std::string(kSerial), .seed = 1});
  auto opened = Recorder::open({.file = file_}, {&built_in_catalog(), [](auto*) {}}, start);
  auto& recorder = std::get<std::unique_ptr<Recorder>>(opened);
  Seen before = read_all(original, [&](double time, const Bytes& request, std::span<const std::byte> answer) {
    const auto now = start + std::chrono::duration_cast<gateway::Duration>(std::chrono::duration<double>(time));
    recorder->record(Sender::gateway, "SUB/AP300/" + std::string(kSerial), text_of(request), false, now);
    recorder->record(Sender::station, "PUB/AP300/" + std::string(kSerial), text_of(answer), false, now);
  });
  recorder.reset();

  const auto record = std::get<gateway::capture::Record>(gateway::capture::load_record(file_));
  EXPECT_TRUE(record.problems.empty());
  auto stations = gateway::simulator::replayed_stations(record.messages);
  ASSERT_EQ(stations.size(), 1U);
  Seen after = read_all(stations.front(), [](auto&&...) {});

  const std::string name(stations.front().address().serial);
  EXPECT_NE(name, kSerial);
  EXPECT_EQ((after[{0.0, 100}]["serial"]), name);
  EXPECT_NE((before[{0.0, 100}]), (before[{9 * kStep, 100}])) << "time does pass";
  forget_names(before);
  forget_names(after);
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace bluetti::test
