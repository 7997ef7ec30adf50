// SPDX-License-Identifier: MIT
// What the tests of stations on the local network share: one in this process, and the real binary that reads it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/simulator/lan_server.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::test {

using gateway::simulator::LanFaults;
using gateway::simulator::LanServer;
using gateway::simulator::SimulatedModel;
using gateway::simulator::SimulatedStation;

inline constexpr const char* kStation = "2345000000001";
inline const gateway::TimePoint kStart = std::chrono::steady_clock::now();

// A simulated station of the local network in this process.
struct OnLan {
  explicit OnLan(const char* name, double speed = 1)
      : model(gateway::simulator::make_simulated_model(*built_in_catalog().model(name), built_in_catalog(),
                                                       schemas::Way::lan)) {
    std::vector<SimulatedStation> stations;
    stations.push_back(station());
    auto started = LanServer::start(std::move(stations), {.speed = speed, .start = kStart});
    server = std::move(std::get<std::unique_ptr<LanServer>>(started));
  }
  [[nodiscard]] SimulatedStation station() const {
    return {model,
            {.model = model.model->name,
             .serial = kStation,
             .seed = gateway::simulator::seed_of(1, kStation)}};  // as `simulate` has it
  }
  [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(server->port()); }

  SimulatedModel model;
  std::unique_ptr<LanServer> server;
};

class LanTest : public World {
 protected:
  Process& run_with(std::uint16_t port, const std::string& model = "Balco260", const std::string& extra = "",
                    const std::string& host = "127.0.0.1") {
    const auto config =
        dir.write("gateway.toml", "[local]\nurl = \"" + local.url() + "\"\n" + extra +
                                      "[[station]]\nid = \"balcony\"\nmodel = \"" + model + "\"\nserial = \"" +
                                      kStation + "\"\nvia = [\"lan\"]\nconsent = [\"outputs\"]\nlan = { host = \"" +
                                      host + "\", port = " + std::to_string(port) + " }\npoll = { lan = 5 }\n");
    return gateway.emplace(std::vector<std::string>{gateway_binary(), "run", "--config", config.string()},
                           dir.path() / "gateway.log");
  }
};

}  // namespace bluetti::test
