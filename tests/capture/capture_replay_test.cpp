// SPDX-License-Identifier: MIT
// A station out of a record: what it answers to which read, what it sends unasked and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gateway/simulator/replayed_station.h"
#include "gateway/simulator/simulator.h"
#include "tests/capture/capture_support.h"
#include "tests/protocol/hex.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::capture::RecordedMessage;
using gateway::capture::Sender;
using gateway::simulator::ReplayedStation;
using protocol::test::hex;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RecordedMessage message(double time, Sender from, Bytes payload) {
  return {.time = time, .from = from, .model = "AP300", .station = "7", .payload = std::move(payload)};
}
RecordedMessage asked(double time, std::uint16_t first_register, std::uint16_t count) {
  return message(time, Sender::gateway, read_request(first_register, count));
}
RecordedMessage answered(double time, std::string_view data) {
  return message(time, Sender::station, read_answer(hex(data)));
}
RecordedMessage pushed(double time, std::string_view data) {
  return message(time, Sender::station, push_of(100, hex(data)));
}

class ReplayTest : public testing::Test {
 protected:
  // The last message ends the round: a second later it starts over.
  void play(std::vector<RecordedMessage> messages) {
    auto stations = gateway::simulator::replayed_stations(messages);
    ASSERT_THAT(stations, SizeIs(1));
    station_.emplace(std::move(stations.front()));
  }
  Bytes answer(double time, std::uint16_t first_register, std::uint16_t count) {
    const auto payload = station_->on_request(read_request(first_register, count), time, buffer_);
    return registers_in(payload);
  }

  std::optional<ReplayedStation> station_;
  gateway::simulator::PayloadBuffer buffer_{};
};

TEST_F(ReplayTest, AnswersAReadAsItWasAnsweredNearestToThatTime) {
  play({asked(0, 100, 1), answered(1, "0001"), asked(10, 100, 1), answered(11, "0002"), asked(20, 100, 1),
        answered(21, "0003")});
  EXPECT_EQ(answer(0, 100, 1), hex("0001"));
  EXPECT_EQ(answer(5.9, 100, 1), hex("0001"));
  EXPECT_EQ(answer(6.1, 100, 1), hex("0002"));
  EXPECT_EQ(answer(21.9, 100, 1), hex("0003"));
  EXPECT_EQ(answer(22.1, 100, 1), hex("0001")) << "the next round";
}

TEST_F(ReplayTest, AReadOfOtherRegistersHasOtherAnswers) {
  play({asked(0, 100, 1), answered(1, "0001"), asked(2, 102, 1), answered(3, "0102")});
  EXPECT_EQ(answer(0, 102, 1), hex("0102"));
}

TEST_F(ReplayTest, AReadOfFewerRegistersGetsTheFirstOfThem) {
  play({asked(0, 100, 3), answered(1, "0001 0002 0003")});
  EXPECT_EQ(answer(0, 100, 2), hex("0001 0002"));
}

TEST_F(ReplayTest, WhatTheRecordDoesNotKnowIsMetWithSilence) {
  play({asked(0, 100, 2), answered(1, "0001 0002"), asked(2, 200, 1)});
  EXPECT_THAT(answer(0, 100, 3), IsEmpty()) << "more registers than were ever read";
  EXPECT_THAT(answer(0, 101, 1), IsEmpty());
  EXPECT_THAT(answer(0, 200, 1), IsEmpty()) << "it was silent then, too";
}

TEST_F(ReplayTest, TheWrongEnvelopeUnitOrFunctionIsMetWithSilence) {
  play({asked(0, 100, 1), answered(1, "0001")});
  const auto is_silent = [&](const Bytes& payload) { return station_->on_request(payload, 0, buffer_).empty(); };
  EXPECT_FALSE(is_silent(read_request(100, 1)));
  EXPECT_TRUE(is_silent(protocol::test::with_crc("00 03 0064 0001")));
  EXPECT_TRUE(is_silent(hex("01 f8 0f 00 64 00 00 00 00 00 01 03 00 64 00 01 c5 d5")));
  EXPECT_TRUE(is_silent({}));
}

TEST_F(ReplayTest, AnExceptionIsAnAnswer) {
  Bytes refusal = hex("01 f8 0f 00 00 00 00 ba 00 00");
  const Bytes frame = protocol::test::with_crc("00 83 02");
  refusal.insert(refusal.end(), frame.begin(), frame.end());
  play({asked(0, 100, 2), message(1, Sender::station, refusal)});
  const auto answer = station_->on_request(read_request(100, 1), 0, buffer_);
  EXPECT_EQ(Bytes(answer.begin(), answer.end()), refusal);
}

TEST_F(ReplayTest, SendsWhatWasSentUnaskedAtItsTimesRoundAfterRound) {
  play({pushed(1, "0001"), answered(2, "0002"), asked(3, 100, 1), answered(3.5, "0003"), pushed(4, "0004")});
  std::vector<double> times;
  std::vector<Bytes> sent;
  for (int push = 0; push < 4; ++push) {
    times.push_back(station_->next_push_time());
    sent.push_back(registers_in(station_->next_push()));
  }
  EXPECT_THAT(times, ElementsAre(1, 2, 4, 6)) << "an answer nobody asked for, too";
  EXPECT_THAT(sent, ElementsAre(hex("0001"), hex("0002"), hex("0004"), hex("0001")));
}

TEST_F(ReplayTest, DoesNotMakeUpForWhatItMissed) {
  play({pushed(1, "0001"), pushed(4, "0004")});
  station_->skip_pushes_before(2);
  EXPECT_EQ(station_->next_push_time(), 4);
  station_->skip_pushes_before(5e6 + 2);
  EXPECT_EQ(station_->next_push_time(), 5e6 + 4);
}

TEST_F(ReplayTest, LeavesOutWhatIsMaskedOrRetained) {
  RecordedMessage masked = answered(1, "0000");
  masked.masked = true;
  RecordedMessage retained = pushed(2, "0001");
  retained.retained = true;
  play({asked(0, 100, 1), masked, retained, pushed(3, "0003")});
  EXPECT_THAT(answer(0, 100, 1), IsEmpty());
  EXPECT_EQ(station_->pushes(), 1U);
}

TEST_F(ReplayTest, AStationThatOnlyListensSendsNothing) {
  play({asked(0, 100, 1)});
  EXPECT_TRUE(std::isinf(station_->next_push_time()));
  EXPECT_THAT(station_->next_push(), IsEmpty());
  station_->skip_pushes_before(100);
}

TEST_F(ReplayTest, TheSimulatorPlaysItOnItsTopicsAtTheWantedSpeed) {
  play({asked(0, 100, 1), answered(1, "0001"), pushed(2, "0002"), pushed(8, "0008")});
  const auto broker = std::make_shared<ClientRecord>();
  RecordingClient client(broker);
  gateway::TimePoint now{1h};
  std::vector<gateway::simulator::AnyStation> stations;
  stations.emplace_back(std::move(*station_));
  gateway::simulator::Simulator simulator(std::move(stations), client, {.speed = 2, .push_interval = 1s}, now);
  simulator.handle(gateway::Connected{}, now);
  EXPECT_THAT(broker->subscriptions, ElementsAre("SUB/AP300/7"));
  const auto seconds_until = [&now](gateway::TimePoint then) {
    return std::chrono::round<std::chrono::seconds>(then - now);
  };
  EXPECT_EQ(seconds_until(simulator.tick(now)), 1s);
  now += 1001ms;
  EXPECT_EQ(seconds_until(simulator.tick(now)), 3s);
  const Bytes request = read_request(100, 1);
  simulator.handle(gateway::MessageArrived{.link = gateway::kLocal,
                                           .owner = {},
                                           .topic = "SUB/AP300/7",
                                           .payload = text_of(request),
                                           .retained = false,
                                           .arrived = now},
                   now);
  ASSERT_THAT(broker->published, SizeIs(2));
  EXPECT_EQ(broker->published[0].topic, "PUB/AP300/7");
  EXPECT_EQ(registers_in(bytes_of(broker->published[0].payload)), hex("0002"));
  EXPECT_EQ(registers_in(bytes_of(broker->published[1].payload)), hex("0001"));
}

}  // namespace
}  // namespace bluetti::test
