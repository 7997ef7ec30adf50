// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/simulator/captures.h"
#include "gateway/simulator/simulated_station.h"
#include "tests/protocol/hex.h"
#include "tests/support/captures.h"

namespace bluetti::gateway::simulator {
namespace {

using protocol::test::Bytes;
using protocol::test::hex;
using protocol::test::to_bytes;
using protocol::test::with_crc;

schemas::Model model_named(const std::string& name) {
  schemas::Model model;
  model.name = name;
  model.cloud_name = name;
  return model;
}

constexpr std::string_view kCaptures = R"({"captures": [
  {"model": "NEW1, protocol 2015", "first_register": 100, "registers": 2, "hex": "000a000b"},
  {"model": "NEW1", "first_register": 100, "registers": 3, "hex": "000c000d000e"},
  {"model": "NEW1", "slave": 51, "first_register": 6100, "registers": 1, "hex": "beef"},
  {"model": "OTHER", "first_register": 200, "registers": 1, "hex": "0001"}
]})";

// One read of a station that shows these captures; the frame of its answer.
Bytes read(const schemas::Model& model, const StationImage& image, std::string_view request) {
  SimulatedStation station{model, {.model = model.name, .serial = "2345000000001", .seed = 1}, image};
  Bytes payload = hex("01 f8 0f 00 00 00 00 00 00 00");
  const Bytes frame = with_crc(request);
  payload.insert(payload.end(), frame.begin(), frame.end());
  PayloadBuffer buffer{};
  const Bytes answer = to_bytes(station.on_request(payload, 0, buffer));
  return answer.empty() ? answer : Bytes{answer.begin() + 10, answer.end()};
}

TEST(SimulatorCaptures, ServesTheLongestCaptureOfARegister) {
  const auto model = model_named("NEW1");
  const auto image = std::get<StationImage>(parse_captures(kCaptures, model));
  EXPECT_EQ(read(model, image, "00 03 0064 003e"), with_crc("00 03 06  000c 000d 000e"));
}

TEST(SimulatorCaptures, AnswersAtTheUnitOfTheCapture) {
  const auto model = model_named("NEW1");
  const auto image = std::get<StationImage>(parse_captures(kCaptures, model));
  EXPECT_EQ(read(model, image, "33 03 17d4 0001"), with_crc("33 03 02  beef"));
  EXPECT_EQ(read(model, image, "00 03 17d4 0001"), with_crc("00 83 02"));
  EXPECT_TRUE(read(model, image, "0b 03 17d4 0001").empty());
}

TEST(SimulatorCaptures, LeavesOutOtherModels) {
  const auto model = model_named("NEW1");
  const auto image = std::get<StationImage>(parse_captures(kCaptures, model));
  EXPECT_EQ(read(model, image, "00 03 00c8 0001"), with_crc("00 83 02"));
}

TEST(SimulatorCaptures, PushesTheImagesInTurn) {
  const auto model = model_named("NEW1");
  const auto image = std::get<StationImage>(parse_captures(kCaptures, model));
  SimulatedStation station{model, {.model = "NEW1", .serial = "2345000000001", .seed = 1}, image};
  PayloadBuffer buffer{};
  const auto pushed = [&] { return to_bytes(station.next_push(0, buffer).subspan(10)); };
  EXPECT_EQ(pushed(), with_crc("00 10 0064 0003 06  000c 000d 000e"));
  EXPECT_EQ(pushed(), with_crc("33 10 17d4 0001 02  beef"));
  EXPECT_EQ(pushed(), with_crc("00 10 0064 0003 06  000c 000d 000e"));
}

TEST(SimulatorCaptures, SaysWhatIsWrongWithTheFile) {
  const auto error_of = [](std::string_view text) {
    const auto result = parse_captures(text, model_named("NEW1"));
    const auto* error = std::get_if<std::string>(&result);
    return error == nullptr ? std::string{} : *error;
  };
  EXPECT_NE(error_of("{"), "");
  EXPECT_NE(error_of("{}"), "");
  EXPECT_EQ(error_of(R"({"captures": []})"), R"(no capture of a model that begins with "NEW1")");
  EXPECT_EQ(error_of(R"({"captures": [{"model": "NEW1", "first_register": 7, "hex": "00x0"}]})"),
            "register 7: `hex` is not whole registers");
  EXPECT_NE(error_of(R"({"captures": [{"model": "NEW1", "first_register": 70000, "hex": "0000"}]})"), "");
  EXPECT_NE(error_of(R"({"captures": [{"model": "NEW1", "slave": 256, "first_register": 7, "hex": "0000"}]})"), "");
}

TEST(SimulatorCaptures, ServesARealStationsHomeData) {
  const nlohmann::json captures = test::captures();
  const auto is_home_data = [](const auto& capture) { return capture.at("id") == "ap300-100"; };
  const auto home = std::ranges::find_if(captures, is_home_data);
  ASSERT_NE(home, captures.end());
  const auto model = model_named("AP300");
  const auto image = std::get<StationImage>(parse_captures(nlohmann::json{{"captures", captures}}.dump(), model));
  const std::string first_62_registers = home->at("hex").get<std::string>().substr(0, 62 * 4);
  EXPECT_EQ(read(model, image, "00 03 0064 003e"), with_crc("00 03 7c" + first_62_registers));
}

}  // namespace
}  // namespace bluetti::gateway::simulator
