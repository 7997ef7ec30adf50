// SPDX-License-Identifier: MIT
// What the tests of stations on the local network share: one in this process, and the real binary that reads it.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

inline std::uint16_t unused_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(socket, generic, size), 0);
  EXPECT_EQ(getsockname(socket, generic, &size), 0);
  close(socket);
  return ntohs(address.sin_port);
}

// A station in a process of its own that answers every read in one bad way: tests/support/bad_modbus_station.py.
class BadStation {
 public:
  BadStation(const TempDir& dir, const char* mode)
      : port_(unused_port()),
        process_({"/usr/bin/python3", SOURCE_ROOT "/tests/support/bad_modbus_station.py", std::to_string(port_), mode},
                 dir.path() / ("bad_modbus_station." + std::to_string(port_) + ".log")) {
    EXPECT_TRUE(process_.says("serving"));
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  std::uint16_t port_;
  Process process_;
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
  Finished run_once(std::uint16_t port, const std::string& model) {
    const auto config = dir.write(
        "once.toml", "[local]\nurl = \"" + local.url() + "\"\n[[station]]\nid = \"balcony\"\nmodel = \"" + model +
                         "\"\nserial = \"" + kStation +
                         "\"\nvia = [\"lan\"]\nlan = { host = \"127.0.0.1\", port = " + std::to_string(port) + " }\n");
    return run_to_end({gateway_binary(), "run", "--once", "--config", config.string()});
  }
};

}  // namespace bluetti::test
