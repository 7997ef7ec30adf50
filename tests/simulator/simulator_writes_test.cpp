// SPDX-License-Identifier: MIT
// A simulated station that is written to, as it should be and as real ones do.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "gateway/simulator/simulated_station.h"
#include "schemas/never_write.h"
#include "tests/protocol/hex.h"

namespace bluetti::gateway::simulator {
namespace {

using protocol::test::Bytes;
using protocol::test::hex;
using protocol::test::to_bytes;
using protocol::test::with_crc;

const schemas::Catalog& catalog() {
  static const schemas::Catalog catalog = schemas::Catalog::built_in();
  return catalog;
}

const SimulatedModel& simulated(const char* name) {
  static std::map<std::string, SimulatedModel> models;
  const auto known = models.find(name);
  if (known != models.end()) return known->second;
  return models.emplace(name, make_simulated_model(*catalog().model(name), catalog())).first->second;
}

// A station of the second generation, spoken to in frames.
class Station {
 public:
  explicit Station(const char* model)
      : station_(simulated(model), {.model = model, .serial = "2345000000001", .seed = 1}) {}

  SimulatedStation& operator*() { return station_; }

  Bytes ask(const Bytes& frame, double time = 0) {
    Bytes payload = hex("01 f8 0f 00 00 00 00 00 00 00");
    payload.insert(payload.end(), frame.begin(), frame.end());
    const auto answer = station_.on_request(payload, time, buffer_);
    return answer.empty() ? Bytes() : Bytes(answer.begin() + 10, answer.end());
  }

  Bytes write(std::uint16_t address, std::uint16_t value, double time = 0) {
    const std::array<std::uint16_t, 1> values{value};
    std::array<std::byte, protocol::kMaxFrame> frame{};
    return ask(to_bytes(protocol::encode_write({.first_register = address, .values = values}, frame)), time);
  }

  int read(std::uint16_t address, double time = 0) {
    const Bytes answer = ask(to_bytes(protocol::encode({.unit = 0, .first_register = address, .count = 1})), time);
    return answer.size() == 7 ? std::to_integer<int>(answer[3]) << 8 | std::to_integer<int>(answer[4]) : -1;
  }

 private:
  SimulatedStation station_;
  PayloadBuffer buffer_{};
};

constexpr std::uint16_t kEcoThreshold = 2019;  // simulated as 10 W

TEST(SimulatedWrite, IsEchoedAndKept) {
  Station station("AP300");
  EXPECT_EQ(station.write(kEcoThreshold, 30), hex("00 06 07 E3 00 1E F8 91"));
  EXPECT_EQ(station.read(kEcoThreshold), 30);
  EXPECT_EQ(station.read(kEcoThreshold, 3600), 30) << "an hour later too";
}

TEST(SimulatedWrite, OfATimeSlotIsOfThreeRegisters) {
  Station station("ELITE200V2");
  EXPECT_EQ(station.ask(hex("00 10 07 EE 00 03 06 00 01 01 00 05 00 A4 BA")), hex("00 10 07 EE 00 03 E0 98"));
  EXPECT_EQ(station.read(2030), 1);
  EXPECT_EQ(station.read(2031), 0x0100);
  EXPECT_EQ(station.read(2032), 0x0500);
}

TEST(SimulatedWrite, OfTheFirstGenerationGoesToUnit1) {
  SimulatedStation station(simulated("AC300"), {.model = "AC300", .serial = "2345000000002", .seed = 2});
  PayloadBuffer buffer{};
  Bytes payload = with_crc("01 06 0BBF 0000");
  payload.insert(payload.begin(), std::byte{0x01});
  EXPECT_EQ(to_bytes(station.on_request(payload, 0, buffer)), payload);
}

TEST(SimulatedWrite, ToWhatIsNeverWrittenIsRefused) {
  Station station("AP300");
  for (std::uint16_t address = 2000; address < 2290; ++address) {
    if (schemas::never_written(address).empty()) continue;
    const int before = station.read(address);
    EXPECT_EQ(station.write(address, 1), with_crc("00 86 02")) << address;
    EXPECT_EQ(station.read(address), before) << address;
  }
}

TEST(SimulatedWrite, ToWhatIsNoSettingOfTheModelIsRefused) {
  Station station("AP300");
  EXPECT_EQ(station.write(2029, 1), with_crc("00 86 02")) << "time control: the AP300 has it, and no setting for it";
  EXPECT_EQ(station.write(102, 1), with_crc("00 86 02")) << "state of charge";
  EXPECT_EQ(station.ask(with_crc("00 10 07E1 0004 08 0001 0001 0001 0001")), with_crc("00 90 02"))
      << "settings beside each other do not belong together";
}

TEST(SimulatedWrite, ThatIsBrokenIsNotAnswered) {
  Station station("AP300");
  EXPECT_EQ(station.ask(hex("00 06 07 E3 00 1E F8 90")), Bytes());
  EXPECT_EQ(station.read(kEcoThreshold), 10);
}

TEST(SimulatedWrite, TakesItsTimeToShow) {
  Station station("AP300");
  (*station).set_write_faults({.settle = 6});
  EXPECT_EQ(station.write(kEcoThreshold, 30, 100), hex("00 06 07 E3 00 1E F8 91"));
  EXPECT_EQ(station.read(kEcoThreshold, 105.9), 10);
  EXPECT_EQ(station.read(kEcoThreshold, 106), 30);
}

TEST(SimulatedWrite, MayBeEchoedAsAnotherRegister) {
  Station station("AP300");
  (*station).set_write_faults({.echo_register = 57001});
  EXPECT_EQ(station.write(2011, 0), with_crc("00 06 DEA9 0000"));
  EXPECT_EQ(station.read(2011), 0);
}

TEST(SimulatedWrite, MayBeTakenAtTheThirdTryOnly) {
  Station station("ELITE200V2");
  (*station).set_write_faults({.takes_try = 3});
  for (const int expected : {1, 1, 4}) {
    EXPECT_EQ(station.write(2015, 4), with_crc("00 06 07DF 0004"));
    EXPECT_EQ(station.read(2015), expected);
  }
}

TEST(SimulatedWrite, MayBeTakenBack) {
  Station station("EP2000");
  (*station).set_write_faults({.settle = 1, .reverts_after = 3});
  station.write(2213, 3000, 10);
  EXPECT_EQ(station.read(2213, 10.5), 2400);
  EXPECT_EQ(station.read(2213, 11), 3000);
  EXPECT_EQ(station.read(2213, 13.9), 3000);
  EXPECT_EQ(station.read(2213, 14), 2400);
}

TEST(SimulatedWrite, MayBeTakenBackBeforeAnybodyLooked) {
  Station station("EP2000");
  (*station).set_write_faults({.reverts_after = 3});
  station.write(2213, 3000, 10);
  EXPECT_EQ(station.read(2213, 60), 2400);
}

TEST(SimulatedWrite, MayBeRefusedByAnException) {
  Station station("AP300");
  (*station).set_write_faults({.exception = 3});
  EXPECT_EQ(station.write(kEcoThreshold, 30), with_crc("00 86 03"));
  EXPECT_EQ(station.read(kEcoThreshold), 10);
}

TEST(SimulatedWrite, MayBeIgnored) {
  Station station("AP300");
  (*station).set_write_faults({.ignores = true});
  EXPECT_EQ(station.write(kEcoThreshold, 30), Bytes());
  EXPECT_EQ(station.read(kEcoThreshold), 10);
}

TEST(SimulatedWrite, MayCostTheConnection) {
  Station station("AP300");
  (*station).set_write_faults({.disconnects = true});
  EXPECT_EQ(station.write(kEcoThreshold, 30), Bytes()) << "no echo";
  EXPECT_TRUE((*station).take_disconnect());
  EXPECT_FALSE((*station).take_disconnect()) << "once";
  EXPECT_EQ(station.read(kEcoThreshold), 30) << "but it was taken";
}

TEST(SimulatedWrite, MayChangeAnotherSettingAlongWithIt) {
  Station station("AP300");
  (*station).set_write_faults({.also = WriteFaults::SideEffect{.address = 2018, .value = 1}});
  station.write(2017, 1);
  EXPECT_EQ(station.read(2017), 1);
  EXPECT_EQ(station.read(2018), 1);
}

TEST(SimulatedWrite, IsAsItShouldBeAgainWhenTheFaultIsOver) {
  Station station("AP300");
  (*station).set_write_faults({.ignores = true});
  station.write(kEcoThreshold, 30);
  (*station).set_write_faults({});
  EXPECT_EQ(station.write(kEcoThreshold, 30), hex("00 06 07 E3 00 1E F8 91"));
}

}  // namespace
}  // namespace bluetti::gateway::simulator
