// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::gateway::cli {
namespace {

using test::Outcome;
using test::run_program;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kLamp = R"(
id = 60000
name = "lamp"
poll = "lamp"
registers = 8
evidence = "inferred"
source = "made up"
fields = [
  { name = "brightness", register = 60000, type = "u16", scale = 0.1, unit = "%" },
  { name = "colour", register = 60001, type = "enum", options = { 0 = "red", 1 = "green" } },
  { name = "warmth", register = 60002, type = "u16", absent = [0], unit = "°C" },
  { name = "password", register = 60003, type = "text", length = 4, secret = true },
  { name = "newer", register = 60006, type = "u16", protocol = 3000 },
]
)";
constexpr std::string_view kModel = R"(
name = "LAMP"
title = "Lamp"
evidence = "inferred"
source = "made up"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [60000]
poll = { lamp = 5 }
)";

std::string hex_of(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

class Decode : public testing::Test {
 protected:
  Decode() {
    folder_.write("lamp.toml", kLamp);
    folder_.write("model.toml", kModel);
  }

  Outcome decode(std::vector<std::string> arguments, std::string_view input = {}) {
    arguments.insert(arguments.begin(), {"decode", "--model", "lamp", "--schemas", folder_.path().string()});
    return run_program(arguments, input);
  }

  test::TemporaryFolder folder_;
};

TEST_F(Decode, PrintsOneJsonObjectPerInput) {
  const Outcome outcome = decode({"--block", "60000", "--json", "01f4 0001 0000", "0x0005"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            R"({"block":60000,"name":"lamp","values":{"brightness":50.0,"colour":"green","warmth":null,"newer":null}})"
            "\n"
            R"({"block":60000,"name":"lamp","values":{"brightness":0.5,"colour":null,"warmth":null,"newer":null}})"
            "\n");
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(Decode, PrintsATableForPeople) {
  const Outcome outcome = decode({"--block", "60000", "01:f4:00:01:00:00:41:42:43:44"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "Block 60000 (lamp), 10 bytes from register 60000\n"
            "Field            Value  Unit\n"
            "lamp_brightness  50     %\n"
            "lamp_colour      green\n"
            "lamp_warmth      -      °C\n"
            "lamp_newer       -\n"
            "\n")
      << "no secret, and nothing of what the data does not reach";
}

TEST_F(Decode, DataCanBeginInsideABlock) {
  EXPECT_EQ(decode({"--block", "60001", "--json", "00000015"}).out,
            R"({"block":60000,"name":"lamp","register":60001,"values":{"brightness":null,"colour":"red","warmth":21,)"
            R"("newer":null}})"
            "\n");
}

TEST_F(Decode, TheProtocolVersionCanBeOverridden) {
  const std::string data(28, '1');
  EXPECT_THAT(decode({"--block", "60000", "--json", data}).out, HasSubstr(R"("newer":null)"));
  EXPECT_THAT(decode({"--block", "60000", "--protocol-version", "3000", "--json", data}).out,
              HasSubstr(R"("newer":4369)"));
}

TEST_F(Decode, ReadsLinesFromStandardInput) {
  const Outcome outcome = decode({"--block", "60000", "--json", "-"}, "0001\n\n0002\r\n0003");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 4);
  EXPECT_THAT(outcome.out, HasSubstr(R"({"block":60000,"error":"no data"})"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("brightness":0.3)"));
}

TEST_F(Decode, ARefusedInputDoesNotStopTheOthers) {
  const Outcome outcome = decode({"--block", "60000", "--json", "0x", "123", "12 3g", "00", "0001"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, testing::StartsWith(R"({"block":60000,"error":"no data"})"
                                               "\n"
                                               R"({"block":60000,"error":"odd number of hexadecimal digits"})"
                                               "\n"
                                               R"({"block":60000,"error":"'g' is not a hexadecimal digit"})"
                                               "\n"
                                               R"({"block":60000,"error":"1 bytes hold no field of this block"})"
                                               "\n"
                                               R"({"block":60000,"name":"lamp","values":{"brightness":0.1,)"));
}

TEST_F(Decode, WithoutJsonARefusalGoesToStandardError) {
  const Outcome outcome = decode({"--block", "60000", "zz"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_EQ(outcome.err, "block 60000: 'z' is not a hexadecimal digit\n");
}

TEST_F(Decode, AnUnknownBlockIsAUsageErrorThatNamesItsNeighbours) {
  const Outcome outcome = decode({"--block", "60008", "0001"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("there is no block 60008; near it: 60000"));
}

TEST_F(Decode, ASchemaFileThatIsWrongIsToldAndTheRestWorks) {
  folder_.write("wrong.toml", "id = \n");
  const Outcome outcome = decode({"--block", "60000", "--json", "0001"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr(R"("brightness":0.1)"));
  EXPECT_THAT(outcome.err, HasSubstr("wrong.toml:1:"));
}

TEST_F(Decode, OpensTheFrameOfAnAnswer) {
  const std::string payload = hex_of(test::answer("01f4 0000"));
  EXPECT_THAT(decode({"--block", "60000", "--frame", "--json", payload}).out,
              HasSubstr(R"("envelope":{"kind":"v1.2")"));
  EXPECT_THAT(decode({"--block", "60000", "--frame", "--json", payload}).out,
              HasSubstr(R"("unit":0,"values":{"brightness":50.0,"colour":"red")"));
  const Outcome unsaid = decode({"--frame", "--json", payload});
  EXPECT_EQ(unsaid.code, 1);
  EXPECT_EQ(unsaid.out, R"({"block":null,"error":"an answer does not say which registers it holds; give --block"})"
                        "\n");
}

TEST_F(Decode, AnEnvelopeThatNamesTheRegisterSavesTheOption) {
  EXPECT_THAT(decode({"--frame", "--json", hex_of(test::answer("0000 0015", 0, 60001))}).out,
              testing::AllOf(HasSubstr(R"("register":60001)"), HasSubstr(R"("warmth":21)")));
}

TEST_F(Decode, APushSaysWhichRegistersItHolds) {
  const Outcome outcome = decode({"--frame", "--json", "--block", "100", hex_of(test::push(60001, "0001 0015"))});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr(R"({"block":60000,"name":"lamp","register":60001,"envelope":{"kind":"v1.2")"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("colour":"green","warmth":21)"));
}

TEST_F(Decode, ABareAnswerIsFoundOutByItsChecksum) {
  EXPECT_THAT(decode({"--frame", "--block", "60000", "--json", "00 03 02 01f4 8593"}).out,
              HasSubstr(R"("envelope":{"kind":"bare"},"unit":0,"values":{"brightness":50.0)"));
}

TEST_F(Decode, ExceptionsAndDamagedFramesAreRefused) {
  std::string damaged = hex_of(test::answer("01f4 0000"));
  damaged.back() = damaged.back() == '0' ? '1' : '0';
  const Outcome outcome = decode({"--frame", "--block", "60000", "--json", hex_of(test::exception(2)), damaged, "01"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr(R"({"block":60000,"error":"the station answered with exception 2 (illegal data )"
                                     R"(address) to function 3"})"));
  EXPECT_THAT(outcome.out, HasSubstr(R"({"block":60000,"error":"frame: )"));
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 3);
}

// So many registers from this one on, all zero but these.
std::string registers_of(int first, int count, const std::map<int, int>& values) {
  std::string hex;
  for (int address = first; address < first + count; ++address) {
    const auto value = values.find(address);
    hex += fmt::format("{:04x}", value == values.end() ? 0 : value->second);
  }
  return hex;
}

TEST(DecodeWithoutAModel, DecodesAllBlocksThatTheRegistersReachOver) {
  const std::string data = registers_of(10, 124, {{43, 88}, {71, 2288}, {92, 531}});
  const Outcome outcome = run_program({"decode", "--block", "10", "--json", data});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 1) << "one line per input";
  const auto object = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(object["blocks"].dump(), "[10,70,91]");
  EXPECT_EQ(object["values"]["soc"], 88);
  EXPECT_EQ(object["values"]["ac_output_voltage"], 228.8);
  EXPECT_EQ(object["values"]["pack_voltage"], 53.1);
  EXPECT_TRUE(object["values"].contains("cells"));
}

TEST(DecodeWithoutAModel, PutsTheBlocksNameBeforeANameThatTwoBlocksHave) {
  const std::string data = registers_of(1300, 125, {{1312, 1}, {1314, 2301}, {1420, 30}});
  const auto object = nlohmann::json::parse(run_program({"decode", "--block", "1300", "--json", data}).out);
  EXPECT_EQ(object["blocks"].dump(), "[1300,1400]");
  EXPECT_EQ(object["values"]["phase_count"], 1);
  EXPECT_EQ(object["values"]["ac_power"], 30);
}

TEST(DecodeWithoutAModel, TakesTheGenerationThatHasTheRegister) {
  const auto block_of = [](const std::string& register_number) {
    const Outcome outcome = run_program({"decode", "--block", register_number, "--json", "0022"});
    return nlohmann::json::parse(outcome.out).value("block", 0);
  };
  EXPECT_EQ(block_of("169"), 100) << "163 has it too, in the first generation";
  EXPECT_EQ(block_of("101"), 100) << "91 has it too";
  EXPECT_EQ(block_of("36"), 10);
  EXPECT_EQ(block_of("70"), 70);
  EXPECT_EQ(block_of("163"), 163);
  EXPECT_EQ(block_of("2001"), 2000);
}

TEST(DecodeWithAModel, NeverTakesABlockOfTheOtherGeneration) {
  EXPECT_EQ(run_program({"decode", "--model", "v2", "--block", "70", "--json", "0022"}).code, 2);
  EXPECT_EQ(run_program({"decode", "--model", "AP300", "--block", "171", "--json", "0022"}).code, 0);
  const Outcome pack = run_program({"decode", "--model", "AC300", "--block", "101", "--json", "0022"});
  EXPECT_THAT(pack.out, testing::Not(HasSubstr("\"block\":100")));
}

TEST(DecodeWithAModel, TheFirmwareOfOneBlockScalesTheNext) {
  const auto volts = [](int firmware_hundredths) {
    const std::map<int, int> values{{23, firmware_hundredths & 0xffff}, {24, firmware_hundredths >> 16}, {77, 55}};
    const std::string data = registers_of(10, 81, values);
    const Outcome outcome = run_program({"decode", "--model", "EB3A", "--block", "10", "--json", data});
    return nlohmann::json::parse(outcome.out)["values"]["ac_input_voltage"];
  };
  EXPECT_EQ(volts(205308), 5.5);
  EXPECT_EQ(volts(211406), 55.0);
}

}  // namespace
}  // namespace bluetti::gateway::cli
