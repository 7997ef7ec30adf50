// SPDX-License-Identifier: MIT
// The library and a station on the local network, which the program simulates.
#include <bluetti/client.h>
#include <gmock/gmock.h>

#include "tests/integration/harness.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr const char* kBalcony = "2345000000001";

class LanWay : public ::testing::Test {
 protected:
  LanWay() { start(); }
  void start() {
    station_.emplace(std::vector<std::string>{gateway_binary(), "simulate", "--lan", std::to_string(port_), "--model",
                                              "Balco260", "--first-serial", kBalcony},
                     dir_.path() / "station.log");
    EXPECT_TRUE(station_->says("Modbus TCP station"));
  }
  [[nodiscard]] ClientOptions options() const {
    return {.way = bluetti::lan({.host = "127.0.0.1", .port = port_}),
            .stations = {{.serial = kBalcony, .model = "Balco260"}},
            .retry = {.attempts = 1},
            .answer_timeout = 1s};
  }

  TempDir dir_;
  const std::uint16_t port_ = free_port();
  std::optional<Process> station_;
};

TEST_F(LanWay, ReadsBlocksGroupsAndRegisters) {
  Client client(options());
  const auto connected = client.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  const auto inverter = client.read_block(50200);
  ASSERT_TRUE(inverter) << inverter.error().message;
  EXPECT_EQ(inverter->station, kBalcony);
  EXPECT_EQ(inverter->text("inverter_model"), "Balco260");
  const auto group = client.read_group("lan");
  ASSERT_TRUE(group) << group.error().message;
  EXPECT_THAT(group->errors, ::testing::IsEmpty());
  EXPECT_EQ(group->blocks.size(), 4U);
  const auto registers = client.read_registers(50200, 2);
  ASSERT_TRUE(registers) << registers.error().message;
  EXPECT_EQ(registers->registers.size(), 2U);
  int streamed = 0;
  for (const auto& block : client.stream_group("lan_settings")) streamed += block ? 1 : 0;
  EXPECT_EQ(streamed, 2);
}

TEST_F(LanWay, ReadsWithoutWaitingToo) {
  AsyncClient client(options());
  ASSERT_TRUE(client.connect().get());
  auto first = client.read_block(50200);
  auto second = client.read_block(51001);
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
}

TEST_F(LanWay, ChangesASettingAndReadsItBack) {
  ClientOptions with_control = options();
  with_control.control = {.enabled = true, .consents = {"outputs"}};
  Client client(std::move(with_control));
  ASSERT_TRUE(client.connect());
  const auto before = client.read_block(57001);
  ASSERT_TRUE(before) << before.error().message;
  const std::string wanted = before->text("soc_high_limit") == "90" ? "95" : "90";
  const auto result = client.write("soc_high_limit", wanted);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, WriteOutcome::confirmed) << result->reason;
  EXPECT_EQ(client.read_block(57001)->text("soc_high_limit"), wanted);
}

TEST_F(LanWay, SaysThatABlockOfTheCloudIsNotThere) {
  Client client(options());
  ASSERT_TRUE(client.connect());
  const auto block = client.read_block(1300);
  ASSERT_FALSE(block);
  EXPECT_EQ(block.error().kind, ErrorClass::schema);
  EXPECT_THAT(block.error().message, HasSubstr("through the cloud"));
}

TEST_F(LanWay, ConnectsAgainToAStationThatWasAway) {
  Client client(options());
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client.read_block(51001));
  station_.reset();
  EXPECT_TRUE(eventually([&] { return !client.is_connected(); }));
  const auto lost = client.read_block(51001);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorClass::transport);
  start();
  EXPECT_TRUE(eventually([&] { return client.read_block(51001).ok(); }));
}

TEST_F(LanWay, SaysWhyItCannotConnect) {
  station_.reset();
  Client nobody(options());
  const auto refused = nobody.connect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorClass::transport);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot connect to 127.0.0.1:" + std::to_string(port_)));
}

TEST(LanWayOptions, ThatCannotWorkAreRefused) {
  const auto error_of = [](LanOptions lan, std::vector<StationOptions> stations) {
    Client client({.way = bluetti::lan(std::move(lan)), .stations = std::move(stations)});
    const auto connected = client.connect();
    EXPECT_EQ(connected.error().kind, ErrorClass::configuration);
    return connected.error().message;
  };
  EXPECT_THAT(error_of({}, {{.serial = "1", .model = "Balco260"}}), HasSubstr("host"));
  EXPECT_THAT(error_of({.host = "127.0.0.1"}, {{.serial = "1", .model = "AC180"}}), HasSubstr("over Modbus TCP"));
  EXPECT_THAT(
      error_of({.host = "127.0.0.1"}, {{.serial = "1", .model = "Balco260"}, {.serial = "2", .model = "Balco260"}}),
      HasSubstr("leads to one"));
  EXPECT_THAT(error_of({.host = "127.0.0.1", .unit = 2}, {{.serial = "1", .model = "AC500"}}), HasSubstr("unit 2"));
}

}  // namespace
}  // namespace bluetti::test
