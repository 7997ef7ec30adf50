// SPDX-License-Identifier: MIT
// Reading a station often for a while, by a message or a button on the local broker; and what else its document says.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/daemon/stepped_gateway.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

class BoostedStation : public SteppedGateway {
 protected:
  void boost(const std::string& seconds, bool retained = false) {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, "bluetti/one/boost", seconds, retained, clock.now()},
                   clock.now());
    tick();
  }
  // How often home data is asked for meanwhile, if all is answered at once.
  int reads_in(gateway::Duration time) {
    int reads = 0;
    for (const auto end = clock.now() + time; clock.now() < end;) {
      pass(100ms);
      for (; answered_ < cloud->published.size(); ++answered_) {
        const bool is_home = asked_register(cloud->published[answered_].payload) == 100;
        reads += is_home ? 1 : 0;
        arrive(answer(is_home ? kHomeData : kGridData));
      }
    }
    return reads;
  }

 private:
  std::size_t answered_ = 0;
};

TEST_F(BoostedStation, IsReadOftenForAWhileAndThenAsBefore) {
  connect_both();
  EXPECT_LE(reads_in(60s), 13) << "every 5 s";
  boost("60");
  EXPECT_GE(reads_in(60s), 50) << "every second";
  EXPECT_LE(reads_in(60s), 14);
}

TEST_F(BoostedStation, IsNotBoostedByWhatIsNoNumberOfSecondsNorByAnOldMessage) {
  connect_both();
  (void)reads_in(10s);
  for (const char* wrong : {"", "0", "-5", "601", "60 s", "PRESS"}) boost(wrong);
  boost("60", true);
  EXPECT_LE(reads_in(60s), 13);
}

TEST_F(BoostedStation, ADocumentHasTheButtonThatBoosts) {
  connect_both();
  answer_round();
  EXPECT_NE(local->last("homeassistant/device/bluetti_1001/config").find(R"("payload_press":"60")"), std::string::npos);
  EXPECT_EQ(std::ranges::count(local->subscriptions, "bluetti/+/boost"), 1);
}

// Home Assistant would go on showing the version of what the station was thought to be.
TEST_F(BoostedStation, AStationThatBecomesAModelWithoutAFirmwareVersionTakesItBack) {
  connect_both();
  answer_round();
  EXPECT_NE(local->last("homeassistant/device/bluetti_1001/config").find(R"("sw_version":"",)"), std::string::npos);
}

}  // namespace
}  // namespace bluetti::test
