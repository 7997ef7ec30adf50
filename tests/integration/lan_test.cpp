// SPDX-License-Identifier: MIT
// The real binary and stations on the local network: our simulator with what real stations do wrong, and pymodbus,
// which is not ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "protocol/big_endian.h"
#include "tests/integration/lan_fixture.h"
#include "tests/support/localhost.h"

namespace bluetti::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

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
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
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

TEST_F(LanTest, AnSMeterIsFoundByItsFrequencyAndPublished) {
  const OnLan station("SMeter");
  const Finished scan = run_to_end({gateway_binary(), "scan", "--lan", station.place(), "--timeout", "0.3", "--json"});
  ASSERT_EQ(scan.code, 0) << scan.output;
  const json document = json::parse(scan.output);
  EXPECT_EQ(document["station"]["model"], "SMeter");
  const json& values = document["blocks"][0]["values"];
  EXPECT_NEAR(values["frequency"].get<double>(), 50, 1);
  EXPECT_EQ(values["total_apparent_power"], values["total_power"]) << "of a power factor of 1";
  run_with(station.server->port(), "SMeter");
  EXPECT_TRUE(reads("bluetti/balcony/availability", "online"));
  EXPECT_TRUE(reads("bluetti/balcony/meter_online", "ON"));
  EXPECT_TRUE(reads_something("bluetti/balcony/meter_phase/3/voltage"));
  EXPECT_TRUE(reads_something("bluetti/balcony/meter_import_energy"));
}

TEST_F(LanTest, OneRoundWithAStationThatIsAlwaysBusyEndsAndSaysWhatIsMissing) {
  const BadStation station(dir, "exception 6");
  const auto begin = std::chrono::steady_clock::now();
  const Finished once = run_once(station.port(), "Balco260");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 40s);
  EXPECT_EQ(once.code, 1);
  EXPECT_THAT(once.output, HasSubstr("[balcony] did not answer everything in time: missing are 50001 (Home data"));
  EXPECT_TRUE(reads("bluetti/balcony/availability", "offline"));
}

TEST_F(LanTest, OneRoundWithAStationThatRefusesEverythingFails) {
  const BadStation station(dir, "exception 2");
  const Finished once = run_once(station.port(), "FP");
  EXPECT_EQ(once.code, 1);
  EXPECT_THAT(once.output, HasSubstr("[balcony] gave nothing: it refused every read"));
  EXPECT_EQ(once.output.find("[balcony] online"), std::string::npos);
}

TEST_F(LanTest, WhatHasAllBitsSetIsNotPublished) {
  const BadStation station(dir, "ones");
  (void)run_once(station.port(), "Balco260");
  for (const char* path :
       {"ac_output_energy", "pv_energy", "serial", "soc", "inverter_count", "grid_power", "problem"}) {
    EXPECT_EQ(watcher.latest(std::string("bluetti/balcony/") + path), "") << path;
  }
}

TEST_F(LanTest, AStationWithAnotherSerialNumberIsToldOnceAndNotRead) {
  const OnLan station("FP");
  const auto config = dir.write("gateway.toml", "[local]\nurl = \"" + local.url() +
                                                    "\"\n[[station]]\nid = \"balcony\"\nmodel = \"FP\"\nserial = "
                                                    "\"2345000000009\"\nvia = [\"lan\"]\nlan = { host = "
                                                    "\"127.0.0.1\", port = " +
                                                    std::to_string(station.server->port()) + " }\n");
  const Finished once = run_to_end({gateway_binary(), "run", "--once", "--config", config.string()});
  EXPECT_EQ(once.code, 1) << once.output;
  EXPECT_TRUE(reads("bluetti/balcony/availability", "offline"));
  EXPECT_EQ(watcher.latest("bluetti/balcony/soc"), "");
  const std::string line = "[balcony] what answers at 127.0.0.1 has another serial number than the configured one";
  const std::size_t first = once.output.find(line);
  EXPECT_NE(first, std::string::npos) << once.output;
  EXPECT_EQ(once.output.find(line, first + 1), std::string::npos);
}

TEST_F(LanTest, ExpansionPacksOfABalco260ArePublishedAndEmptySlotsAreNot) {
  const OnLan station("Balco260");
  run_with(station.server->port());
  EXPECT_TRUE(reads_something("bluetti/balcony/pack/3/soc"));
  EXPECT_TRUE(reads_something("bluetti/balcony/pack/4/serial"));
  EXPECT_TRUE(reads("bluetti/balcony/pack_count", "3")) << "1, 3 and 4; of 2 there is only a serial number";
  EXPECT_TRUE(reads_something("bluetti/balcony/soc_high_limit"));
  for (const auto& [topic, payload] : watcher.messages()) {
    for (const char* empty : {"/pack/2/", "/pack/5/", "/pack/6/"}) {
      EXPECT_EQ(topic.find(empty), std::string::npos) << topic << " " << payload;
    }
  }
  EXPECT_EQ(station.server->asked_of_other_units(), 0);
}

TEST_F(LanTest, WithoutAModelItIsReadByWhatItCallsItself) {
  const OnLan station("FP");
  run_with(station.server->port(), "auto");
  EXPECT_TRUE(reads("bluetti/balcony/availability", "online"));
  EXPECT_TRUE(reads_something("bluetti/balcony/soc"));
  EXPECT_THAT(gateway->output(), HasSubstr("calls itself FP"));
}

TEST_F(LanTest, AnIPv6AddressWillDoAndAHostThatCannotBeFoundIsTold) {
  const int probe = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool has_six = probe >= 0 && bind(probe, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
  if (probe >= 0) close(probe);
  if (has_six) {
    EXPECT_THAT(run_to_end({gateway_binary(), "scan", "--lan", "[::1]:1"}).output, HasSubstr("refused"));
    run_with(1, "FP", "", "::1");
    EXPECT_TRUE(eventually([&] { return gateway->output().find("Connection refused") != std::string::npos; }));
  }
  run_with(1502, "FP", "", "no-such-host.invalid");
  EXPECT_TRUE(eventually(
      [&] { return gateway->output().find("host name no-such-host.invalid not found") != std::string::npos; }, 30s))
      << gateway->output();
}

// Every register that the simulated station serves, as pymodbus wants them.
json registers_of(const OnLan& on) {
  json units = json::object();
  SimulatedStation station = on.station();
  const int longest = on.model.model->lan.longest_read;
  for (const auto& served : on.model.served) {
    const int at_once = longest == 1 ? served.count : longest;
    for (int offset = 0; offset < served.count; offset += at_once) {
      std::array<std::byte, protocol::kMaxAdu> request;
      std::array<std::byte, protocol::kMaxAdu> reply;
      const protocol::ReadRequest read{served.unit, static_cast<std::uint16_t>(served.first_register + offset),
                                       static_cast<std::uint16_t>(std::min(at_once, served.count - offset))};
      const auto answer = station.on_adu(protocol::modbus_tcp().wrap(read, 1, request), 0, reply);
      const auto opened = protocol::modbus_tcp().open(answer);
      const auto& data = std::get<protocol::ReadAnswer>(std::get<protocol::Arrived>(opened).frame).data;
      for (std::size_t index = 0; index < read.count; ++index) {
        units[std::to_string(read.unit)][std::to_string(read.first_register + index)] =
            protocol::word_at(data, 2 * index);
      }
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
