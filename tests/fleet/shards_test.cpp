// SPDX-License-Identifier: MIT
// Several gateways that share the stations, stepped by hand over a broker that delivers late: at no time do two own the
// same station, and none is left alone for longer than a hand-over takes.
#include "gateway/fleet/shards.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::Duration;
using gateway::Shards;
using gateway::TimePoint;

constexpr int kStations = 60;

std::string key(int station) {
  return std::to_string(2345000000001 + station);
}

class ShardsTest : public testing::Test {
 protected:
  struct News {
    TimePoint at;
    int to = 0;
    int from = 0;
    std::string view;
    bool online = false;
  };
  struct Member {
    std::unique_ptr<Shards> shards;
    std::string said;
  };

  void start(int shard, int count) {
    members[shard] = {std::make_unique<Shards>(gateway::ShardConfig{.index = shard, .count = count}), ""};
    members[shard].shards->on_connected(now);
    for (const auto& [other, view] : retained) deliver(shard, other, view, true);
    said(shard, "");
  }
  // Says goodbye, as on SIGTERM.
  void stop(int shard) {
    members.erase(shard);
    retained.erase(shard);
    for (const auto& [other, member] : members) deliver(other, shard, "", false);
  }
  // Its last will is all that is heard.
  void crash(int shard) {
    const std::string view = members[shard].said;
    members.erase(shard);
    retained.erase(shard);
    for (const auto& [other, member] : members) deliver(other, shard, view, false);
  }

  void pass(Duration time) {
    for (const TimePoint end = now + time; now < end; now += 50ms) {
      while (!news.empty() && news.front().at <= now) {
        const News next = news.front();
        news.pop_front();
        const auto to = members.find(next.to);
        if (to == members.end()) continue;
        if (busy == next.to) {
          news.push_back({now + 100ms, next.to, next.from, next.view, next.online});
          continue;
        }
        to->second.shards->on_view(next.from, next.view, false, now);
        to->second.shards->on_availability(next.from, next.online, now);
      }
      for (auto& [shard, member] : members) {
        if (shard == busy) continue;
        (void)member.shards->tick(now);
        if (const auto view = member.shards->announcement()) {
          member.shards->announced(now);
          if (shard != cut_off) member.shards->on_confirmed(now);
          said(shard, *view);
        }
      }
      look();
    }
  }

  [[nodiscard]] int owned(int shard) {
    int count = 0;
    for (int station = 0; station < kStations; ++station) count += members[shard].shards->owns(key(station)) ? 1 : 0;
    return count;
  }
  [[nodiscard]] int owned_by_all() {
    int count = 0;
    for (const auto& [shard, member] : members) count += owned(shard);
    return count;
  }

  TimePoint now{1h};
  std::map<int, Member> members;
  std::map<int, std::string> retained;
  Duration longest_alone{};
  std::deque<News> news;
  int busy = -1;     // does not come to hear anything
  int cut_off = -1;  // has a part of the broker to itself, which confirms nothing

 private:
  void deliver(int to, int from, const std::string& view, bool online) {
    if (to == cut_off || from == cut_off) return;
    news.push_back({now + 100ms, to, from, view, online});
  }
  void said(int shard, const std::string& view) {
    members[shard].said = view;
    retained[shard] = view;
    for (const auto& [other, member] : members) {
      if (other != shard) deliver(other, shard, view, true);
    }
  }
  void look() {
    for (int station = 0; station < kStations; ++station) {
      const auto owners =
          std::ranges::count_if(members, [&](const auto& member) { return member.second.shards->owns(key(station)); });
      ASSERT_LE(owners, 1) << "station " << station << " is asked twice";
      if (owners == 1) last_owned[station] = now;
      longest_alone = std::max(longest_alone, now - last_owned.try_emplace(station, now).first->second);
    }
  }

  std::map<int, TimePoint> last_owned;
};

TEST(ShardsWinner, SharesEvenly) {
  std::map<int, int> won;
  for (int station = 0; station < 10'000; ++station) ++won[Shards::winner(key(station), {0, 1, 2, 3})];
  for (const int shard : {0, 1, 2, 3}) EXPECT_NEAR(won[shard], 2500, 150);
}

TEST_F(ShardsTest, TogetherOwnEveryStation) {
  for (const int shard : {0, 1, 2, 3}) start(shard, 4);
  pass(5s);
  EXPECT_EQ(owned_by_all(), kStations);
}

TEST(ShardsWinner, OneMoreTakesFromEachAndNothingElseMoves) {
  const Shards::View before{0, 1, 2};
  const Shards::View after{0, 1, 2, 3};
  for (int station = 0; station < kStations; ++station) {
    const int winner = Shards::winner(key(station), after);
    if (winner != 3) {
      EXPECT_EQ(winner, Shards::winner(key(station), before));
    }
  }
}

TEST(ShardsWinner, IsTheSameForEver) {
  EXPECT_EQ(Shards::winner("2345000000001", {0, 1, 2}), 1);
  EXPECT_EQ(Shards::winner("2345000000002", {0, 1, 2}), 0);
  EXPECT_EQ(Shards::winner("2345000000003", {0, 1, 2}), 0);
}

TEST_F(ShardsTest, ANewcomerWaitsUntilTheOwnersHaveLetGoAndThenTakesItsPart) {
  for (const int shard : {0, 1}) start(shard, 2);
  pass(5s);
  longest_alone = {};
  start(2, 3);
  pass(5s);
  EXPECT_EQ(owned_by_all(), kStations);
  EXPECT_GT(owned(2), kStations / 6);
  EXPECT_LE(longest_alone, 1500ms);
}

TEST_F(ShardsTest, AnOwnerThatIsSlowToLetGoIsWaitedFor) {
  for (const int shard : {0, 1}) start(shard, 2);
  pass(5s);
  busy = 0;
  start(2, 3);
  pass(5s);
  EXPECT_LT(owned(2), kStations / 3) << "what shard 0 still has is not asked by others";
  busy = -1;
  pass(3s);
  EXPECT_EQ(owned_by_all(), kStations);
}

TEST_F(ShardsTest, WhatALeaverHadIsTakenUpAtOnce) {
  for (const int shard : {0, 1, 2}) start(shard, 3);
  pass(5s);
  longest_alone = {};
  stop(2);
  pass(5s);
  EXPECT_EQ(owned_by_all(), kStations);
  EXPECT_LE(longest_alone, 1500ms);
}

TEST_F(ShardsTest, ARollingChangeOfTheNumberLeavesNoStationAloneNorAsksOneTwice) {
  for (const int shard : {0, 1}) start(shard, 2);
  pass(5s);
  longest_alone = {};
  start(2, 3);
  pass(2s);
  for (const int shard : {1, 0}) {
    stop(shard);
    pass(3s);
    start(shard, 3);
    pass(3s);
  }
  EXPECT_EQ(owned_by_all(), kStations);
  EXPECT_LE(longest_alone, 1500ms);
}

TEST_F(ShardsTest, OneThatIsLostWithoutAWordIsStoodInForAfterAWhile) {
  for (const int shard : {0, 1, 2}) start(shard, 3);
  pass(5s);
  const int before = owned(0) + owned(1);
  crash(2);
  pass(10s);
  EXPECT_EQ(owned_by_all(), before) << "it may come back";
  pass(Shards::kStandIn);
  EXPECT_EQ(owned_by_all(), kStations);
}

TEST_F(ShardsTest, OneThatIsNotThereYetIsWaitedForAtTheStart) {
  start(0, 2);
  pass(5s);
  EXPECT_LT(owned(0), kStations);
  pass(Shards::kStandIn);
  EXPECT_EQ(owned(0), kStations);
}

TEST_F(ShardsTest, AClaimThatTheBrokerHasKeptIsNotBelievedForLong) {
  start(0, 2);
  for (const int forged : {1, 7}) {
    members[0].shards->on_view(forged, std::to_string(forged), true, now);
    members[0].shards->on_availability(forged, true, now);
  }
  pass(5s);
  EXPECT_EQ(owned(0), 0) << "they may be there";
  pass(Shards::kBelieved);
  EXPECT_EQ(owned(0), kStations) << "they are not, for they say nothing";
}

TEST_F(ShardsTest, AKeptClaimThatIsDeliveredAgainIsNoSignOfLife) {
  start(0, 2);
  for (int subscriptions = 0; subscriptions < 5; ++subscriptions) {
    members[0].shards->on_view(1, "1", true, now);
    members[0].shards->on_availability(1, true, now);
    pass(10s);
  }
  EXPECT_EQ(owned(0), kStations);
}

TEST_F(ShardsTest, OneWithoutAViewIsNotThereWhateverItsAvailabilitySays) {
  start(0, 2);
  members[0].shards->on_availability(1, true, now);
  pass(Shards::kStandIn + 2s);
  EXPECT_EQ(owned(0), kStations);
}

TEST_F(ShardsTest, AViewOfNumbersThatNoShardCanHaveIsNone) {
  start(0, 2);
  members[0].shards->on_view(1, "1 -5 99999999", false, now);
  members[0].shards->on_availability(1, true, now);
  members[0].shards->on_view(1, "1 1 1 1 1 1", false, now);
  members[0].shards->on_view(64, "64", false, now);
  members[0].shards->on_availability(64, true, now);
  members[0].shards->on_view(123456, "123456", false, now);
  members[0].shards->on_availability(123456, true, now);
  pass(Shards::kStandIn + 2s);
  EXPECT_EQ(owned(0), kStations);
}

TEST_F(ShardsTest, AreBelievedAsLongAsTheySpeak) {
  for (const int shard : {0, 1, 2}) start(shard, 3);
  pass(5s);
  longest_alone = {};
  pass(2min);
  EXPECT_EQ(owned_by_all(), kStations);
  EXPECT_LE(longest_alone, 0s);
}

TEST_F(ShardsTest, WhatSomebodyElseSaysInTheirNameIsCorrected) {
  start(0, 2);
  pass(5s);
  ASSERT_EQ(members[0].said, "0 1");
  members[0].said = "";
  members[0].shards->on_view(0, "", false, now);
  pass(2s);
  EXPECT_EQ(members[0].said, "0 1");
}

TEST_F(ShardsTest, SayNothingWhileNothingChanges) {
  for (const int shard : {0, 1, 2}) start(shard, 3);
  pass(5s);
  EXPECT_TRUE(news.empty());
}

TEST_F(ShardsTest, OneThatIsCutOffStopsBeforeTheOthersTakeOver) {
  for (const int shard : {0, 1, 2}) start(shard, 3);
  for (const Duration after : {5000ms, 3100ms, 1700ms}) {  // anywhere between two announcements
    pass(after);
    longest_alone = {};
    cut_off = 2;
    pass(2 * Shards::kLease + 1s);
    EXPECT_EQ(owned(2), 0);
    EXPECT_TRUE(members[2].shards->is_cut_off());
    EXPECT_EQ(owned_by_all(), kStations);
    EXPECT_LE(longest_alone, Shards::kBelieved - Shards::kLease + Shards::kSayAgain + 2s);
    cut_off = -1;
    members[2].shards->on_connected(now);
    pass(Shards::kStandIn);
    EXPECT_EQ(owned_by_all(), kStations);
    EXPECT_GT(owned(2), 0);
  }
}

TEST_F(ShardsTest, OneThatIsGoneWithItsPartOfTheBrokerIsStoodInFor) {
  for (const int shard : {0, 1, 2}) start(shard, 3);
  pass(5s);
  longest_alone = {};
  cut_off = 2;
  crash(2);
  pass(Shards::kBelieved + 5s);
  EXPECT_EQ(owned_by_all(), kStations);
  EXPECT_LE(longest_alone, Shards::kBelieved + 2s);
}

// As where a cluster loses a node: the others reconnect, perhaps more than once.
TEST_F(ShardsTest, OneThatIsGoneIsNotBelievedLongerForConnectionsThatAreMadeAnew) {
  for (const int shard : {0, 1, 2}) start(shard, 3);
  pass(5s);
  longest_alone = {};
  cut_off = 2;
  members.erase(2);
  for (int times = 0; times < 2; ++times) {
    pass(9s);
    for (const int shard : {0, 1}) {
      members[shard].shards->on_down();
      members[shard].shards->on_connected(now);
      members[shard].shards->on_view(2, "0 1 2", true, now);
      members[shard].shards->on_availability(2, true, now);
    }
  }
  pass(Shards::kHeardAgain + 2s);
  EXPECT_EQ(owned_by_all(), kStations);
  EXPECT_LE(longest_alone, 29s);
}

TEST_F(ShardsTest, WithoutTheLocalBrokerNothingIsOwned) {
  for (const int shard : {0, 1}) start(shard, 2);
  pass(5s);
  members[0].shards->on_down();
  EXPECT_EQ(owned(0), 0);
}

}  // namespace
}  // namespace bluetti::test
