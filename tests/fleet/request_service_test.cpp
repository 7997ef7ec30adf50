// SPDX-License-Identifier: MIT
// Reads for others, as the gateway serves them: requests in, answers out.
#include "gateway/fleet/request_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fakes.h"
#include "tests/support/station_fixture.h"

namespace bluetti::test {
namespace {

using namespace gateway::read;
using testing::HasSubstr;

class RequestServiceTest : public testing::Test {
 protected:
  RequestServiceTest() {
    for (const gateway::StationConfig& station : test_config(2).stations) stations.emplace_back(station, decoders, 5s);
  }
  static std::string request(std::string_view station, std::string_view rest, std::string_view id = "a") {
    return "{\"id\":\"" + std::string(id) + "\",\"station\":\"" + std::string(station) + "\"," + std::string(rest) +
           "}";
  }
  auto accept(const std::string& payload) { return service.accept(payload, stations, now); }
  // The next answer as JSON; empty: there is none.
  std::string answered() {
    for (std::size_t station = 0; station < stations.size(); ++station) service.tick(station, now);
    const auto answers = service.take_answers();
    return answers.empty() ? "" : to_json(answers.front());
  }
  int ask(std::size_t station) {
    return service.wants_to_ask(station, now) ? asked_register(service.next_request(station, now).value_or("")) : -1;
  }

  gateway::TimePoint now{1h};
  gateway::DecoderCache decoders{test_catalog()};
  std::vector<gateway::Station> stations;
  RequestService service{test_catalog()};
};

TEST_F(RequestServiceTest, ReadsABlockAndAnswersWithRegistersAndValues) {
  EXPECT_EQ(accept(request("two", "\"block\":1300")), 1U);
  EXPECT_TRUE(service.busy(1));
  EXPECT_EQ(ask(1), 1300);
  EXPECT_TRUE(service.on_message(1, answer(kGridData), now));
  const std::string json = answered();
  EXPECT_THAT(json, HasSubstr(R"("id":"a","station":"two","model":"TEST","block":1300,"registers":"01f40001)"));
  EXPECT_THAT(json, HasSubstr(R"("frequency":50)"));
  EXPECT_EQ(answered(), "");
  EXPECT_FALSE(service.busy(1));
}

TEST_F(RequestServiceTest, NeverAnswersWithASecret) {
  EXPECT_EQ(accept(request("one", "\"block\":100")), 0U);
  (void)ask(0);
  EXPECT_TRUE(service.on_message(0, answer("0000 0000 0057 003c 6f70 6e65"), now));
  const std::string json = answered();
  EXPECT_THAT(json, HasSubstr(R"("registers":"000000000057003c00000000")"));
  EXPECT_THAT(json, HasSubstr(R"("hidden":[[104,2]])"));
  EXPECT_EQ(json.find("6f706e65"), std::string::npos) << json;
  EXPECT_EQ(json.find("open"), std::string::npos) << json;
  EXPECT_EQ(json.find("password"), std::string::npos) << json;
}

TEST_F(RequestServiceTest, ReadsRegistersThatNobodyHasDescribed) {
  EXPECT_EQ(accept(request("one", "\"block\":5000,\"count\":2")), 0U);
  EXPECT_EQ(ask(0), 5000);
  EXPECT_TRUE(service.on_message(0, answer("0001 0002"), now));
  const std::string json = answered();
  EXPECT_THAT(json, HasSubstr(R"("registers":"00010002")"));
  EXPECT_EQ(json.find("values"), std::string::npos);
}

TEST_F(RequestServiceTest, SaysThatTheStationIsSilentAndWaitsForItsLateAnswer) {
  (void)accept(request("one", "\"block\":1300"));
  (void)ask(0);
  now += 5s;
  EXPECT_EQ(answered(), R"({"id":"a","station":"one","model":"TEST","error":"no answer","reason":"silent"})");
  EXPECT_TRUE(service.busy(0));
  now += 5s;
  EXPECT_EQ(answered(), "");
  EXPECT_FALSE(service.busy(0));
}

TEST_F(RequestServiceTest, ServesOneStationInTurnAndStationsSideBySide) {
  (void)accept(request("one", "\"block\":1300", "first"));
  (void)accept(request("one", "\"block\":100", "second"));
  (void)accept(request("two", "\"block\":100", "third"));
  EXPECT_EQ(ask(0), 1300);
  EXPECT_EQ(ask(0), -1) << "one read in flight";
  EXPECT_EQ(ask(1), 100);
  EXPECT_TRUE(service.on_message(0, answer(kGridData), now));
  EXPECT_THAT(answered(), HasSubstr("first"));
  EXPECT_EQ(ask(0), 100);
}

TEST_F(RequestServiceTest, RefusesWhatItCannotRead) {
  EXPECT_FALSE(accept("{"));
  EXPECT_EQ(answered(), R"({"error":"not a JSON object","reason":"invalid"})");
  EXPECT_FALSE(accept(request("three", "\"block\":100")));
  EXPECT_EQ(answered(), R"({"id":"a","error":"there is no station 'three'","reason":"invalid"})");
  EXPECT_FALSE(accept(request("one", "\"block\":101")));
  EXPECT_THAT(answered(), HasSubstr("there is no block 101"));
}

TEST_F(RequestServiceTest, TakesNoMoreThanItsShareAMinute) {
  int taken = 0;
  for (int second = 0; second < 59; ++second) {
    for (int each = 0; each < 5; ++each) {
      if (!accept(request("one", "\"block\":1300"))) continue;
      ++taken;
      (void)ask(0);
      (void)service.on_message(0, answer(kGridData), now);
      (void)answered();
    }
    now += 1s;
  }
  EXPECT_LE(taken, RequestService::kRequestsPerMinute);
  EXPECT_GT(taken, RequestService::kRequestsPerMinute / 2);
  while (accept(request("one", "\"block\":1300"))) continue;
  EXPECT_THAT(answered(), HasSubstr(R"("reason":"busy","retry_after":)"));
}

TEST_F(RequestServiceTest, LetsOnlySoManyWait) {
  for (std::size_t each = 0; each < RequestService::kMostWaiting; ++each) {
    now += 5s;  // for the rate's sake
    ASSERT_TRUE(accept(request("one", "\"block\":1300")));
  }
  EXPECT_FALSE(accept(request("one", "\"block\":1300")));
  EXPECT_THAT(answered(), HasSubstr("too many requests wait already"));
}

TEST_F(RequestServiceTest, AnswersWhatWaitsWhenTheSessionIsLost) {
  (void)accept(request("one", "\"block\":1300", "first"));
  (void)accept(request("one", "\"block\":100", "second"));
  service.cancel(0, "lost the connection to the cloud");
  const auto answers = service.take_answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(to_json(answers[1]),
            R"({"id":"second","error":"lost the connection to the cloud","reason":"disconnected"})");
  EXPECT_FALSE(service.busy(0));
}

}  // namespace
}  // namespace bluetti::test
