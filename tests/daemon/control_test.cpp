// SPDX-License-Identifier: MIT
// Settings changed over the local broker: topics and requests in, frames to the cloud, results out.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "tests/daemon/stepped_gateway.h"
#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;

class ControlOverTheBroker : public SteppedGateway {
 protected:
  void SetUp() override {
    auto with = test_config();
    with.control.enabled = true;
    with.control.audit = folder.path() / "control.jsonl";
    build(std::move(with));
    connect_both();
    answer_round();
  }
  void send(const std::string& topic, const std::string& payload, bool retained = false) {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, topic, payload, retained, clock.now()}, clock.now());
    tick();
  }
  [[nodiscard]] std::string result() const { return local->last("bluetti/one/control/result"); }

  TemporaryFolder folder;
};

TEST_F(ControlOverTheBroker, ListensForWishesOfEveryDepth) {
  for (const char* filter : {"bluetti/+/+/set", "bluetti/+/+/+/set", "bluetti/+/+/+/+/set", "bluetti/+/control/undo"}) {
    EXPECT_EQ(std::ranges::count(local->subscriptions, filter), 1) << filter;
  }
}

TEST_F(ControlOverTheBroker, AWishForWhatIsNoSettingIsRefusedAloud) {
  send("bluetti/one/soc/set", "80");
  EXPECT_THAT(result(), HasSubstr(R"("path":"soc","wanted":"80")"));
  EXPECT_THAT(result(), HasSubstr(R"("outcome":"refused")"));
  EXPECT_FALSE(local->published.back().retained);
}

TEST_F(ControlOverTheBroker, AWishForNoStationOfOursIsNotAnswered) {
  const std::size_t before = messages();
  send("bluetti/other/soc/set", "80");
  EXPECT_EQ(messages(), before);
}

TEST_F(ControlOverTheBroker, ARequestIsAnsweredWithAllItsResults) {
  send("bluetti/bridge/request", R"({"id":"a","station":"one","set":{"soc":"80","temperature":"1"}})");
  const std::string answer = local->last("bluetti/bridge/response/a");
  EXPECT_THAT(answer, HasSubstr(R"({"id":"a","station":"one","results":[{)"));
  EXPECT_THAT(answer, HasSubstr(R"("path":"soc")"));
  EXPECT_THAT(answer, HasSubstr(R"("path":"temperature")"));
}

TEST_F(ControlOverTheBroker, AMalformedRequestSaysWhatIsWrong) {
  send("bluetti/bridge/request", R"({"id":"a","station":"one","set":{"soc":80}})");
  EXPECT_THAT(local->last("bluetti/bridge/response/a"), HasSubstr("object of at most"));
  send("bluetti/bridge/request", R"({"id":"b","station":"one","set":{"soc":"8"},"dry_runs":true})");
  EXPECT_THAT(local->last("bluetti/bridge/response/b"), HasSubstr("did you mean"));
}

TEST_F(ControlOverTheBroker, UndoWithoutAChangeSaysSo) {
  send("bluetti/bridge/request", R"({"id":"a","station":"one","undo":[]})");
  EXPECT_THAT(local->last("bluetti/bridge/response/a"), HasSubstr("nothing was changed"));
}

TEST_F(ControlOverTheBroker, UndoByTopicWithoutAChangeSaysSo) {
  send("bluetti/one/control/undo", "PRESS");
  EXPECT_THAT(result(), HasSubstr("nothing was changed"));
  const std::size_t before = messages();
  send("bluetti/one/control/undo", "PRESS", true);
  EXPECT_EQ(messages(), before) << "a retained wish is an old one";
}

TEST_F(ControlOverTheBroker, EveryWishIsInTheAudit) {
  send("bluetti/one/soc/set", "80");
  std::ifstream stream(folder.path() / "control.jsonl");
  std::string line;
  std::getline(stream, line);
  EXPECT_THAT(line, HasSubstr(R"("station":"one","way":"topic","path":"soc","wanted":"80")"));
}

using GatewayWithoutControl = SteppedGateway;

TEST_F(GatewayWithoutControl, WritesNothingWhateverComes) {
  connect_both();
  answer_round();
  for (const char* topic : {"bluetti/one/soc/set", "bluetti/one/ac_output/set", "bluetti/one/a/b/set"}) {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, topic, "ON", false, clock.now()}, clock.now());
  }
  for (int minute = 0; minute < 24 * 60; ++minute) {
    clock.advance(60s);
    tick();
    hear(answer(kHomeData));
    hear(answer(kGridData));
  }
  for (const Published& request : cloud->published) ASSERT_EQ(asked_function(request.payload), 3) << "only reads";
  EXPECT_EQ(local->count("bluetti/one/control/result"), 0U);
  EXPECT_GT(cloud->published.size(), 1000U);
}

}  // namespace
}  // namespace bluetti::test
