// SPDX-License-Identifier: MIT
// What a browser, a program and Prometheus get of the real binary.
#include <gmock/gmock.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Http : public World {
 protected:
  void begin(const std::string& more = {}, const std::string& model = "AP300") {
    start_simulator({"--model", model, "--push-interval", "0"});
    ASSERT_TRUE(simulator->says("connected")) << simulator->output();
    port = free_port();
    start_gateway({.model = model, .extra = "[http]\nlisten = \"127.0.0.1:" + std::to_string(port) + "\"\n" + more});
    ASSERT_TRUE(gateway->says("page at http://127.0.0.1:" + std::to_string(port) + "/")) << gateway->output();
  }
  [[nodiscard]] std::string body_of(const std::string& path) const {
    httplib::Client client("127.0.0.1", port);
    const auto result = client.Get(path);
    return result ? result->body : "";
  }
  [[nodiscard]] json json_of(const std::string& path) const { return json::parse(body_of(path), nullptr, false); }

  std::uint16_t port = 0;
};

TEST_F(Http, TheInterfaceSaysWhatTheTopicsSay) {
  begin();
  ASSERT_TRUE(reads_something("bluetti/living_room/pv_power"));
  ASSERT_TRUE(eventually([&] { return json_of("/api/v1/stations/living_room")["values"].contains("pv_power"); }));
  EXPECT_TRUE(eventually([&] {
    const json station = json_of("/api/v1/stations/living_room");
    return station["values"]["soc"]["value"].dump() == watcher.latest("bluetti/living_room/soc");
  }));
  EXPECT_EQ(json_of("/api/v1/stations")["stations"][0]["name"], "Living room");
  constexpr std::string_view kMetric = "bluetti_power_watts{station=\"living_room\",field=\"pv_power\"} ";
  EXPECT_TRUE(eventually([&] { return body_of("/metrics").find(kMetric) != std::string::npos; }));
  EXPECT_EQ(body_of("/healthz"), "ok\n");
  EXPECT_TRUE(eventually([&] { return body_of("/readyz") == "ok\n"; })) << body_of("/readyz");
}

TEST_F(Http, PrometheusFindsNothingWrongWithTheMetrics) {
  if (run_to_end({"sh", "-c", "command -v promtool"}).code != 0) {
    GTEST_SKIP() << "promtool is not installed (Debian's package prometheus)";
  }
  begin("[[sink]]\ntype = \"jsonl\"\nfile = \"changes.jsonl\"\n");
  ASSERT_TRUE(reads_something("bluetti/living_room/pv_power"));
  std::string metrics;
  ASSERT_TRUE(eventually([&] {
    metrics = body_of("/metrics");
    return metrics.find("bluetti_station_answer_seconds_count{station=\"living_room\"} 0\n") == std::string::npos;
  }));
  const auto file = dir.write("metrics.txt", metrics);
  const Finished checked = run_to_end({"sh", "-c", "promtool check metrics <" + file.string()});
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_EQ(checked.output, "");
}

TEST_F(Http, EventsBringNewValues) {
  begin();
  ASSERT_TRUE(reads_something("bluetti/living_room/pv_power"));
  std::string events;
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(kPatience);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  (void)client.Get("/api/v1/events", [&](const char* data, std::size_t size) {
    events.append(data, size);
    return events.find("event: values") == std::string::npos && std::chrono::steady_clock::now() < end;
  });
  EXPECT_THAT(events, HasSubstr("\"station\":\"living_room\""));
}

TEST_F(Http, ReadinessSaysWhenTheLocalBrokerIsGone) {
  begin();
  ASSERT_TRUE(reads_something("bluetti/living_room/pv_power"));
  local.stop();
  EXPECT_TRUE(eventually([&] { return !json_of("/api/v1/status")["local"].value("connected", true); }));
  EXPECT_EQ(body_of("/healthz"), "ok\n");
}

TEST_F(Http, ASettingIsChangedWithTheTokenAndProven) {
  begin("token = \"0123456789abcdef\"\ncontrol = true\n[control]\nenabled = true\n", "ELITE200V2");
  ASSERT_TRUE(reads("bluetti/living_room/dc_eco", "OFF")) << gateway->output();
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(kPatience);
  const auto set = [&](const std::string& body, const std::string& token) {
    const auto result = client.Post("/api/v1/stations/living_room/set", {{"Authorization", "Bearer " + token}}, body,
                                    "application/json");
    return result ? std::pair(result->status, json::parse(result->body, nullptr, false)) : std::pair(0, json());
  };
  EXPECT_EQ(set(R"({"path":"dc_eco","value":true})", "wrong").first, 401);
  EXPECT_EQ(watcher.latest("bluetti/living_room/dc_eco"), "OFF");
  const auto [status, result] = set(R"({"path":"dc_eco","value":true})", "0123456789abcdef");
  EXPECT_EQ(status, 200) << result;
  EXPECT_EQ(result["outcome"], "confirmed");
  EXPECT_EQ(result["after"], "ON");
  EXPECT_TRUE(reads("bluetti/living_room/dc_eco", "ON"));
  const auto [refused, reason] = set(R"({"path":"soc","value":"50"})", "0123456789abcdef");
  EXPECT_EQ(refused, 409);
  EXPECT_EQ(reason["outcome"], "refused");
  EXPECT_THAT(gateway->output(), testing::Not(HasSubstr("0123456789abcdef")));
}

TEST_F(Http, ThePageShowsTheStation) {
  begin();
  ASSERT_TRUE(reads_something("bluetti/living_room/pv_power"));
  EXPECT_THAT(body_of("/"), HasSubstr("Living room"));
  EXPECT_TRUE(eventually([&] { return body_of("/stations/living_room").find("PV power") != std::string::npos; }));
  EXPECT_THAT(body_of("/log"), HasSubstr("page at http://127.0.0.1:"));
}

TEST_F(Http, AReloadMovesThePage) {
  begin();
  const std::uint16_t before = port;
  port = free_port();
  write_config({.extra = "[http]\nlisten = \"127.0.0.1:" + std::to_string(port) + "\"\n"});
  gateway->signal(SIGHUP);
  ASSERT_TRUE(gateway->says("page at http://127.0.0.1:" + std::to_string(port) + "/")) << gateway->output();
  EXPECT_EQ(body_of("/healthz"), "ok\n");
  httplib::Client old("127.0.0.1", before);
  EXPECT_FALSE(old.Get("/healthz"));
}

TEST_F(Http, APortThatIsTakenStopsNoValues) {
  begin();
  const auto file = dir.path() / "second.log";
  Process second({gateway_binary(), "run", "--config", (dir.path() / "gateway.toml").string()}, file);
  EXPECT_TRUE(second.says("no page: cannot listen on 127.0.0.1 port")) << second.output();
  EXPECT_FALSE(second.wait(100ms)) << "it goes on";
}

}  // namespace
}  // namespace bluetti::test
