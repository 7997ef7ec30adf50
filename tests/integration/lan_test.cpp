// SPDX-License-Identifier: MIT
// The real binary and stations on the local network: our simulator with what real stations do wrong, and pymodbus,
// which is not ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "gateway/simulator/lan_server.h"
#include "protocol/big_endian.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using gateway::simulator::LanFaults;
using gateway::simulator::LanServer;
using gateway::simulator::SimulatedModel;
using gateway::simulator::SimulatedStation;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kStation = "2345000000001";
const gateway::TimePoint kStart = std::chrono::steady_clock::now();

std::uint16_t unused_port() {
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

TEST_F(LanTest, AStationIsPublishedWithoutAnAccount) {
  const OnLan station("Balco260");
  run_with(station.server->port());
  EXPECT_TRUE(reads("bluetti/balcony/availability", "online"));
  for (const char* path : {"soc", "pv_power", "grid_frequency", "grid_phase/1/voltage", "pack/1/soc", "ac_output",
                           "arm_firmware", "iot_firmware"}) {
    EXPECT_TRUE(reads_something(std::string("bluetti/balcony/") + path)) << path;
  }
  EXPECT_TRUE(reads_something(kDocument));
  EXPECT_EQ(station.server->connections_accepted(), 1);
  EXPECT_EQ(station.server->asked_of_other_units(), 0);
}

TEST_F(LanTest, AHostNameIsLookedUp) {
  const OnLan station("FP");
  run_with(station.server->port(), "FP", "", "localhost");
  EXPECT_TRUE(reads("bluetti/balcony/availability", "online"));
}

TEST_F(LanTest, AStationThatDoesEverythingWrongIsReadAllTheSame) {
  const OnLan station("Balco260");
  station.server->set_faults({.silence = 0.03,
                              .cut = 0.03,
                              .busy = 0.05,
                              .disconnect = 0.01,
                              .most_clients = 1,
                              .is_frozen_by_other_units = true});
  run_with(station.server->port());
  for (const char* path : {"soc", "pv_power", "grid_phase/1/voltage", "pack/1/serial", "soc_high_limit"}) {
    EXPECT_TRUE(eventually([&] { return !watcher.latest(std::string("bluetti/balcony/") + path).empty(); }, 60s))
        << path;
  }
  EXPECT_EQ(station.server->asked_of_other_units(), 0);
  EXPECT_LE(station.server->connections_accepted(), 12);
}

TEST_F(LanTest, ASettingIsWrittenAndProvenAlthoughItsEchoNamesTheAppsRegister) {
  const OnLan station("Balco260");
  run_with(station.server->port(), "Balco260", "[control]\nenabled = true\n");
  ASSERT_TRUE(reads("bluetti/balcony/soc_high_limit", "100"));
  local.publish("bluetti/balcony/soc_high_limit/set", "80");
  EXPECT_TRUE(eventually([&] {
    return watcher.latest("bluetti/balcony/control/result").find("\"outcome\":\"confirmed\"") != std::string::npos;
  })) << gateway->output();
  EXPECT_TRUE(reads("bluetti/balcony/soc_high_limit", "80"));
}

TEST_F(LanTest, TheCloudTakesOverAndTheLocalNetworkComesBack) {
  const OnLan station("AP300");
  start_simulator();
  GatewaySetup setup;
  setup.extra =
      "via = [\"lan\", \"cloud\"]\nlan = { host = \"127.0.0.1\", port = " + std::to_string(station.server->port()) +
      " }\n";
  start_gateway(setup);
  ASSERT_TRUE(reads("bluetti/living_room/way", "lan"));
  ASSERT_TRUE(reads_something("bluetti/living_room/arm_firmware"));
  const std::string energy = watcher.latest("bluetti/living_room/ac_output_energy");
  station.server->set_reachable(false);
  ASSERT_TRUE(eventually([&] { return watcher.latest("bluetti/living_room/way") == "cloud"; }, 40s))
      << gateway->output();
  EXPECT_TRUE(reads("bluetti/living_room/arm_firmware", ""));
  EXPECT_TRUE(reads_something("bluetti/living_room/battery_temperature"));
  station.server->set_reachable(true);
  EXPECT_TRUE(eventually([&] { return watcher.latest("bluetti/living_room/way") == "lan"; }, 75s)) << gateway->output();
  EXPECT_FALSE(energy.empty());
  bool was_online = false;
  for (const auto& [topic, payload] : watcher.messages()) {
    if (topic == "bluetti/living_room/ac_output_energy") {
      EXPECT_NEAR(std::stod(payload), std::stod(energy), 0.5);
    }
    if (topic != "bluetti/living_room/availability") continue;
    EXPECT_TRUE(payload == "online" || !was_online);
    was_online |= payload == "online";
  }
}

TEST_F(LanTest, ScanReadsAStationThatSaysItselfWhatItIs) {
  for (const char* model : {"Balco260", "FP", "AC500", "AC200L", "EP500P", "AP300"}) {
    const OnLan station(model);
    const Finished scan = run_to_end({gateway_binary(), "scan", "--lan", station.place(), "--json"});
    EXPECT_EQ(scan.code, 0) << scan.output;
    const json document = json::parse(scan.output);
    EXPECT_EQ(document["station"]["model"], model);
    EXPECT_EQ(document["station"]["serial"], kStation);
    EXPECT_EQ(document["blocks"].size(), built_in_catalog().model(model)->lan.blocks.size());
    EXPECT_EQ(station.server->asked_of_other_units(), 0) << model;
  }
}

TEST_F(LanTest, ScanSaysWhatIsWrong) {
  const OnLan station("BalcoHub");
  const std::string binary = gateway_binary();
  EXPECT_EQ(run_to_end({binary, "scan", "--lan", station.place(), "--model", "EL100V2"}).code, 2);
  EXPECT_EQ(run_to_end({binary, "scan", "--lan", station.place(), "--model", "Balco260", "--blocks", "100"}).code, 2);
  EXPECT_EQ(run_to_end({binary, "scan", "--lan", "127.0.0.1:1", "--model", "Balco260"}).code, 3);
  EXPECT_EQ(run_to_end({binary, "scan", "--lan", "no such host"}).code, 2);
  const Finished hub = run_to_end({binary, "scan", "--lan", station.place(), "--model", "Transfer Hub"});
  EXPECT_EQ(hub.code, 0) << hub.output;
  EXPECT_THAT(hub.output, HasSubstr("ac_output_power"));
  EXPECT_THAT(hub.output, Not(HasSubstr("grid_charge_energy")));
}

TEST_F(LanTest, FindPrintsAStationThatCheckAccepts) {
  const OnLan station("AP300");
  const Finished find =
      run_to_end({"sh", "-c", gateway_binary() + " find --no-mdns " + station.place() + " 2>/dev/null"});
  EXPECT_EQ(find.code, 0);
  EXPECT_THAT(find.output, HasSubstr("model = \"AP300\""));
  const auto config = dir.write("found.toml", "[local]\nurl = \"mqtt://127.0.0.1\"\n" + find.output);
  const Finished check = run_to_end({gateway_binary(), "check", "--config", config.string()});
  EXPECT_EQ(check.code, 0) << check.output;
  EXPECT_EQ(run_to_end({gateway_binary(), "find", "--no-mdns", "127.0.0.1:1"}).code, 1);
}

// What goes wrong between the gateway and a station of the local network, whose values stand still: docs/faults.md.
struct LanFault {
  const char* name;
  LanFaults faults;
  bool reachable;
  std::chrono::seconds lasts;
  std::chrono::seconds recovery;  // from its end to the next answer that is as it should be, at most
  int connections;                // that may be made while it lasts
  const char* says;

  friend void PrintTo(const LanFault& fault, std::ostream* to) { *to << fault.name; }
};

const LanFault kLanFaults[] = {
    {"Silent", {.silence = 1}, true, 20s, 25s, 3, "3 reads in a row were not answered"},
    {"CutsEveryAnswer", {.cut = 1}, true, 20s, 25s, 3, "3 reads in a row were not answered"},
    {"IsBusy", {.busy = 1}, true, 10s, 8s, 0, ""},
    {"ClosesTheConnectionAtEveryRequest", {.disconnect = 1}, true, 12s, 25s, 5, "the station closed the connection"},
    {"TakesNoConnection", {}, false, 12s, 25s, 0, "no connection to"},
    {"LosesOneAnswerInFive", {.silence = 0.2}, true, 30s, 8s, 3, ""},
};

class LanFaultTable : public LanTest, public testing::WithParamInterface<LanFault> {};

TEST_P(LanFaultTable, EndsWithoutAFalseValue) {
  const LanFault& fault = GetParam();
  const OnLan station("Balco260", 0);
  run_with(station.server->port());
  ASSERT_TRUE(reads_something("bluetti/balcony/soc_high_limit"));
  ASSERT_TRUE(reads_something("bluetti/balcony/pack/1/serial"));
  const int connections = station.server->connections_accepted();
  station.server->set_faults(fault.faults);
  if (!fault.reachable) station.server->set_reachable(false);
  EXPECT_FALSE(gateway->wait(fault.lasts).has_value());
  EXPECT_LE(station.server->connections_accepted() - connections, fault.connections);
  const int answers = station.server->answers();
  station.server->set_faults({});
  station.server->set_reachable(true);
  const auto lifted = std::chrono::steady_clock::now();
  EXPECT_TRUE(eventually([&] { return station.server->answers() > answers; }, fault.recovery + 3s))
      << gateway->output();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - lifted;
  std::printf("%s: recovery %.1f s, %d connections\n", fault.name, took.count(),
              station.server->connections_accepted() - connections);
  EXPECT_TRUE(reads("bluetti/balcony/availability", "online"));
  EXPECT_THAT(gateway->output(), HasSubstr(fault.says));
  std::map<std::string, std::set<std::string>> values;
  for (const auto& [topic, payload] : watcher.messages()) {
    const bool is_value = topic.starts_with("bluetti/balcony/") && !topic.ends_with("/availability");
    // Before its first answer nothing is known of what is wrong with it.
    if (is_value && !payload.empty() && !topic.ends_with("/problems")) values[topic].insert(payload);
  }
  for (const auto& [topic, all] : values) EXPECT_EQ(all.size(), 1U) << topic;
  EXPECT_EQ(station.server->asked_of_other_units(), 0);
}

INSTANTIATE_TEST_SUITE_P(Rows, LanFaultTable, testing::ValuesIn(kLanFaults),
                         [](const testing::TestParamInfo<LanFault>& row) { return std::string(row.param.name); });

// Every register that the simulated station serves, as pymodbus wants them.
json registers_of(const OnLan& on) {
  json units = json::object();
  SimulatedStation station = on.station();
  for (const auto& served : on.model.served) {
    std::array<std::byte, protocol::kMaxAdu> request;
    std::array<std::byte, protocol::kMaxAdu> reply;
    const protocol::ReadRequest read{served.unit, served.first_register, served.count};
    const auto answer = station.on_adu(protocol::modbus_tcp().wrap(read, 1, request), 0, reply);
    const auto opened = protocol::modbus_tcp().open(answer);
    const auto& data = std::get<protocol::ReadAnswer>(std::get<protocol::Arrived>(opened).frame).data;
    for (std::size_t index = 0; index < served.count; ++index) {
      units[std::to_string(served.unit)][std::to_string(served.first_register + index)] =
          protocol::word_at(data, 2 * index);
    }
  }
  return units;
}

class PymodbusTest : public LanTest {
 protected:
  void SetUp() override {
    if (run_to_end({"/usr/bin/python3", "-c", "import pymodbus.server"}).code != 0) {
      GTEST_SKIP() << "needs python3-pymodbus, python3-serial and python3-serial-asyncio for /usr/bin/python3";
    }
  }
  void serve(const OnLan& station) {
    const auto file = dir.write("registers.json", registers_of(station).dump());
    foreign.emplace(std::vector<std::string>{"/usr/bin/python3", SOURCE_ROOT "/tests/support/modbus_station.py",
                                             file.string(), std::to_string(port)},
                    dir.path() / "modbus_station.log");
    ASSERT_TRUE(foreign->says("serving"));
  }

  std::uint16_t port = unused_port();
  std::optional<Process> foreign;
};

TEST_F(PymodbusTest, ScanPrintsOfItWhatOurSimulatorHolds) {
  for (const char* model : {"Balco260", "AC500"}) {
    const OnLan station(model);
    serve(station);
    Finished scan;
    EXPECT_TRUE(eventually([&] {
      scan = run_to_end(
          {gateway_binary(), "scan", "--lan", "127.0.0.1:" + std::to_string(port), "--model", model, "--json"});
      return scan.code != 3;
    }));
    ASSERT_EQ(scan.code, 0) << scan.output;
    const json document = json::parse(scan.output);
    for (const json& block : document["blocks"]) EXPECT_FALSE(block.contains("error")) << block;
    EXPECT_EQ(document["blocks"][0]["values"]["inverter_status"], "grid_connected");
    foreign.reset();
    port = unused_port();
  }
}

TEST_F(PymodbusTest, TheGatewayPublishesItAndChangesASetting) {
  const OnLan station("Balco260");
  serve(station);
  run_with(port, "Balco260", "[control]\nenabled = true\n");
  ASSERT_TRUE(reads("bluetti/balcony/soc_high_limit", "100")) << gateway->output();
  local.publish("bluetti/balcony/soc_high_limit/set", "85");
  EXPECT_TRUE(reads("bluetti/balcony/soc_high_limit", "85")) << gateway->output();
  EXPECT_TRUE(reads_something("bluetti/balcony/pack/1/serial"));
}

}  // namespace
}  // namespace bluetti::test
