// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/cli_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using test::run_program;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Misuse {
  std::vector<std::string> arguments;
  std::string message;  // the first line on standard error
};

void PrintTo(const Misuse& misuse, std::ostream* to) {
  *to << testing::PrintToString(misuse.arguments);
}

class WrongCommandLine : public testing::TestWithParam<Misuse> {};
TEST_P(WrongCommandLine, SaysWhatIsWrongAndExitsWith2) {
  const auto outcome = run_program(GetParam().arguments);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_EQ(outcome.err.substr(0, outcome.err.find('\n')), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, WrongCommandLine,
    testing::Values(
        Misuse{{"decod"}, "bluetti-gateway: unknown command 'decod'; did you mean 'decode'?"},
        Misuse{{"frobnicate"}, "bluetti-gateway: unknown command 'frobnicate'"},
        Misuse{{"--jsn"}, "bluetti-gateway: unknown option '--jsn'"},
        Misuse{{"run", "now"}, "bluetti-gateway run: unexpected argument 'now'"},
        Misuse{{"run", "--onc"}, "bluetti-gateway run: unknown option '--onc'; did you mean '--once'?"},
        Misuse{{"run", "--config"}, "bluetti-gateway run: --config: 1 required TEXT missing"},
        Misuse{{"run", "--log-level", "warn"},
               "bluetti-gateway run: --log-level: 'warn' is not one of trace, debug, info, warning, error"},
        Misuse{{"check", "--jsno"}, "bluetti-gateway check: unknown option '--jsno'; did you mean '--json'?"},
        Misuse{{"decode", "00"},
               "bluetti-gateway decode: --block is required: the data does not say which registers it holds"},
        Misuse{{"decode", "--block", "1300"}, "bluetti-gateway decode: HEX is required"},
        Misuse{{"decode", "--blok", "1300", "00"},
               "bluetti-gateway decode: unknown option '--blok'; did you mean '--block'?"},
        Misuse{{"decode", "--block", "65536", "00"},
               "bluetti-gateway decode: --block: '65536' is not a number between 0 and 65535"},
        Misuse{{"decode", "--block", "-1", "00"},
               "bluetti-gateway decode: --block: '-1' is not a number between 0 and 65535"},
        Misuse{{"decode", "--block", "0x10", "00"},
               "bluetti-gateway decode: --block: '0x10' is not a number between 0 and 65535"},
        Misuse{{"decode", "--block", "grid", "00"},
               "bluetti-gateway decode: --block: 'grid' is not a number between 0 and 65535"},
        Misuse{
            {"decode", "--block", "1300", "--model", "AP30", "00"},
            "bluetti-gateway: 'AP30' is not a known model; did you mean 'AP300'? 'bluetti-gateway list models' shows "
            "all"},
        Misuse{{"list"}, "bluetti-gateway list: WHAT is required"},
        Misuse{{"list", "modles"},
               "bluetti-gateway list: WHAT: 'modles' is not one of models, blocks, fields, entities; did you mean "
               "'models'?"},
        Misuse{
            {"list", "entities"},
            "bluetti-gateway: list entities: say of which model with --model; 'bluetti-gateway list models' shows all"},
        Misuse{{"simulate", "--stations", "0"},
               "bluetti-gateway simulate: --stations: '0' is not a number between 1 and 100000"},
        Misuse{{"simulate", "--stations", "two"},
               "bluetti-gateway simulate: --stations: 'two' is not a number between 1 and 100000"},
        Misuse{{"simulate", "--speed", "nan"},
               "bluetti-gateway simulate: --speed: 'nan' is not a number between 0.001 and 100000"},
        Misuse{{"simulate", "--push-interval", "-1"},
               "bluetti-gateway simulate: --push-interval: '-1' is not a number between 0 and 86400"},
        Misuse{{"scan", "--retries", "0"}, "bluetti-gateway scan: --retries: '0' is not a number between 1 and 100"},
        Misuse{{"scan", "--retry-initial-delay", "0"},
               "bluetti-gateway scan: --retry-initial-delay: '0' is not a number between 0.001 and 3600"},
        Misuse{{"scan", "--retry-max-delay", "-1"},
               "bluetti-gateway scan: --retry-max-delay: '-1' is not a number between 0.001 and 3600"},
        Misuse{{"scan", "--timeout", "0"},
               "bluetti-gateway scan: --timeout: '0' is not a number between 0.001 and 3600"},
        Misuse{{"scan", "--blocks", "100,x"},
               "bluetti-gateway scan: --blocks: 'x' is not a number between 0 and 65535"},
        Misuse{{"scan", "--verify", "some"},
               "bluetti-gateway scan: --verify: 'some' is not one of full, chain, pinned, none"},
        Misuse{{"raw"}, "bluetti-gateway raw: --block is required"},
        Misuse{{"raw", "--block", "1", "--count", "0"},
               "bluetti-gateway raw: --count: '0' is not a number between 1 and 1000"},
        Misuse{{"listen", "--interval", "-1"},
               "bluetti-gateway listen: --interval: '-1' is not a number between 0 and 86400"},
        Misuse{{"listen", "--count", "0"},
               "bluetti-gateway listen: --count: '0' is not a number between 1 and 1000000000"},
        Misuse{{"simulate", "--first-serial", "AP3001"},
               "bluetti-gateway simulate: --first-serial: 'AP3001' is not a number between 1 and 9999999999999"}));

TEST(CommandLine, WithoutACommandShowsTheCommands) {
  const auto outcome = run_program({});
  EXPECT_EQ(outcome.code, 2);
  for (const char* command : {"run", "check", "decode", "list", "simulate"})
    EXPECT_THAT(outcome.err, HasSubstr(command));
}

TEST(CommandLine, EveryCommandHelpsWithExamples) {
  for (const char* command : {"run", "check", "decode", "list", "simulate", "scan", "raw", "listen"}) {
    const auto outcome = run_program({command, "--help"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Examples:\n  bluetti-gateway " + std::string(command)));
    EXPECT_THAT(outcome.err, IsEmpty());
  }
}

TEST(CommandLine, VersionNamesBuildAndLibraries) {
  const auto outcome = run_program({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("bluetti-gateway "));
  for (const char* library : {"paho 1.", "openssl 3.", "spdlog 1."}) EXPECT_THAT(outcome.out, HasSubstr(library));
}

TEST(CommandLine, TheConfigurationsNameCanComeFromTheEnvironment) {
  const test::ScopedVariable variable("BLUETTI_GATEWAY_CONFIG", "/nowhere/from_environment.toml");
  EXPECT_THAT(run_program({"check"}).err, StartsWith("/nowhere/from_environment.toml: cannot be read"));
  EXPECT_THAT(run_program({"check", "--config", "/nowhere/from_option.toml"}).err,
              StartsWith("/nowhere/from_option.toml: cannot be read"));
}

}  // namespace
}  // namespace bluetti::gateway::cli
