// SPDX-License-Identifier: MIT
// What Prometheus reads: names and units by its rules, and nothing where nothing is known.
#include "gateway/http/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "tests/http/snapshot_fixture.h"

namespace bluetti::gateway::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string text_of(MetricsFormat format = MetricsFormat::prometheus, StationPointer station = test::station_view()) {
  auto snapshot = test::snapshot_of(std::move(station), TimePoint(std::chrono::seconds(100)));
  snapshot->frame_to_publish.add(std::chrono::microseconds(300));
  return metrics_text(*snapshot, {.resident_bytes = 1000}, format);
}

TEST(Metrics, GiveValuesInBaseUnits) {
  const std::string text = text_of();
  EXPECT_THAT(text, HasSubstr("bluetti_level_ratio{station=\"one\",field=\"soc\"} 0.87\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_temperature_celsius{station=\"one\",field=\"temperature\"} 20\n"));
  EXPECT_THAT(text,
              HasSubstr("bluetti_power_watts{station=\"one\",field=\"power\",group=\"grid_phase\",item=\"1\"} -120\n"));
}

TEST(Metrics, GiveNumbersWithoutAUnitUnderANameOfTheirOwn) {
  EXPECT_THAT(text_of(), HasSubstr("bluetti_number{station=\"one\",field=\"grid_phase_count\"} 1\n"));
}

TEST(Metrics, AbsentIsNotZero) {
  const std::string text = text_of(MetricsFormat::prometheus, test::station_view("0000 0000 0057 0000 6f70 6e65"));
  EXPECT_THAT(text, Not(HasSubstr("field=\"temperature\"")));
  EXPECT_THAT(text, HasSubstr("field=\"soc\""));
}

TEST(Metrics, HoldNoSecret) {
  EXPECT_THAT(text_of(), Not(HasSubstr("field=\"password\"")));
}

TEST(Metrics, TellDropsByReasonAndLabelsAsTheyAre) {
  const std::string text = text_of();
  EXPECT_THAT(text, HasSubstr("bluetti_station_dropped_messages_total{station=\"one\",reason=\"broken_frame\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("name=\"The \\\"first\\\" <station>\""));
}

TEST(Metrics, EveryReasonHasItsOwnName) {
  auto station = test::station_view();
  station->counters.dropped = {};
  station->counters.dropped[static_cast<std::size_t>(Drop::cut)] = 1;
  station->counters.dropped[static_cast<std::size_t>(Drop::no_schema)] = 2;
  const std::string text = text_of(MetricsFormat::prometheus, station);
  EXPECT_THAT(text, HasSubstr("{station=\"one\",reason=\"cut\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("{station=\"one\",reason=\"no_schema\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{station=\"one\",reason=\"other_block\"} 0\n"));
}

TEST(Metrics, AHistogramIsCumulative) {
  const std::string text = text_of();
  EXPECT_THAT(text, HasSubstr("frame_to_publish_seconds_bucket{le=\"0.00025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("frame_to_publish_seconds_bucket{le=\"0.0005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("frame_to_publish_seconds_bucket{le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("frame_to_publish_seconds_sum 0.0003\n"));
}

TEST(Metrics, TellHowLongAnswersOfAStationTook) {
  auto station = test::station_view();
  for (const int milliseconds : {4, 10, 180, 9000})
    station->counters.answer_times.add(std::chrono::milliseconds(milliseconds));
  const std::string text = text_of(MetricsFormat::prometheus, station);
  EXPECT_THAT(text, HasSubstr("# TYPE bluetti_station_answer_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_station_answer_seconds_bucket{station=\"one\",le=\"0.01\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_station_answer_seconds_bucket{station=\"one\",le=\"0.1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_station_answer_seconds_bucket{station=\"one\",le=\"0.25\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_station_answer_seconds_bucket{station=\"one\",le=\"5.0\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_station_answer_seconds_bucket{station=\"one\",le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_station_answer_seconds_sum{station=\"one\"} 9.194\n"));
  EXPECT_THAT(text, HasSubstr("bluetti_station_answer_seconds_count{station=\"one\"} 4\n"));
}

TEST(Metrics, CountersOfOpenMetricsHaveNoTotalInTheirFamily) {
  const std::string open = text_of(MetricsFormat::open_metrics);
  EXPECT_THAT(open, HasSubstr("# TYPE bluetti_station_answers counter\n"));
  EXPECT_THAT(open, HasSubstr("\nbluetti_station_answers_total{station=\"one\"} 7\n"));
  EXPECT_THAT(open, HasSubstr("# UNIT bluetti_power_watts watts\n"));
  EXPECT_THAT(open, EndsWith("# EOF\n"));
  const std::string plain = text_of();
  EXPECT_THAT(plain, HasSubstr("# TYPE bluetti_station_answers_total counter\n"));
  EXPECT_THAT(plain, Not(HasSubstr("# EOF")));
}

TEST(Metrics, TheFormatIsWhatTheClientPrefers) {
  EXPECT_EQ(metrics_format("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"), MetricsFormat::open_metrics);
  EXPECT_EQ(metrics_format("*/*"), MetricsFormat::prometheus);
}

// Each line is one of the format, each family is described once, and no sample appears twice.
TEST(Metrics, EveryLineIsOfTheFormat) {
  const std::regex comment("# (HELP|TYPE|UNIT) [a-z_]+ .+");
  const std::regex sample(R"(([a-z_]+)(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? -?[0-9.e+]+)");
  std::istringstream lines(text_of());
  std::set<std::string> seen;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(std::regex_match(line, comment) || std::regex_match(line, sample)) << line;
    EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second || line.starts_with("# HELP")) << line;
  }
}

}  // namespace
}  // namespace bluetti::gateway::http
