// SPDX-License-Identifier: MIT
// What goes over the wire, byte for byte, against stations of two made-up models.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "gateway/simulator/simulated_station.h"
#include "protocol/big_endian.h"
#include "schemas/catalog.h"
#include "tests/protocol/hex.h"
#include "tests/support/fakes.h"

namespace bluetti::gateway::simulator {
namespace {

using protocol::test::Bytes;
using protocol::test::hex;
using protocol::test::to_bytes;
using protocol::test::with_crc;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;

constexpr std::string_view kHome = R"(
id = 100
name = "home"
poll = "core"
registers = 4
evidence = "inferred"
fields = [
  { name = "voltage", register = 100, type = "u16", scale = 0.1, unit = "V", simulate = 53.1 },
  { name = "power", register = 101, type = "s16", unit = "W", simulate = -120 },
  { name = "soc", register = 102, type = "u16", unit = "%", simulate = 55 },
]
)";
constexpr std::string_view kLabel = R"(
id = 200
name = "label"
poll = "core"
registers = 2
evidence = "inferred"
text = "plain"
fields = [ { name = "label", register = 200, type = "text", length = 4, simulate = "ABCD" } ]
)";
constexpr std::string_view kGrid = R"(
id = 300
name = "grid"
poll = "grid"
registers = 5
evidence = "inferred"
fields = [
  { name = "phase_count", register = 300, type = "u16", simulate = 2 },
  { name = "total", register = 301, type = "u16", unit = "W", simulate = "ac_output_power" },
]
[[group]]
name = "phases"
count = "phase_count"
max = 3
register = 302
stride = 1
fields = [ { name = "power", register = 0, type = "u16", unit = "W", simulate = "ac_output_power" } ]
)";

class SimulatedStationTest : public ::testing::Test {
 protected:
  SimulatedStationTest() {
    for (const auto block : {kHome, kLabel, kGrid}) EXPECT_TRUE(catalog_.add("block.toml", block));
    EXPECT_TRUE(catalog_.add("new.toml", R"(
name = "NEW1"
evidence = "inferred"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [300, 100, 200]
registers = { 200 = 1 }
)"));
    EXPECT_TRUE(catalog_.add("old.toml", R"(
name = "OLD1"
evidence = "inferred"
protocol_version = 1010
envelope = "v1.0"
unit = 1
blocks = [100]
)"));
    catalog_.finish();
    for (const auto& problem : catalog_.problems()) ADD_FAILURE() << problem.text();
    new_model_ = make_simulated_model(*catalog_.model("NEW1"), catalog_);
    old_model_ = make_simulated_model(*catalog_.model("OLD1"), catalog_);
  }

  SimulatedStation new_station() const { return {new_model_, {.model = "NEW1", .serial = "2345000000001", .seed = 1}}; }
  SimulatedStation old_station() const { return {old_model_, {.model = "OLD1", .serial = "2345000000002", .seed = 2}}; }

  Bytes ask(SimulatedStation& station, const Bytes& payload, double time = 0) {
    return to_bytes(station.on_request(payload, time, buffer_));
  }

  // A request in the envelope v1.2, and the frame of an answer without it.
  static Bytes v1_2(const Bytes& frame) {
    Bytes payload = hex("01 f8 0f 00 64 00 00 00 00 00");
    payload.insert(payload.end(), frame.begin(), frame.end());
    return payload;
  }
  static Bytes frame_of(const Bytes& payload) { return {payload.begin() + 10, payload.end()}; }

  schemas::Catalog catalog_;
  SimulatedModel new_model_;
  SimulatedModel old_model_;
  PayloadBuffer buffer_{};
};

TEST_F(SimulatedStationTest, AnswersAReadInTheNewEnvelope) {
  SimulatedStation station = new_station();
  const Bytes answer = ask(station, v1_2(with_crc("00 03 0064 0004")));
  ASSERT_EQ(answer.size(), 10U + 3 + 8 + 2);
  EXPECT_EQ(frame_of(answer), with_crc("00 03 08  0213 ff88 0037 0000"));
}

TEST_F(SimulatedStationTest, PutsSignalStrengthAndNoRegisterIntoTheHeaderOfItsAnswers) {
  SimulatedStation station = new_station();
  const Bytes answer = ask(station, v1_2(with_crc("00 03 0064 0004")));
  Bytes header{answer.begin(), answer.begin() + 10};
  const auto rssi_dbm = static_cast<std::int8_t>(std::to_integer<int>(std::exchange(header[7], std::byte{0})));
  EXPECT_EQ(header, hex("01 f8 0f 00 00 00 00 00 00 00"));
  EXPECT_THAT(rssi_dbm, AllOf(Ge(-80), Le(-60)));
}

TEST_F(SimulatedStationTest, AnswersAReadInTheOldEnvelope) {
  SimulatedStation station = old_station();
  Bytes request = with_crc("01 03 0064 0002");
  request.insert(request.begin(), std::byte{0x01});
  Bytes answer = with_crc("01 03 04  0213 ff88");
  answer.insert(answer.begin(), std::byte{0x01});
  EXPECT_EQ(ask(station, request), answer);
}

TEST_F(SimulatedStationTest, AnswersWithTheRegistersItHasNotWithThoseAskedFor) {
  SimulatedStation station = new_station();
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 03 0064 003e")))), with_crc("00 03 08  0213 ff88 0037 0000"));
}

TEST_F(SimulatedStationTest, HasAsManyRegistersAsItsModelSays) {
  SimulatedStation station = new_station();
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 03 00c8 0002")))).size(), 3U + 2 + 2);
}

TEST_F(SimulatedStationTest, StartsInsideABlockWhereItIsAskedTo) {
  SimulatedStation station = new_station();
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 03 0066 0001")))), with_crc("00 03 02  0037"));
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 03 0066 0008")))), with_crc("00 03 04  0037 0000"));
}

TEST_F(SimulatedStationTest, RefusesAnAddressThatItDoesNotHave) {
  SimulatedStation station = new_station();
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 03 0068 0001")))), with_crc("00 83 02"));
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 03 0000 0001")))), with_crc("00 83 02"));
}

TEST_F(SimulatedStationTest, RefusesToWrite) {
  SimulatedStation station = new_station();
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 06 07db 0001")))), with_crc("00 86 01"));
  EXPECT_EQ(frame_of(ask(station, v1_2(with_crc("00 10 5208 0001 02 0001")))), with_crc("00 90 01"));
}

TEST_F(SimulatedStationTest, IsSilentToAnotherUnit) {
  SimulatedStation station = new_station();
  EXPECT_THAT(ask(station, v1_2(with_crc("01 03 0064 0004"))), IsEmpty());
  EXPECT_THAT(ask(station, v1_2(with_crc("01 06 07db 0001"))), IsEmpty());
}

TEST_F(SimulatedStationTest, IsSilentToAnotherEnvelope) {
  SimulatedStation new_one = new_station();
  SimulatedStation old_one = old_station();
  const Bytes bare = with_crc("00 03 0064 0004");
  Bytes old_envelope = bare;
  old_envelope.insert(old_envelope.begin(), std::byte{0x01});
  EXPECT_THAT(ask(new_one, bare), IsEmpty());
  EXPECT_THAT(ask(new_one, old_envelope), IsEmpty());
  EXPECT_THAT(ask(old_one, v1_2(with_crc("01 03 0064 0004"))), IsEmpty());
}

TEST_F(SimulatedStationTest, IsSilentToABrokenFrame) {
  SimulatedStation station = new_station();
  Bytes flipped = v1_2(with_crc("00 03 0064 0004"));
  flipped.back() ^= std::byte{1};
  Bytes flipped_write = v1_2(with_crc("00 06 07db 0001"));
  flipped_write.back() ^= std::byte{1};
  EXPECT_THAT(ask(station, flipped), IsEmpty());
  EXPECT_THAT(ask(station, flipped_write), IsEmpty());
  EXPECT_THAT(ask(station, v1_2(hex("00 03 00"))), IsEmpty());
  EXPECT_THAT(ask(station, {}), IsEmpty());
}

TEST_F(SimulatedStationTest, PushesItsBlocksInTurnHomeDataFirst) {
  SimulatedStation station = new_station();
  const auto pushed_register = [&] {
    const Bytes frame = frame_of(to_bytes(station.next_push(0, buffer_)));
    const auto parsed = protocol::parse_frame(frame);
    return std::get<protocol::Push>(std::get<protocol::Frame>(parsed)).first_register;
  };
  EXPECT_EQ(pushed_register(), 100);
  EXPECT_EQ(pushed_register(), 200);
  EXPECT_EQ(pushed_register(), 300);
  EXPECT_EQ(pushed_register(), 100);
}

TEST_F(SimulatedStationTest, PushesAWholeBlockAsAFunction16Frame) {
  SimulatedStation station = new_station();
  EXPECT_EQ(frame_of(to_bytes(station.next_push(0, buffer_))), with_crc("00 10 0064 0004 08  0213 ff88 0037 0000"));
}

TEST_F(SimulatedStationTest, SplitsAPowerBetweenThePhasesThatShareIt) {
  SimulatedStation station = new_station();
  const Bytes frame = frame_of(ask(station, v1_2(with_crc("00 03 012c 0005"))));
  const auto word = [&](std::size_t index) {
    return std::to_integer<int>(frame[3 + 2 * index]) * 256 + std::to_integer<int>(frame[4 + 2 * index]);
  };
  EXPECT_EQ(word(0), 2);
  EXPECT_GT(word(1), 30);
  EXPECT_NEAR(word(2) + word(3), word(1), 1);
  EXPECT_EQ(word(4), 0) << "a third phase that is not there";
}

TEST_F(SimulatedStationTest, ShowsTheSameValuesToTheSameSeedAtTheSameTime) {
  SimulatedStation one = new_station();
  SimulatedStation other = new_station();
  const Bytes request = v1_2(with_crc("00 03 012c 0005"));
  const Bytes early = frame_of(ask(one, request, 0));
  const Bytes late = frame_of(ask(one, request, 7200));
  EXPECT_EQ(frame_of(ask(other, request, 7200)), late);
  EXPECT_NE(early, late);
}

// Stations as they are on the local network, with what their models do otherwise than most.
class QuirkyStation : public ::testing::Test {
 protected:
  // The words of the answer; nothing: silence. An exception is its code.
  using Reply = std::variant<std::monostate, std::vector<int>, int>;

  void be(const char* name) {
    model_ = make_simulated_model(*bluetti::test::built_in_catalog().model(name), bluetti::test::built_in_catalog(),
                                  schemas::Way::lan);
    station_ =
        std::make_unique<SimulatedStation>(model_, Identity{.model = name, .serial = "2345000000001", .seed = 1});
  }
  Reply read(int first, int count, int unit = 1) {
    std::array<std::byte, protocol::kMaxAdu> request;
    std::array<std::byte, protocol::kMaxAdu> out;
    const protocol::ReadRequest asked{.unit = static_cast<std::uint8_t>(unit),
                                      .first_register = static_cast<std::uint16_t>(first),
                                      .count = static_cast<std::uint16_t>(count)};
    const auto reply = station_->on_adu(protocol::modbus_tcp().wrap(asked, 1, request), 0, out);
    if (reply.empty()) return {};
    const auto opened = protocol::modbus_tcp().open(reply);
    const auto& frame = std::get<protocol::Arrived>(opened).frame;
    if (const auto* exception = std::get_if<protocol::ExceptionAnswer>(&frame)) return int{exception->code};
    std::vector<int> words;
    const auto& data = std::get<protocol::ReadAnswer>(frame).data;
    for (std::size_t at = 0; at < data.size(); at += 2) words.push_back(protocol::word_at(data, at));
    return words;
  }
  [[nodiscard]] static bool is_silent(const Reply& reply) { return std::holds_alternative<std::monostate>(reply); }

  SimulatedModel model_;
  std::unique_ptr<SimulatedStation> station_;
};

TEST_F(QuirkyStation, ATransferHubPutsAWordIntoARun) {
  be("BalcoHub");
  std::vector<int> singly = std::get<std::vector<int>>(read(50210, 2));
  for (const auto& [first, count] : {std::pair{50212, 2}, std::pair{50214, 1}}) {
    const auto more = std::get<std::vector<int>>(read(first, count));
    singly.insert(singly.end(), more.begin(), more.end());
  }
  const auto run = std::get<std::vector<int>>(read(50210, 5));
  EXPECT_EQ(run, (std::vector<int>{singly[0], singly[1], 2, singly[2], singly[3]}));
  EXPECT_TRUE(is_silent(read(57001, 1))) << "not even an exception";
  EXPECT_TRUE(is_silent(read(50004, 4))) << "over registers that it does not serve";
}

TEST_F(QuirkyStation, AnAC500AnswersNothingMoreOnceAnotherUnitWasAsked) {
  be("AC500");
  EXPECT_FALSE(is_silent(read(50002, 1)));
  EXPECT_EQ(std::get<int>(read(50001, 1)), 2);
  EXPECT_TRUE(is_silent(read(50002, 1, 2)));
  EXPECT_TRUE(is_silent(read(50002, 1)));
}

TEST_F(QuirkyStation, ABalco260HasUnitsForItsPacksAndAnswersNoLongerReadThanItTakes) {
  be("Balco260");
  EXPECT_FALSE(is_silent(read(50200, 20)));
  EXPECT_TRUE(is_silent(read(50200, 21)));
  EXPECT_NE(std::get<std::vector<int>>(read(51219, 1, 42))[0], 0);
  EXPECT_EQ(std::get<std::vector<int>>(read(51219, 1, 41))[0], 0);
  EXPECT_NE(std::get<std::vector<int>>(read(51206, 4, 41)), std::vector<int>(4));
  EXPECT_EQ(std::get<std::vector<int>>(read(51206, 4, 45)), std::vector<int>(4));
  EXPECT_EQ(station_->asked_of_other_units(), 0);
}

}  // namespace
}  // namespace bluetti::gateway::simulator
