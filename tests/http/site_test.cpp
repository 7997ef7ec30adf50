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

TEST_F(SiteTest, MarksValuesThatGrewOldEachByItself) {
  auto view = test::station_view();
  BlockView& home = view->blocks[0];
  home.old_after = 60s;
  home.read_at.assign(home.row.values.size(), kNow - 10s);
  home.read_at[1] = kNow - 60s;  // the temperature
  show(test::snapshot_of(view, kNow));
  const json values = json::parse(body_of("/api/v1/stations/one"))["values"];
  EXPECT_EQ(values["temperature"]["age_s"], 60);
  EXPECT_EQ(values["temperature"]["old"], true);
  EXPECT_EQ(values["soc"]["age_s"], 10);
  EXPECT_EQ(values["soc"]["old"], false);
  EXPECT_EQ(values["grid_frequency"]["old"], false) << "it is only pushed";
  const std::string page = body_of("/stations/one");
  const std::size_t mark = page.find("<tr class=\"old\">");
  ASSERT_NE(mark, std::string::npos);
  EXPECT_THAT(page.substr(mark, 200), HasSubstr("Temperature"));
  EXPECT_EQ(page.find("<tr class=\"old\">", mark + 1), std::string::npos);
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

// --- Pages, and what may be changed.

constexpr std::string_view kOwnToken = "0123456789abcdef";

class ControlledSite : public SiteTest {
 protected:
  static HttpConfig config() {
    HttpConfig made;
    made.host = "127.0.0.1";
    made.token = Secret(std::string(kOwnToken));
    made.control = true;
    return made;
  }
  void SetUp() override {
    auto station = test::station_view();
    station->settings.push_back({.path = "ac_output", .title = "AC output", .kind = "boolean", .value = "ON"});
    controlled.use(test::snapshot_of(station, kNow), 0);
  }
  static Request post(std::string path, std::string body, std::string type = "application/json") {
    Request request = get(std::move(path));
    request.method = "POST";
    request.body = std::move(body);
    request.headers.content_type = std::move(type);
    request.headers.authorization = "Bearer " + std::string(kOwnToken);
    return request;
  }
  Answer answer_of(const Request& request) { return std::get<Answer>(controlled.answer(request, kNow, kNow)); }

  Site controlled{config(), "en", history, "epoch", WallTime{}};
};

TEST_F(SiteTest, ThePageShowsWhatThereIs) {
  const std::string page = body_of("/");
  EXPECT_THAT(page, HasSubstr("The &quot;first&quot; &lt;station&gt;"));
  EXPECT_THAT(page, HasSubstr("87<tspan"));
  EXPECT_THAT(page, HasSubstr("12 of 300"));
  EXPECT_THAT(page, Not(HasSubstr("<station>")));
  const std::string station = body_of("/stations/one");
  EXPECT_THAT(station, HasSubstr("<td>-120 W</td>"));
  EXPECT_THAT(station, HasSubstr("10 s ago"));
  EXPECT_THAT(station, Not(HasSubstr("open</td>"))) << "the secret";
  EXPECT_THAT(station, Not(HasSubstr("<form"))) << "nothing may be changed";
}

TEST_F(SiteTest, ThePageHasNoScriptOrStyleInItself) {
  for (const char* path : {"/", "/stations/one", "/log"}) {
    const std::string page = body_of(path);
    EXPECT_THAT(page, Not(HasSubstr("style="))) << path;
    EXPECT_THAT(page, Not(HasSubstr("<script>"))) << path;
    EXPECT_THAT(page, Not(testing::ContainsRegex(" on[a-z]+="))) << path;
    EXPECT_THAT(page, Not(testing::ContainsRegex("(src|href)=\"(/|http)"))) << path << ": works below any prefix";
  }
}

TEST_F(SiteTest, ThePageSpeaksGerman) {
  Request request = get("/stations/one");
  request.query = "de";
  const std::string page = *answer_to(request).body;
  EXPECT_THAT(page, HasSubstr("<html lang=\"de\""));
  EXPECT_THAT(page, HasSubstr("vor 10 s"));
  EXPECT_THAT(page, HasSubstr("Alle Werte"));
}

TEST_F(SiteTest, AnAbsentValueIsADash) {
  show(test::snapshot_of(test::station_view("0000 0000 0057 0000 6f70 6e65"), kNow));
  EXPECT_THAT(body_of("/stations/one"), HasSubstr("Temperature</th><td>–</td>"));
}

TEST_F(SiteTest, AFileIsNotSentTwice) {
  Request request = get("/assets/page.css");
  const Answer first = answer_to(request);
  EXPECT_EQ(first.status, 200);
  request.headers.if_none_match = first.headers.at(0).second;
  EXPECT_EQ(answer_to(request).status, 304);
  for (const char* path : {"/assets/openapi.json", "/assets/..", "/assets/x"})
    EXPECT_EQ(answer_to(get(path)).status, 404) << path;
}

TEST_F(SiteTest, NothingCanBeChanged) {
  Request request = get("/api/v1/stations/one/set");
  request.method = "POST";
  request.body = R"({"path":"soc","value":"1"})";
  request.headers.content_type = "application/json";
  EXPECT_EQ(answer_to(request).status, 403);
  EXPECT_EQ(answer_to(get("/sign-in")).status, 404);
}

TEST_F(ControlledSite, AChangeNeedsTheToken) {
  Request request = post("/api/v1/stations/one/set", R"({"path":"ac_output","value":true})");
  const auto outcome = controlled.answer(request, kNow, kNow);
  const auto* change = std::get_if<Site::OpenChange>(&outcome);
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->value, "ON");
  request.headers.authorization = "Bearer wrong";
  EXPECT_EQ(answer_of(request).status, 401);
  request.headers.authorization.clear();
  EXPECT_EQ(answer_of(request).status, 401);
}

TEST_F(ControlledSite, AnotherSiteCannotPost) {
  Request request = post("/api/v1/stations/one/set", R"({"path":"ac_output","value":"ON"})");
  request.headers.origin = "http://evil.example";
  EXPECT_EQ(answer_of(request).status, 403);
  request = post("/sign-in", "token=" + std::string(kOwnToken), "application/x-www-form-urlencoded");
  request.headers.fetch_site = "cross-site";
  EXPECT_EQ(answer_of(request).status, 403);
  EXPECT_EQ(answer_of(post("/api/v1/stations/one/set", "path=ac_output&value=ON", "text/plain")).status, 415)
      << "what a form of another site could send";
}

TEST_F(ControlledSite, NonsenseIsRefusedWithWhatToSend) {
  for (const char* body :
       {"", "{", "[]", "{}", R"({"path":"x"})", R"({"path":["x"],"value":"y"})", R"({"path":"","value":""})"}) {
    const Answer answer = answer_of(post("/api/v1/stations/one/set", body));
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(*answer.body, HasSubstr("send {")) << body;
  }
  EXPECT_EQ(answer_of(post("/api/v1/stations/two/set", R"({"path":"x","value":"y"})")).status, 404);
}

TEST_F(ControlledSite, TheFormsAreForThoseWhoHaveSignedIn) {
  Request request = get("/stations/one");
  EXPECT_THAT(*answer_of(request).body, HasSubstr("href=\"../sign-in\""));
  EXPECT_THAT(*answer_of(request).body, Not(HasSubstr("<form")));
  EXPECT_EQ(answer_of(post("/sign-in", "token=wrong", "application/x-www-form-urlencoded")).status, 401);
  const Answer signed_in =
      answer_of(post("/sign-in", "token=" + std::string(kOwnToken), "application/x-www-form-urlencoded"));
  EXPECT_EQ(signed_in.status, 303);
  const std::string cookie = signed_in.headers.at(1).second;
  EXPECT_THAT(cookie, HasSubstr("HttpOnly; SameSite=Strict"));
  request.headers.cookie = cookie.substr(0, cookie.find(';'));
  EXPECT_THAT(*answer_of(request).body, HasSubstr("<form method=\"post\" action=\"one/set\">"));
}

TEST_F(ControlledSite, FromElsewhereABrowserIsLedToTheSignIn) {
  Request request = get("/stations/one");
  request.peer = {"192.168.1.7", false};
  const Answer answer = answer_of(request);
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.headers.at(0).second, "../sign-in");
  request.path = "/api/v1/status";
  EXPECT_EQ(answer_of(request).status, 401);
  request.path = "/sign-in";
  EXPECT_EQ(answer_of(request).status, 200);
  request.path = "/assets/page.css";
  EXPECT_EQ(answer_of(request).status, 200);
}

TEST_F(ControlledSite, AResultIsAnAnswer) {
  const Site::OpenChange change{"one", "ac_output", "ON"};
  const ChangeResult result{"refused", "<not> now", "{}"};
  EXPECT_EQ(controlled.answer_change(post("/api/v1/stations/one/set", ""), change, result).status, 409);
  const Answer page = controlled.answer_change(post("/stations/one/set", ""), change, result);
  EXPECT_THAT(*page.body, HasSubstr("&lt;not&gt; now"));
  EXPECT_THAT(*page.body, HasSubstr("href=\"../one\""));
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
    if (!operations.contains("get")) continue;
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
