// SPDX-License-Identifier: MIT
// Several gateways share the stations of one account: real processes, whose number changes while they run. What counts
// is what the stations are asked, seen at the cloud's broker.
#include <algorithm>
#include <sstream>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

constexpr int kStations = 9;

class ShardsOfOneAccount : public World {
 protected:
  void SetUp() override {
    std::vector<std::string> command{"mosquitto_sub"};
    for (std::string& argument : cloud.client_arguments()) command.push_back(std::move(argument));
    for (const char* argument : {"-t", "SUB/#", "-F", "%U %t %x"}) command.emplace_back(argument);
    requests.emplace(std::move(command), dir.path() / "requests.log");
    start_simulator({"--stations", std::to_string(kStations), "--model", "AP300"});
  }

  // As often as a new number of shards needs it: each is stopped and started again, as in a rolling update.
  void start_shard(int shard, int count) {
    const std::string certificates = test::certificates().string();
    std::string text = "[local]\nurl = \"" + local.url() + "\"\n[gateway]\nshard = \"${SHARD}\"\n[[account]]\n" +
                       "id = \"home\"\nurl = \"" + cloud.url() + "\"\ncertificate = \"" + certificates +
                       "/client.pfx\"\ncertificate_password = \"" + std::string(kPassword) + "\"\nca = \"" +
                       certificates + "/ca.pem\"\nrequests_per_minute = 10000\n[defaults]\nmodel = \"AP300\"\n" +
                       "poll = { core = 3600, battery = 3600, cells = 3600, 100 = 1 }\n";
    for (int station = 0; station < kStations; ++station) {
      text += "[[station]]\nid = \"s" + std::to_string(station) + "\"\nserial = \"" +
              std::to_string(2345000000001 + station) + "\"\n";
    }
    const std::string name = "gateway" + std::to_string(shard);
    shards.erase(shard);
    shards.try_emplace(
        shard, std::vector<std::string>{gateway_binary(), "run", "--config", dir.write("gateway.toml", text).string()},
        dir.path() / (name + std::to_string(starts++) + ".log"),
        std::map<std::string, std::string>{
            {"SHARD", "bluetti-gateway-" + std::to_string(shard) + "/" + std::to_string(count)}});
  }
  void stop_shard(int shard) {
    shards.at(shard).signal(SIGTERM);
    EXPECT_EQ(shards.at(shard).wait(), 0) << shards.at(shard).output();
  }

  // When each station's home data was asked for.
  [[nodiscard]] std::map<std::string, std::vector<double>> asked() const {
    std::map<std::string, std::vector<double>> times;
    std::istringstream lines(whole_lines(requests->output()));
    double at = 0;
    std::string topic;
    for (std::string payload; lines >> at >> topic >> payload;) {
      if (payload.substr(6, 4) == "0064") times[topic].push_back(at);  // register 100, in the envelope
    }
    return times;
  }
  [[nodiscard]] bool all_asked_again() const {
    const auto before = asked();
    return eventually([&] {
      const auto now = asked();
      return std::ranges::count_if(now, [&](const auto& entry) {
               const auto known = before.find(entry.first);
               return entry.second.size() > (known == before.end() ? 0 : known->second.size()) + 1;
             }) == kStations;
    });
  }

  std::optional<Process> requests;
  std::map<int, Process> shards;
  int starts = 0;
};

TEST_F(ShardsOfOneAccount, GoOnWithoutAGapAndWithoutAskingTwiceWhenTheirNumberChanges) {
  start_shard(0, 2);
  start_shard(1, 2);
  ASSERT_TRUE(all_asked_again()) << shards.at(0).output() << shards.at(1).output();
  start_shard(2, 3);
  ASSERT_TRUE(shards.at(2).says("came")) << shards.at(2).output();
  for (const int shard : {1, 0}) {
    stop_shard(shard);
    start_shard(shard, 3);
    ASSERT_TRUE(shards.at(shard).says("came")) << shards.at(shard).output();
  }
  stop_shard(2);
  ASSERT_TRUE(all_asked_again()) << shards.at(0).output() << shards.at(1).output();

  for (const auto& [topic, times] : asked()) {
    for (std::size_t index = 1; index < times.size(); ++index) {
      const double gap = times[index] - times[index - 1];
      EXPECT_GT(gap, 0.2) << topic << " was asked by two at " << times[index];
      EXPECT_LT(gap, 6) << topic << " was asked by nobody from " << times[index - 1];
    }
  }
}

TEST_F(ShardsOfOneAccount, HaveTopicsOfTheirOwnAndLeaveTheStationsTopicsAlone) {
  start_shard(0, 2);
  start_shard(1, 2);
  ASSERT_TRUE(all_asked_again());
  EXPECT_TRUE(reads("bluetti/bridge/0/availability", "online"));
  EXPECT_TRUE(reads("bluetti/bridge/1/members", "0 1"));
  stop_shard(1);
  EXPECT_TRUE(reads("bluetti/bridge/1/availability", "offline"));
  EXPECT_TRUE(reads("bluetti/bridge/0/members", "0"));
  ASSERT_TRUE(all_asked_again()) << shards.at(0).output();
  const auto topics = retained();
  for (int station = 0; station < kStations; ++station) {
    EXPECT_EQ(topics.at("bluetti/s" + std::to_string(station) + "/availability"), "online");
    EXPECT_TRUE(topics.contains("bluetti/s" + std::to_string(station) + "/soc"));
  }
}

}  // namespace
}  // namespace bluetti::test
