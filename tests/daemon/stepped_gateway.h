// SPDX-License-Identifier: MIT
// The whole gateway between two recording clients, stepped by hand.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "gateway/daemon/gateway.h"
#include "tests/support/fakes.h"

namespace bluetti::test {

using namespace std::chrono_literals;
using gateway::kLocal;
using gateway::Link;

inline constexpr Link kCloud{0};
inline constexpr std::string_view kHomeData = "0000 0000 0057 003c 6f70 6e65";
inline constexpr std::string_view kGridData = "01f4 0001 ff88 08fd 0000 0000";

// Says that access is wanted; the test hands it over at once.
class ReadyAccess final : public gateway::AccessSource {
 public:
  explicit ReadyAccess(bool& wanted) : wanted_(wanted) {}
  void request(const gateway::AccountState&) override { wanted_ = true; }

 private:
  bool& wanted_;
};

class SteppedGateway : public testing::Test {
 protected:
  void build(gateway::Config with, std::shared_ptr<const schemas::Catalog> known = catalog()) {
    gateway::Outside outside{.make_client =
                                 [this](Link link, const gateway::ConnectionOptions&) {
                                   return std::make_unique<RecordingClient>(link.is_local() ? local : cloud);
                                 },
                             .make_access = [this](Link) { return std::make_unique<ReadyAccess>(access_wanted); },
                             .remember = [this](const gateway::State& state) { remembered = state; },
                             .recorder = nullptr};
    daemon = std::make_unique<gateway::Gateway>(std::make_shared<gateway::Config>(std::move(with)), std::move(known),
                                                std::move(outside), remembered, clock, 1);
    tick();
  }
  void tick() {
    daemon->tick(clock.now());
    for (std::string& topic : std::exchange(local->to_confirm, {})) {
      if (broker_confirms) daemon->handle(gateway::Confirmed{kLocal, std::move(topic)}, clock.now());
    }
    if (std::exchange(access_wanted, false)) daemon->handle(gateway::AccessReady{kCloud, access}, clock.now());
  }
  void SetUp() override { build(test_config()); }

  void connect_both() {
    daemon->handle(gateway::Connected{kLocal}, clock.now());
    daemon->handle(gateway::Connected{kCloud}, clock.now());
    tick();
    echo();
  }
  // As a broker does that lets the gateway write and read what is its own.
  void echo(const std::string& topic = "bluetti/bridge/availability", const std::string& payload = "online") {
    daemon->handle(gateway::MessageArrived{kLocal, nullptr, topic, payload, false, clock.now()}, clock.now());
    tick();
  }
  void arrive(const std::string& payload, const std::string& topic = "PUB/TEST/1001", bool retained = false) {
    daemon->handle(gateway::MessageArrived{kCloud, nullptr, topic, payload, retained, clock.now()}, clock.now());
  }
  void hear(const std::string& payload, const std::string& topic = "PUB/TEST/1001", bool retained = false) {
    arrive(payload, topic, retained);
    tick();
  }
  void answer_round() {
    hear(answer(kHomeData));
    hear(answer(kGridData));
  }
  void pass(gateway::Duration time) {
    for (const auto end = clock.now() + time; clock.now() < end;) {
      clock.advance(100ms);
      tick();
    }
  }
  [[nodiscard]] std::size_t messages() const { return local->published.size(); }

  HandClock clock;
  std::shared_ptr<ClientRecord> local = std::make_shared<ClientRecord>();
  std::shared_ptr<ClientRecord> cloud = std::make_shared<ClientRecord>();
  std::shared_ptr<const gateway::Access> access = std::make_shared<const gateway::Access>();
  bool access_wanted = false;
  bool broker_confirms = true;
  gateway::State remembered{.installation = "0123456789abcdef", .accounts = {}, .stations = {}};
  std::unique_ptr<gateway::Gateway> daemon;

  static std::shared_ptr<const schemas::Catalog> catalog() {
    return {&test_catalog(), [](const auto*) {}};
  }
};

}  // namespace bluetti::test
