// SPDX-License-Identifier: MIT
#include "gateway/observe/log.h"

#include <fmt/format.h>
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
  EXPECT_EQ(object.at("message"), R"("a"\n\x01\xff)") << "escaped once, so that no reader of the JSON is fooled either";
}

TEST(Log, JsonWithoutAnAreaHasNone) {
  const auto object = nlohmann::json::parse(logged({.format = LogFormat::json}, [] { spdlog::info("[unclosed"); }));
  EXPECT_FALSE(object.contains("area"));
  EXPECT_EQ(object.at("message"), "[unclosed");
}

// As a client of the local broker sent it to log_level/set.
constexpr std::string_view kForged =
    "x\n2026-11-29 00:00:00.000 error [cloud demo] FORGED LINE password rejected\x1b[2J\x1b[31m\x07";

TEST(Log, ForgedLinesAndTerminalSequencesAreEscapedAtEveryLevelAndInBothFormats) {
  for (const auto name : kLogLevels) {
    const std::string level(name);
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
      const std::string lines = logged({.level = "trace", .format = format}, [&] {
        spdlog::log(spdlog::level::from_str(level), "[local] no log level '{}'", kForged);
      });
      EXPECT_EQ(std::ranges::count(lines, '\n'), 1) << level;
      EXPECT_EQ(lines.find_first_of("\x1b\x07\r"), std::string::npos) << level;
      EXPECT_THAT(lines, testing::HasSubstr("FORGED LINE")) << level;
    }
  }
}

TEST(Log, FiveMessagesOfFiveMegabytesAreFourKilobytesOfLog) {
  const std::string lines = logged({}, [] {
    for (int i = 0; i < 5; ++i) {
      spdlog::warn("[local] no log level '{}{}': one of trace, debug", i, std::string(5'000'000, 'A'));
    }
  });
  EXPECT_LT(lines.size(), 4096U);
  EXPECT_THAT(lines, testing::HasSubstr("bytes left out"));
  EXPECT_THAT(lines, testing::HasSubstr("AAA': one of trace, debug\n")) << "the end says what it is about";
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

std::string printable(std::string_view text) {
  std::string to;
  return make_printable(text, to) ? to : std::string(text);
}

TEST(PrintableLine, EscapesWhatControlsATerminalOrEndsALine) {
  EXPECT_EQ(printable("a\nb\r\tc"), R"(a\nb\x0d\x09c)");
  EXPECT_EQ(printable(std::string_view("\0\x1b[31m\x7f", 7)), R"(\x00\x1b[31m\x7f)");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            R"(\u009b31m)")
      << "the C1 form of ESC [";
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xe2\x80\xa8"),
            R"(a\u202eb\u2028)")
      << "right to left, a line's end";
}

TEST(PrintableLine, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("\xff\xc0\xaf"), R"(\xff\xc0\xaf)") << "an overlong form";
  EXPECT_EQ(printable("\xed\xa0\x80"), R"(\xed\xa0\x80)") << "half of a pair of UTF-16";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), R"(\xf4\x90\x80\x80)") << "beyond Unicode";
  EXPECT_EQ(printable("a\xe2\x82"), R"(a\xe2\x82)") << "cut off";
}

TEST(PrintableLine, LeavesOtherTextAlone) {
  std::string to = "untouched";
  EXPECT_FALSE(make_printable("Küche 电池 \xf0\x9f\x94\x8b …", to));
  EXPECT_EQ(to, "untouched");
}

TEST(PrintableLine, IsCutBetweenCharacters) {
  std::string text(399, 'a');
  for (int i = 0; i < 400; ++i) text += "€";
  const std::string line = printable(text);
  EXPECT_EQ(line.find("\\x"), std::string::npos) << line;
  EXPECT_TRUE(line.starts_with(std::string(399, 'a') + " ... ("));
  EXPECT_TRUE(line.ends_with("€€€"));
}

TEST(ShortSerial, IsFoundWhereverItStands) {
  std::string to;
  EXPECT_TRUE(shorten_serials("2345000000001 and AP3002345000000002", to));
  EXPECT_EQ(to, "2345…0001 and AP3002…0002");
  EXPECT_FALSE(shorten_serials("12345678901 is a number", to));
}

TEST(Log, AFloodOfDifferentLinesIsBoundedAndCounted) {
  const auto write = [] {
    for (int each = 0; each < 40'000; ++each) spdlog::warn("[local] 'n{}' is not a log level", each);
    spdlog::error("[local] lost");
    spdlog::warn("[cloud home] refused");
  };
  const std::string text = logged({}, write);
  EXPECT_LT(text.size(), 10'000U);
  EXPECT_THAT(text, testing::HasSubstr("error [local] lost")) << "another level";
  EXPECT_THAT(text, testing::HasSubstr("warning [cloud home] refused")) << "another thing";
  EXPECT_THAT(text, testing::HasSubstr("warning [local] 39880 more lines in 0 s were left out")) << "told in the end";
}

TEST(LineBudget, BeginsAgainAfterAMinute) {
  std::vector<std::string> told;
  LineBudget budget(2, [&](auto, int, std::string_view line) { told.emplace_back(line); });
  LineBudget::Time now{std::chrono::hours(1)};
  for (int each = 0; each < LineBudget::kMost; ++each) EXPECT_FALSE(budget.is_left_out(now, 3, "[local] a"));
  EXPECT_TRUE(budget.is_left_out(now, 3, "[local] a"));
  now += std::chrono::seconds(59);
  budget.tell_old(now);
  EXPECT_TRUE(told.empty());
  now += std::chrono::seconds(1);
  budget.tell_old(now);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0], "[local] 1 more lines in 60 s were left out: something floods the log");
  EXPECT_FALSE(budget.is_left_out(now, 3, "[local] a"));
  budget.tell_all(now);
  EXPECT_EQ(told.size(), 1U) << "nothing was left out since";
}

TEST(LineBudget, OfDetailsIsLarger) {
  LineBudget budget(2, [](auto...) {});
  int told = 0;
  for (int each = 0; each < 5000; ++each) told += budget.is_left_out({}, 1, "[local] a") ? 0 : 1;
  EXPECT_EQ(told, LineBudget::kMostOfDetails);
}

TEST(LineBudget, OfAThousandThingsEachHasItsOwn) {
  LineBudget budget(2, [](auto...) {});
  LineBudget::Time now{std::chrono::hours(1)};
  for (int each = 0; each < 1000; ++each) {
    now += std::chrono::milliseconds(1);
    EXPECT_FALSE(budget.is_left_out(now, 3, fmt::format("[s{}] online", each)));
  }
}

}  // namespace
}  // namespace bluetti::gateway
