// SPDX-License-Identifier: MIT
// What there is at which path, and that the document of the interface says what is so.
#include "gateway/http/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/http/assets.h"
#include "tests/http/snapshot_fixture.h"

namespace bluetti::gateway::http {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::get;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAreArray;

constexpr TimePoint kNow{std::chrono::seconds(100)};

class SiteTest : public testing::Test {
 protected:
  void show(std::shared_ptr<Snapshot> snapshot, std::size_t streams = 0) { site.use(std::move(snapshot), streams); }
  void SetUp() override { show(test::snapshot_of(test::station_view(), kNow)); }

  Answer answer_to(const Request& request) { return std::get<Answer>(site.answer(request, kNow, kNow)); }
  std::string body_of(const std::string& path) { return *answer_to(get(path)).body; }
  std::string next_event(std::uint64_t& after) { return site.events().next(after); }

  History history;
  Site site{HttpConfig{}, "en", history, "epoch", WallTime{}};
};

TEST_F(SiteTest, GivesAStationWithAllItsValuesAndTheirAge) {
  const json station = json::parse(body_of("/api/v1/stations/one"));
  EXPECT_EQ(station["name"], "The \"first\" <station>");
  EXPECT_EQ(station["summary"]["soc"], 87);
  EXPECT_EQ(station["values"]["temperature"]["value"], 20);
  EXPECT_EQ(station["values"]["temperature"]["unit"], "°C");
  EXPECT_EQ(station["values"]["grid_phase/1/power"]["value"], -120);
  EXPECT_EQ(station["values"]["soc"]["age_s"], 10);
  EXPECT_EQ(station["values"]["soc"]["updated"], "2026-09-21T14:13:10Z");
  EXPECT_FALSE(station["values"].contains("password"));
}

TEST_F(SiteTest, AnAbsentValueIsNullAndOneThatIsNotKnownIsNotThere) {
  show(test::snapshot_of(test::station_view("0000 0000 0057 0000 6f70 6e65", "01f4"), kNow));
  const json station = json::parse(body_of("/api/v1/stations/one"));
  EXPECT_TRUE(station["values"]["temperature"]["value"].is_null());
  EXPECT_FALSE(station["values"].contains("grid_phase/1/power"));
}

TEST_F(SiteTest, TitlesAreInTheLanguageOfTheBrowser) {
  Request request = get("/api/v1/stations/one");
  request.headers.accept_language = "de-AT,de;q=0.9,en;q=0.5";
  EXPECT_EQ(json::parse(*answer_to(request).body)["values"]["temperature"]["title"], "Temperatur");
  request.query = "en";
  EXPECT_EQ(json::parse(*answer_to(request).body)["values"]["temperature"]["title"], "Temperature");
}

TEST_F(SiteTest, WhatIsNotThereIsNotFound) {
  for (const char* path :
       {"/api/v1/stations/two", "/api/v1/stations/", "/api/v1/stations/one/", "/api/v1/stations/../status",
        "/../../etc/passwd", "/api/v1/stations/one/history/x", "//", "", "/api"}) {
    EXPECT_EQ(answer_to(get(path)).status, 404) << path;
  }
}

TEST_F(SiteTest, OnlyReads) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "X"}) {
    Request request = get("/api/v1/status");
    request.method = method;
    EXPECT_EQ(answer_to(request).status, 405) << method;
  }
}

TEST_F(SiteTest, AnOldSnapshotIsMadeAnew) {
  const auto outcome = site.answer(get("/api/v1/status"), kNow, kNow + Site::kFresh + 1ms);
  EXPECT_TRUE(std::holds_alternative<Site::NeedsSnapshot>(outcome));
  Request request = get("/api/v1/status");
  request.waited = true;
  EXPECT_TRUE(std::holds_alternative<Answer>(site.answer(request, kNow, kNow + 1s)));
}

TEST_F(SiteTest, ALoopThatStandsStillIsTold) {
  const TimePoint later = kNow + Site::kStandstill + 1s;
  EXPECT_EQ(std::get<Answer>(site.answer(get("/healthz"), kNow, later)).status, 503);
  EXPECT_EQ(std::get<Answer>(site.answer(get("/healthz"), later, later)).status, 200);
}

TEST_F(SiteTest, ReadinessSaysWhatIsWrong) {
  EXPECT_EQ(answer_to(get("/readyz")).status, 200);
  auto snapshot = test::snapshot_of(test::station_view(), kNow);
  snapshot->problems = {"no connection to the local broker for 61 s"};
  show(snapshot);
  EXPECT_EQ(answer_to(get("/readyz")).status, 503);
  EXPECT_THAT(body_of("/readyz"), HasSubstr("local broker"));
}

TEST_F(SiteTest, ThoseWhoFollowAreToldWhatChanged) {
  std::uint64_t after = 0;
  show(test::snapshot_of(test::station_view(), kNow), 1);
  after = site.events().last();
  show(test::snapshot_of(test::station_view("0000 0000 0058 003c 6f70 6e65"), kNow), 1);
  const std::string event = next_event(after);
  EXPECT_THAT(event, HasSubstr("event: values\n"));
  EXPECT_THAT(event, HasSubstr("\"values\":{\"soc\":88}"));
  EXPECT_EQ(next_event(after), "");
}

TEST_F(SiteTest, NothingIsToldToNobody) {
  show(test::snapshot_of(test::station_view("0000 0000 0058 003c 6f70 6e65"), kNow));
  EXPECT_EQ(site.events().last(), 0U);
}

TEST_F(SiteTest, AnotherShapeIsTold) {
  show(test::snapshot_of(test::station_view(test::kHomeRegisters, "01f4"), kNow), 1);
  std::uint64_t after = site.events().last();
  show(test::snapshot_of(test::station_view(), kNow), 1);
  EXPECT_THAT(next_event(after), HasSubstr("event: shape\ndata: {\"station\":\"one\"}"));
}

TEST_F(SiteTest, AnAccountThatIsLostIsTold) {
  show(test::snapshot_of(test::station_view(), kNow), 1);
  std::uint64_t after = site.events().last();
  auto snapshot = test::snapshot_of(test::station_view(), kNow);
  snapshot->accounts[0].connected = false;
  snapshot->accounts[0].problem = "the certificate has expired";
  show(snapshot, 1);
  std::string event = next_event(after);
  if (event.find("event: values") != std::string::npos) event = next_event(after);
  EXPECT_THAT(event, HasSubstr("event: account"));
  EXPECT_THAT(event, HasSubstr("the certificate has expired"));
}

TEST_F(SiteTest, HistoryIsBounded) {
  for (std::size_t i = 0; i < History::kSamples + 10; ++i)
    history.add({test::station_view()}, WallTime(std::chrono::minutes(i)));
  const json samples = json::parse(body_of("/api/v1/stations/one/history"));
  EXPECT_EQ(samples["soc"].size(), History::kSamples);
  EXPECT_EQ(samples["soc"][0], 87);
  EXPECT_TRUE(samples["solar"][0].is_null());
  history.add({}, {});
  EXPECT_TRUE(history.of("one").samples.empty()) << "a station that is gone";
}

// --- The document.

const json& document() {
  static const json parsed = json::parse(asset("openapi.json"));
  return parsed;
}

// As far as the document uses JSON Schema.
void expect_fits(const json& value, const json& schema, const std::string& place);

bool is_of_type(const json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer();
  if (type == "boolean") return value.is_boolean();
  if (type == "string") return value.is_string();
  return type == "array" ? value.is_array() : value.is_object();
}

void expect_members_fit(const json& value, const json& schema, const std::string& place) {
  for (const json& required : schema.value("required", json::array())) {
    EXPECT_TRUE(value.contains(std::string(required))) << place << " lacks " << required;
  }
  for (const auto& [name, member] : value.items()) {
    const bool is_known = schema.contains("properties") && schema["properties"].contains(name);
    if (is_known) {
      expect_fits(member, schema["properties"][name], place + "." + name);
    } else {
      ASSERT_TRUE(schema.contains("additionalProperties"))
          << place << " has " << name << ", which the document does not know";
      expect_fits(member, schema["additionalProperties"], place + "." + name);
    }
  }
}

void expect_fits(const json& value, const json& schema, const std::string& place) {
  if (schema.contains("$ref")) {
    const std::string path = schema["$ref"].get<std::string>().substr(1);
    return expect_fits(value, document().at(json::json_pointer(path)), place);
  }
  const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
  EXPECT_TRUE(std::ranges::any_of(types, [&](const json& type) { return is_of_type(value, type); }))
      << place << " is " << value;
  if (value.is_object()) expect_members_fit(value, schema, place);
  if (value.is_array()) {
    for (const json& item : value) expect_fits(item, schema["items"], place + "[]");
  }
}

TEST_F(SiteTest, TheDocumentKnowsEveryPathAndNoOther) {
  std::vector<std::string> paths;
  for (const auto& [path, operations] : document()["paths"].items()) paths.push_back(path);
  EXPECT_THAT(Site::interface_paths(), UnorderedElementsAreArray(paths));
}

TEST_F(SiteTest, EveryAnswerIsAsTheDocumentSays) {
  auto station = test::station_view("0000 0000 0057 0000 6f70 6e65");
  station->settings.push_back({.path = "ac_output", .title = "AC output", .kind = "boolean", .value = "ON"});
  station->settings.push_back(
      {.path = "limit", .title = "Limit", .kind = "number", .unit = "W", .min = 0, .max = 10, .step = 1});
  station->settings.push_back({.path = "mode", .title = "Mode", .kind = "option", .options = {"a", "b"}});
  auto snapshot = test::snapshot_of(station, kNow);
  snapshot->accounts.push_back(
      {.id = "other", .last_answer = WallTime{}, .certificate_expires = WallTime{}, .problem = "none"});
  snapshot->problems = {"x"};
  show(snapshot);
  history.add({station}, WallTime{});
  int checked = 0;
  for (const auto& [path, operations] : document()["paths"].items()) {
    const json& content = operations["get"]["responses"]["200"]["content"];
    if (!content.contains("application/json") || path.ends_with("openapi.json")) continue;
    std::string asked = path;
    if (const auto at = asked.find("{id}"); at != std::string::npos) asked.replace(at, 4, "one");
    expect_fits(json::parse(body_of(asked)), content["application/json"]["schema"], asked);
    ++checked;
  }
  EXPECT_EQ(checked, 4);
  EXPECT_THAT(body_of("/api/v1/stations/one"), Not(HasSubstr("open")));
  expect_fits(json::parse(body_of("/api/v1/stations/none")), {{"$ref", "#/components/schemas/Error"}}, "error");
}

}  // namespace
}  // namespace bluetti::gateway::http
