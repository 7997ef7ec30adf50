// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace bluetti::gateway::cli
