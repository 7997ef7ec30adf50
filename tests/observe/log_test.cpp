// SPDX-License-Identifier: MIT
#include "gateway/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/observe/log_lines.h"

namespace bluetti::gateway {
namespace {

using testing::MatchesRegex;

// What `write` logs to standard error.
template <typename Write>
std::string logged(const LogConfig& config, const Write& write,
                   const std::optional<std::string>& level = std::nullopt) {
  const auto before = spdlog::default_logger();
  testing::internal::CaptureStderr();
  start_logging(config, level);
  write();
  spdlog::default_logger()->flush();
  spdlog::set_default_logger(before);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, TextHasTimeLevelAndArea) {
  EXPECT_THAT(logged({}, [] { spdlog::info("[local] connected"); }),
              MatchesRegex("[0-9-]{10} [0-9:]{8}\\.[0-9]{3} info  \\[local\\] connected\n"));
}

TEST(Log, LevelOfTheConfigurationHolds) {
  const auto write = [] {
    spdlog::debug("no");
    spdlog::info("no");
    spdlog::warn("yes");
  };
  EXPECT_THAT(logged({.level = "warning"}, write), MatchesRegex("[^\n]* warning yes\n"));
}

TEST(Log, AnOptionBeatsTheConfiguration) {
  EXPECT_THAT(logged(
                  {.level = "error"}, [] { spdlog::debug("seen"); }, "debug"),
              MatchesRegex("[^\n]* debug seen\n"));
}

TEST(Log, JsonLinesAreObjectsWhateverTheMessage) {
  const std::string line = logged({.format = LogFormat::json}, [] { spdlog::error("[cloud home] \"a\"\n\x01\xff"); });
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  const auto object = nlohmann::json::parse(line);
  EXPECT_THAT(object.at("time"), MatchesRegex("[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z"));
  EXPECT_EQ(object.at("level"), "error");
  EXPECT_EQ(object.at("area"), "cloud home");
  EXPECT_EQ(object.at("message"), "\"a\"\n\x01\xef\xbf\xbd");
}

TEST(Log, JsonWithoutAnAreaHasNone) {
  const auto object = nlohmann::json::parse(logged({.format = LogFormat::json}, [] { spdlog::info("[unclosed"); }));
  EXPECT_FALSE(object.contains("area"));
  EXPECT_EQ(object.at("message"), "[unclosed");
}

TEST(Log, AnAreaHasALevelOfItsOwn) {
  const auto write = [] {
    spdlog::debug("[local] no");
    spdlog::debug("[cloud home] yes");
    spdlog::info("[living_room] no");
    spdlog::info("yes");
  };
  const std::string lines = logged({.level = "info", .levels = {{"cloud", "debug"}, {"station", "error"}}}, write);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 2);
  EXPECT_EQ(lines.find("no"), std::string::npos);
}

TEST(Log, ShortensSerialsUnlessTheyAreWantedInFull) {
  const auto write = [] { spdlog::info("[cloud] message on PUB/AP300/2345000000001, 30 bytes"); };
  EXPECT_THAT(logged({}, write), testing::HasSubstr("PUB/AP300/2345…0001, 30 bytes\n"));
  EXPECT_THAT(logged({.full_serials = true}, write), testing::HasSubstr("PUB/AP300/2345000000001, 30 bytes\n"));
}

// Seconds after the start, and what is said then.
std::string folded(std::initializer_list<std::pair<int, const char*>> lines) {
  return logged({}, [&] {
    const spdlog::log_clock::time_point start{std::chrono::hours(1000)};
    for (const auto& [second, text] : lines) {
      spdlog::default_logger_raw()->log(start + std::chrono::seconds(second), {}, spdlog::level::warn, text);
    }
  });
}

TEST(Log, CountsWhatIsSaidTwiceInARow) {
  EXPECT_THAT(folded({{0, "[local] full"}, {1, "[local] full"}, {20, "[local] full"}, {30, "[local] lost"}}),
              MatchesRegex("[^\n]* warning \\[local\\] full\n"
                           "[^\n]* warning \\[local\\] full \\(repeated 2 times in 30 s\\)\n"
                           "[^\n]* warning \\[local\\] lost\n"));
}

TEST(Log, SaysItAgainAfterAMinute) {
  EXPECT_THAT(folded({{0, "full"}, {59, "full"}, {60, "full"}}),
              MatchesRegex("[^\n]* warning full\n"
                           "[^\n]* warning full \\(repeated 1 time in 60 s\\)\n"
                           "[^\n]* warning full\n"));
}

TEST(Log, DoesNotFoldWhatChangesToAndFro) {
  const std::string lines = folded({{0, "[local] lost"}, {1, "[local] there"}, {2, "[local] lost"}});
  EXPECT_EQ(std::ranges::count(lines, '\n'), 3);
}

TEST(Log, FoldsEachThingForItself) {
  const std::string lines = folded({{0, "[a] full"}, {1, "[b] full"}, {2, "[a] full"}, {3, "[b] full"}, {70, "end"}});
  EXPECT_EQ(std::ranges::count(lines, '\n'), 5) << lines << "one for each, one for what each repeated, and the end";
}

TEST(Log, TellsDifferentLinesOneByOne) {
  const auto write = [] {
    for (int i = 0; i < 100; ++i) spdlog::info("line {}", i);
  };
  EXPECT_EQ(std::ranges::count(logged({}, write), '\n'), 100);
}

TEST(Log, ChangesWhileItRuns) {
  const auto write = [] {
    spdlog::info("before");
    change_logging({.level = "error"});
    spdlog::info("no");
    EXPECT_TRUE(set_log_level("debug"));
    EXPECT_EQ(log_level(), "debug");
    spdlog::debug("after");
  };
  EXPECT_EQ(std::ranges::count(logged({}, write), '\n'), 2);
}

TEST(ShortSerial, ShowsBothEnds) {
  EXPECT_EQ(short_serial("2345000000001"), "2345…0001");
  EXPECT_EQ(short_serial("123"), "…123");
  EXPECT_EQ(short_serial(""), "…");
}

TEST(ShortSerial, IsFoundWhereverItStands) {
  std::string to;
  EXPECT_TRUE(shorten_serials("2345000000001 and AP3002345000000002", to));
  EXPECT_EQ(to, "2345…0001 and AP3002…0002");
  EXPECT_FALSE(shorten_serials("12345678901 is a number", to));
}

}  // namespace
}  // namespace bluetti::gateway
