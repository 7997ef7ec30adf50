// SPDX-License-Identifier: MIT
// A small world for end-to-end tests: a broker that plays the cloud (mutual TLS), a local broker, simulated stations
// and the real binary.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/harness.h"

namespace bluetti::test {

struct GatewaySetup {
  std::string id = "living_room";
  std::string name = "Living room";
  std::string serial = "2345000000001";
  std::string model = "AP300";
  std::string certificate = "client.pfx";
  std::string password{kPassword};
  std::string local;                       // more keys of [local]
  std::string url;                         // of the local broker, as it is written; empty: the one of the test
  std::string extra;                       // more configuration, at the end
  std::vector<std::string> launcher = {};  // starts the gateway's command, which follows
};

class World : public testing::Test {
 protected:
  static constexpr const char* kSerial = "2345000000001";
  static constexpr const char* kDocument = "homeassistant/device/bluetti_2345000000001/config";

  std::filesystem::path write_config(const GatewaySetup& setup = {});
  Process& start_simulator(std::vector<std::string> extra = {});
  Process& start_gateway(const GatewaySetup& setup = {}, std::vector<std::string> extra = {});

  // The gateway ends by itself: its exit code and what it said.
  [[nodiscard]] Finished run_gateway(const GatewaySetup& setup, std::vector<std::string> extra = {});

  // What a new subscriber is given, now.
  [[nodiscard]] std::map<std::string, std::string> retained(const std::string& topic = "bluetti/#") const {
    return Subscriber::retained(local, topic);
  }
  // What a subscriber who listens from the start reads last on a topic. Waits until it is so, or not.
  [[nodiscard]] bool reads(const std::string& topic, const std::string& payload) const {
    return eventually([&] { return watcher.latest(topic) == payload; });
  }
  [[nodiscard]] bool reads_something(const std::string& topic) const {
    return eventually([&] { return !watcher.latest(topic).empty(); });
  }

  TempDir dir;
  Broker cloud{Broker::Kind::mutual_tls};
  Broker local{Broker::Kind::plain};
  Subscriber watcher{local, {"#"}};
  std::optional<Process> simulator;
  std::optional<Process> gateway;
};

}  // namespace bluetti::test
