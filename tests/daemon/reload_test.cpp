// SPDX-License-Identifier: MIT
// Another configuration while the gateway runs: what stays connected, and what is told and cleared.
#include <gtest/gtest.h>

#include <tuple>

#include "tests/daemon/stepped_gateway.h"
#include "tests/support/config_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using Reloading = SteppedGateway;

TEST_F(Reloading, KeepsConnectionsAndClearsWhatIsGone) {
  build(test_config(2));
  connect_both();
  hear(answer(kHomeData), "PUB/TEST/1001");
  pass(100ms);  // the stations of a session do not all begin at once
  hear(answer(kHomeData), "PUB/TEST/1002");
  pass(2s);
  local->published.clear();
  const int connects = local->connects;
  gateway::Config changed = test_config(2);
  changed.stations.erase(changed.stations.begin());
  changed.stations[0].name = "Cellar";
  daemon->reload(std::make_shared<gateway::Config>(std::move(changed)), catalog(), clock.now());
  EXPECT_EQ(local->connects, connects);
  EXPECT_EQ(local->disconnects + cloud->disconnects, 0);
  EXPECT_EQ(local->last("bluetti/one/soc"), "");
  EXPECT_EQ(local->last("bluetti/one/availability"), "");
  EXPECT_EQ(local->last("homeassistant/device/bluetti_1001/config"), "");
  EXPECT_EQ(local->last("bluetti/two/availability"), "online") << "no flapping";
  EXPECT_NE(local->last("homeassistant/device/bluetti_1002/config").find("Cellar"), std::string::npos);
  tick();
  hear(answer("0000 0000 0057 003c"), "PUB/TEST/1002");  // it was asked for fewer than the read before the reload
  EXPECT_EQ(local->last("bluetti/two/soc"), "87");
}

TEST_F(Reloading, SubscribesToNewStations) {
  connect_both();
  daemon->reload(std::make_shared<gateway::Config>(test_config(2)), catalog(), clock.now());
  EXPECT_EQ(cloud->subscriptions, (std::vector<std::string>{"PUB/TEST/1001", "PUB/TEST/1002"}));
  hear(push(102, "0040"), "PUB/TEST/1002");
  EXPECT_EQ(local->last("bluetti/two/soc"), "64");
}

// Two accounts with a station each; `extra` goes into the second account.
gateway::Config two_accounts(const std::string& local, const std::string& extra = {}) {
  return config_of("[local]\nurl = \"" + local +
                   "\"\n"
                   "[[account]]\nid = \"home\"\nurl = \"mqtt://cloud\"\n"
                   "[[account]]\nid = \"work\"\nurl = \"mqtt://cloud\"\n" +
                   extra +
                   "[[station]]\nid = \"one\"\nmodel = \"TEST\"\nserial = \"1001\"\naccount = \"home\"\n"
                   "[[station]]\nid = \"two\"\nmodel = \"TEST\"\nserial = \"1002\"\naccount = \"work\"\n");
}

// Every link has a client of its own.
class Reloaded : public SteppedGateway {
 protected:
  void SetUp() override {
    gateway::Outside outside{.make_client =
                                 [this](Link link, const gateway::ConnectionOptions&) {
                                   clients.push_back({link, std::make_shared<ClientRecord>()});
                                   return std::make_unique<RecordingClient>(clients.back().second);
                                 },
                             .make_access =
                                 [this](Link link) {
                                   links.push_back(link);
                                   return std::make_unique<ReadyAccess>(access_wanted);
                                 },
                             .remember = [](const gateway::State&) {},
                             .recorder = nullptr};
    daemon = std::make_unique<gateway::Gateway>(std::make_shared<gateway::Config>(two_accounts("mqtt://a")), catalog(),
                                                std::move(outside), remembered, clock, 1);
    step();
    connect_all();
  }

  void step() {
    daemon->tick(clock.now());
    for (const Link link : std::exchange(links, {})) daemon->handle(gateway::AccessReady{link, access}, clock.now());
  }
  void connect_all() {
    for (const auto& [link, record] : clients) {
      if (record->connects == 1 && record->disconnects == 0) daemon->handle(gateway::Connected{link}, clock.now());
    }
  }
  void reload(gateway::Config with) {
    daemon->reload(std::make_shared<gateway::Config>(std::move(with)), catalog(), clock.now());
  }

  std::vector<std::pair<Link, std::shared_ptr<ClientRecord>>> clients;  // local, home, work, then those made later
  std::vector<Link> links;                                              // that want access
};

TEST_F(Reloaded, WithAnotherAccountKeepsEverythingElseConnected) {
  reload(two_accounts("mqtt://a", "username = \"other\"\n"));
  ASSERT_EQ(clients.size(), 3U);
  EXPECT_EQ(clients[0].second->disconnects + clients[1].second->disconnects, 0);
  EXPECT_EQ(clients[2].second->disconnects, 1);
  ASSERT_EQ(links.size(), 1U) << "the one account wants access again";
}

TEST_F(Reloaded, LetsTheCloudForgetTheSessionBefore) {
  reload(two_accounts("mqtt://a", "username = \"other\"\n"));
  const auto wanted = std::exchange(links, {});
  access_wanted = false;
  clock.advance(44s);
  daemon->tick(clock.now());
  EXPECT_FALSE(access_wanted);
  clock.advance(2s);
  daemon->tick(clock.now());
  EXPECT_TRUE(access_wanted);
  daemon->handle(gateway::AccessReady{wanted.front(), access}, clock.now());
  ASSERT_EQ(clients.size(), 4U);
  daemon->handle(gateway::Connected{clients[3].first}, clock.now());
  EXPECT_EQ(clients[3].second->subscriptions, std::vector<std::string>{"PUB/TEST/1002"});
}

TEST_F(Reloaded, TakesNoEventOfAConnectionThatWasReplaced) {
  reload(two_accounts("mqtt://b", "username = \"other\"\n"));
  daemon->handle(gateway::ConnectionLost{clients[0].first, "late"}, clock.now());
  daemon->handle(gateway::ConnectFailed{clients[2].first, "late", true}, clock.now());
  EXPECT_FALSE(daemon->any_link_failed());
}

TEST_F(Reloaded, WithAnotherLocalBrokerTakesLeaveOfTheOneBefore) {
  reload(two_accounts("mqtt://b"));
  EXPECT_EQ(clients[0].second->last("bluetti/bridge/availability"), "offline");
  EXPECT_EQ(clients[0].second->disconnects, 1);
  EXPECT_EQ(clients[1].second->disconnects + clients[2].second->disconnects, 0);
  ASSERT_EQ(clients.size(), 4U);
  daemon->tick(clock.now());
  EXPECT_EQ(clients[3].second->connects, 1);
  daemon->handle(gateway::Connected{clients[3].first}, clock.now());
  EXPECT_EQ(clients[3].second->last("bluetti/bridge/availability"), "online");
}

TEST_F(Reloaded, AsAShardJoinsTheOthersUnderItsOwnTopics) {
  const auto sharded = [&](const char* shard) {
    return config_of("[gateway]\nshard = \"" + std::string(shard) +
                     "\"\n[local]\nurl = \"mqtt://a\"\n[[account]]\nid = \"home\"\nurl = \"mqtt://cloud\"\n"
                     "[[station]]\nid = \"one\"\nmodel = \"TEST\"\nserial = \"1001\"\n");
  };
  reload(sharded("1/2"));
  EXPECT_EQ(clients[0].second->last("bluetti/bridge/availability"), "offline");
  auto [link, broker] = clients.back();
  daemon->handle(gateway::Connected{link}, clock.now());
  daemon->tick(clock.now());
  EXPECT_EQ(broker->last("bluetti/bridge/1/availability"), "online");
  EXPECT_EQ(broker->last("bluetti/bridge/1/members"), "0 1");

  reload(sharded("1/3"));
  EXPECT_EQ(broker->last("bluetti/bridge/1/members"), "") << "the others take over";
  std::tie(link, broker) = clients.back();
  daemon->handle(gateway::Connected{link}, clock.now());
  daemon->tick(clock.now());
  EXPECT_EQ(broker->last("bluetti/bridge/1/members"), "0 1 2");
}

TEST_F(Reloaded, WithoutAnAccountEndsItsSession) {
  reload(
      config_of("[local]\nurl = \"mqtt://a\"\n[[account]]\nid = \"work\"\nurl = \"mqtt://cloud\"\n"
                "[[station]]\nid = \"two\"\nmodel = \"TEST\"\nserial = \"1002\"\n"));
  EXPECT_EQ(clients[1].second->disconnects, 1) << "home";
  EXPECT_EQ(clients[2].second->disconnects, 0) << "work, which is the first account now";
  daemon->handle(gateway::ConnectionLost{clients[2].first, "gone"}, clock.now());
  EXPECT_EQ(clients[2].second->disconnects, 1) << "its events still find it";
}

}  // namespace
}  // namespace bluetti::test
