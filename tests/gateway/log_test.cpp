// SPDX-License-Identifier: MIT
#include "gateway/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bluetti::gateway {
namespace {

using testing::MatchesRegex;

// What `write` logs to standard error.
template <typename Write>
std::string logged(const LogConfig& config, const Write& write, const std::string* level = nullptr) {
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
  const std::string level = "debug";
  EXPECT_THAT(logged(
                  {.level = "error"}, [] { spdlog::debug("seen"); }, &level),
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

TEST(ShortSerial, ShowsTheLastFourDigits) {
  EXPECT_EQ(short_serial("2345000000001"), "...0001");
  EXPECT_EQ(short_serial("123"), "...123");
  EXPECT_EQ(short_serial(""), "...");
}

}  // namespace
}  // namespace bluetti::gateway
