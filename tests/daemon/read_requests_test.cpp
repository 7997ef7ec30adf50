// SPDX-License-Identifier: MIT
// Reads for others on the local broker: requests in, answers out, beside the polls.
#include <gmock/gmock.h>

#include "tests/daemon/stepped_gateway.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;

// What somebody on the local broker asks the gateway to read.
class ReadRequests : public SteppedGateway {
 protected:
  void SetUp() override {
    auto with = test_config(2);
    with.local.requests = true;
    build(std::move(with));
    connect_both();
    answer_round();
    pass(100ms);
    hear(answer(kHomeData), "PUB/TEST/1002");
    hear(answer(kGridData), "PUB/TEST/1002");
  }
  void request(const std::string& payload, bool retained = false) {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, "bluetti/bridge/request", payload, retained, clock.now()},
                   clock.now());
    tick();
  }
  // Station two's; false: nothing new was asked.
  bool answer_what_was_asked_last() {
    std::size_t last = cloud->published.size();
    while (last > answered && cloud->published[last - 1].topic != "SUB/TEST/1002") --last;
    if (last == answered) return false;
    answered = last;
    const int asked = asked_register(cloud->published[last - 1].payload);
    hear(answer(asked == 100 ? kHomeData : asked == 1300 ? kGridData : "0001 0002 0003"), "PUB/TEST/1002");
    return true;
  }
  std::size_t answered = 0;
  static constexpr const char* kRequest = R"({"id":"a","station":"one","block":1300})";
  static constexpr const char* kResponse = "bluetti/bridge/response/a";
};

TEST_F(ReadRequests, AreAnsweredOnTheirOwnTopicAndNotRetained) {
  EXPECT_EQ(local->last("bluetti/bridge/requests"), "ON");
  const std::size_t asked = cloud->published.size();
  request(kRequest);
  ASSERT_EQ(cloud->published.size(), asked + 1);
  EXPECT_EQ(asked_register(cloud->published.back().payload), 1300);
  hear(answer(kGridData));
  EXPECT_TRUE(local->last(kResponse).starts_with(R"({"id":"a","station":"one","model":"TEST","block":1300,)"))
      << local->last(kResponse);
  EXPECT_FALSE(local->published.back().retained);
}

TEST_F(ReadRequests, DoNotStandBehindThePollsOfAllOtherStations) {
  auto with = test_config(3);
  with.local.requests = true;
  with.accounts[0].requests_per_minute = 12;  // one at once, then one every five seconds
  build(std::move(with));
  connect_both();
  pass(1s);
  const std::size_t asked = cloud->published.size();
  request(R"({"id":"a","station":"three","block":1300})");
  EXPECT_EQ(cloud->published.size(), asked) << "the budget is spent; two and three are in line for their polls";
  pass(6s);
  ASSERT_GT(cloud->published.size(), asked);
  EXPECT_EQ(cloud->published[asked].topic, "SUB/TEST/1003");
}

TEST_F(ReadRequests, HoldUpThePollsOfTheStationAndThenLetThemGoOn) {
  request(kRequest);
  const std::size_t asked = cloud->published.size();
  pass(4s);
  EXPECT_EQ(cloud->published.size(), asked) << "one read in flight";
  hear(answer(kGridData));
  pass(30s);
  EXPECT_GT(cloud->published.size(), asked);
}

TEST_F(ReadRequests, WaitForThePollInFlight) {
  pass(30s);  // a poll was sent, and is not answered
  const std::size_t asked = cloud->published.size();
  request(kRequest);
  EXPECT_EQ(cloud->published.size(), asked);
  pass(11s);
  EXPECT_EQ(asked_register(cloud->published.back().payload), 1300);
  hear(answer(kGridData));
  EXPECT_EQ(local->count(kResponse), 1U);
}

TEST_F(ReadRequests, FromBeforeTheStartAreNotServed) {
  const std::size_t asked = cloud->published.size();
  request(kRequest, true);
  EXPECT_EQ(cloud->published.size(), asked);
}

TEST_F(ReadRequests, AreAnsweredWhenTheSessionIsNotThere) {
  daemon->handle(gateway::ConnectionLost{kCloud, "gone"}, clock.now());
  request(kRequest);
  EXPECT_EQ(local->last(kResponse), R"({"id":"a","error":"not connected to the cloud","reason":"disconnected"})");
}

TEST_F(ReadRequests, UnderWayAreAnsweredWhenTheSessionEnds) {
  request(kRequest);
  daemon->handle(gateway::ConnectionLost{kCloud, "gone"}, clock.now());
  EXPECT_EQ(
      local->last(kResponse),
      R"({"id":"a","station":"one","model":"TEST","error":"lost the connection to the cloud","reason":"disconnected"})");
}

TEST_F(ReadRequests, ThatAreMalformedAreAnsweredWithAnError) {
  request("nonsense");
  EXPECT_EQ(local->last("bluetti/bridge/response"), R"({"error":"not a JSON object","reason":"invalid"})");
}

std::string request_of(std::string_view station, std::string_view rest, std::string_view id) {
  return "{\"id\":\"" + std::string(id) + "\",\"station\":\"" + std::string(station) + "\"," + std::string(rest) + "}";
}

TEST_F(ReadRequests, ForABlockAreAnsweredWithRegistersAndValues) {
  request(request_of("two", "\"block\":1300", "a"));
  hear(answer(kGridData), "PUB/TEST/1002");
  const std::string json = local->last(kResponse);
  EXPECT_THAT(json, HasSubstr(R"("id":"a","station":"two","model":"TEST","block":1300,"registers":"01f40001)"));
  EXPECT_THAT(json, HasSubstr(R"("frequency":50)"));
}

TEST_F(ReadRequests, AreNeverAnsweredWithASecret) {
  request(request_of("one", "\"block\":100", "a"));
  hear(answer("0000 0000 0057 003c 6f70 6e65"));
  const std::string json = local->last(kResponse);
  EXPECT_THAT(json, HasSubstr(R"("registers":"000000000057003c00000000")"));
  EXPECT_THAT(json, HasSubstr(R"("hidden":[[104,2]])"));
  for (const char* secret : {"6f706e65", "open", "password"}) EXPECT_EQ(json.find(secret), std::string::npos) << json;
}

TEST_F(ReadRequests, MayBeForRegistersThatNobodyHasDescribed) {
  request(request_of("one", "\"block\":5000,\"count\":2", "a"));
  hear(answer("0001 0002"));
  EXPECT_THAT(local->last(kResponse), HasSubstr(R"("registers":"00010002")"));
  EXPECT_EQ(local->last(kResponse).find("values"), std::string::npos);
}

TEST_F(ReadRequests, OfASilentStationSaySo) {
  request(request_of("one", "\"block\":1300", "a"));
  pass(5s);
  EXPECT_EQ(local->last(kResponse),
            R"({"id":"a","station":"one","model":"TEST","error":"no answer","reason":"silent"})");
}

TEST_F(ReadRequests, OfOneStationAreServedInTurnAndOfSeveralSideBySide) {
  const std::size_t asked = cloud->published.size();
  request(request_of("one", "\"block\":1300", "first"));
  request(request_of("one", "\"block\":100", "second"));
  request(request_of("two", "\"block\":100", "third"));
  ASSERT_EQ(cloud->published.size(), asked + 2) << "one read in flight for each station";
  hear(answer(kGridData));
  EXPECT_EQ(local->count("bluetti/bridge/response/first"), 1U);
  EXPECT_EQ(asked_register(cloud->published.back().payload), 100);
}

// Eight reads of a register that nobody answers would otherwise keep the values away for 40 s.
TEST_F(ReadRequests, AndPollsTakeTurns) {
  pass(30s);  // polls are due
  hear(answer(kHomeData));
  const std::size_t asked = cloud->published.size();
  for (const char* id : {"a", "b", "c"}) request(request_of("one", "\"block\":5000,\"count\":3", id));
  pass(31s);
  int polls = 0;
  for (std::size_t each = asked; each < cloud->published.size(); ++each) {
    if (cloud->published[each].topic == "SUB/TEST/1001") polls += asked_register(cloud->published[each].payload) < 5000;
  }
  EXPECT_GE(polls, 2) << "between three reads in vain";
}

TEST_F(ReadRequests, ThatCannotBeServedAreRefused) {
  request("{");
  EXPECT_EQ(local->last("bluetti/bridge/response"), R"({"error":"not a JSON object","reason":"invalid"})");
  request(request_of("three", "\"block\":100", "a"));
  EXPECT_EQ(local->last(kResponse), R"({"id":"a","error":"there is no station 'three'","reason":"invalid"})");
  request(request_of("one", "\"block\":101", "a"));
  EXPECT_THAT(local->last(kResponse), HasSubstr("there is no block 101"));
}

TEST_F(ReadRequests, AreServedWithinARateOfTheirOwn) {
  int served = 0;
  for (int second = 0; second < 59; ++second) {
    for (int each = 0; each < 5; ++each) {
      request(request_of("two", "\"block\":5000,\"count\":3", "a"));
      while (answer_what_was_asked_last()) continue;
      served += local->last(kResponse).find("registers") != std::string::npos;
    }
    clock.advance(1s);
  }
  EXPECT_LE(served, gateway::Requests::kRequestsPerMinute);
  EXPECT_GT(served, gateway::Requests::kRequestsPerMinute / 2);
  EXPECT_THAT(local->last(kResponse), HasSubstr(R"("reason":"busy","retry_after":)"));
}

TEST_F(ReadRequests, WaitInNoGreatNumber) {
  int refused = 0;
  for (int each = 0; each < 12; ++each) {
    request(request_of("one", "\"block\":5000,\"count\":3", "a"));
    refused += local->last(kResponse).find("too many requests wait already") != std::string::npos;
    clock.advance(1s);
  }
  EXPECT_GE(refused, 1);
}

TEST_F(ReadRequests, ThatWaitAreAnsweredWhenTheSessionIsLost) {
  request(request_of("one", "\"block\":1300", "first"));
  request(request_of("one", "\"block\":100", "second"));
  daemon->handle(gateway::ConnectionLost{kCloud, "gone"}, clock.now());
  EXPECT_THAT(local->last("bluetti/bridge/response/second"),
              HasSubstr(R"("error":"lost the connection to the cloud")"));
}

TEST_F(ReadRequests, OfAStationThatIsTakenOutAreAnswered) {
  request(request_of("two", "\"block\":1300", "a"));
  auto fewer = test_config(1);
  fewer.local.requests = true;
  daemon->reload(std::make_shared<gateway::Config>(std::move(fewer)), catalog(), clock.now());
  EXPECT_THAT(local->last(kResponse), HasSubstr("the station is not configured any more"));
}

}  // namespace
}  // namespace bluetti::test
