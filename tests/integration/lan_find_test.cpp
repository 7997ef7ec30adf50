// SPDX-License-Identifier: MIT
// `scan --lan` and `find`: what a station says it is, and what the network announces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/integration/lan_fixture.h"
#include "tests/integration/terminal.h"
#include "tests/support/pseudo_terminal.h"

namespace bluetti::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST_F(LanTest, ScanReadsAStationThatSaysItselfWhatItIs) {
  for (const char* model : {"Balco260", "FP", "AC500", "AC200L", "EP500P", "AP300"}) {
    const OnLan station(model);
    const Finished scan = run_to_end({gateway_binary(), "scan", "--lan", station.place(), "--json"});
    EXPECT_EQ(scan.code, 0) << scan.output;
    const json document = json::parse(scan.output);
    EXPECT_EQ(document["station"]["model"], model);
    EXPECT_EQ(document["station"]["serial"], kStation);
    const std::size_t further_packs = document["station"]["model"] == "Balco260" ? 2 : 0;
    EXPECT_EQ(document["blocks"].size(), built_in_catalog().model(model)->lan.blocks.size() + further_packs);
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

TEST_F(LanTest, ScanComparesTheSerialNumber) {
  const OnLan station("FP");
  const std::vector<std::string> scan{gateway_binary(), "scan",  "--lan",   station.place(),
                                      "--blocks",       "57001", "--serial"};
  const auto with = [&](const std::string& serial) {
    std::vector<std::string> command = scan;
    command.push_back(serial);
    return run_to_end(command);
  };
  EXPECT_EQ(with(kStation).code, 0);
  const Finished other = with("2345000000009");
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.output, HasSubstr("the station has the serial number 2345000000001, not 2345000000009"));
  EXPECT_EQ(with("nonsense").code, 2);
}

TEST_F(LanTest, ScanDoesNotTurnToTheConfigurationInsteadOfTheLocalNetwork) {
  const Finished empty = run_to_end({gateway_binary(), "scan", "--lan", "", "--config", "/nowhere/gateway.toml"});
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.output, HasSubstr("--lan: '' is not HOST or HOST:PORT"));
  EXPECT_THAT(run_to_end({gateway_binary(), "scan", "--lan", "127.0.0.1:1", "--station", "garage"}).output,
              HasSubstr("--station has no meaning with --lan"));
}

TEST_F(LanTest, ScanOfASilentStationSaysSoAndEndsSoon) {
  const BadStation station(dir, "silent");
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--model", "AP300"}, std::vector<std::string>{}}) {
    std::vector<std::string> command{gateway_binary(), "scan", "--lan", station.place(), "--timeout", "0.2"};
    command.insert(command.end(), more.begin(), more.end());
    const auto begin = std::chrono::steady_clock::now();
    const Finished scan = run_to_end(command);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    EXPECT_EQ(scan.code, 1);
    EXPECT_THAT(scan.output, HasSubstr("connected, but it answers nothing"));
    EXPECT_THAT(scan.output, HasSubstr(more.empty() ? "asking 127.0.0.1" : "attempt 2"));
  }
}

TEST_F(LanTest, ScanDropsWhatAnotherUnitAnswers) {
  const BadStation station(dir, "other-unit");
  const Finished scan =
      run_to_end({gateway_binary(), "scan", "--lan", station.place(), "--model", "FP", "--timeout", "0.2"});
  EXPECT_EQ(scan.code, 1);
  EXPECT_THAT(scan.output, HasSubstr("no answer but one from another Modbus unit"));
}

TEST_F(LanTest, FindTellsRefusalsFromSilence) {
  const BadStation refusing(dir, "exception 2");
  EXPECT_THAT(run_to_end({gateway_binary(), "find", "--no-mdns", refusing.place()}).output,
              HasSubstr("it answers Modbus TCP, but only with Modbus exception 2"));
  const BadStation strange(dir, "ones");
  EXPECT_THAT(run_to_end({gateway_binary(), "find", "--no-mdns", strange.place()}).output,
              HasSubstr("it answers Modbus TCP, but with nothing that tells what it is"));
  const BadStation silent(dir, "silent");
  EXPECT_THAT(run_to_end({gateway_binary(), "find", "--no-mdns", silent.place(), "--timeout", "0.2"}).output,
              HasSubstr("it does not answer Modbus TCP"));
}

TEST_F(LanTest, OnATerminalAHostThatIsAskedIsShownWhileItIsSilent) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const BadStation silent(dir, "silent");
  for (const std::vector<std::string>& asking : {std::vector<std::string>{"find", "--no-mdns"}, {"scan", "--lan"}}) {
    std::vector<std::string> command{gateway_binary()};
    command.insert(command.end(), asking.begin(), asking.end());
    command.insert(command.end(), {silent.place(), "--timeout", "0.4"});
    Terminal terminal(command);
    EXPECT_EQ(terminal.wait(), 1);
    EXPECT_THAT(terminal.shown(), HasSubstr("what it is, for 2 s at most ... 1 s"));
    EXPECT_THAT(terminal.shown(), HasSubstr("1 s\r\x1b[K")) << "it is gone when the answer, or none, is there";
  }
}

TEST_F(LanTest, FindOffersAnSMeterWithAPlaceForItsSerialNumber) {
  const OnLan station("SMeter");
  const std::vector<std::string> command{gateway_binary(), "find", "--no-mdns", station.place(), "--timeout", "0.3"};
  const Finished find = run_to_end(command);
  EXPECT_EQ(find.code, 0) << find.output;
  EXPECT_THAT(find.output, HasSubstr("for 2 s at most"));
  EXPECT_THAT(find.output, HasSubstr("does not tell its serial number"));
  EXPECT_THAT(find.output, HasSubstr("model = \"SMeter\"\nserial = \"...\"   # the number on its label"));
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

// `find` with an avahi-browse that a test has written.
class FindByAnnouncement : public LanTest {
 protected:
  Finished find(const std::string& script) {
    const auto tool = dir.write("avahi-browse", "#!/bin/sh\n" + script);
    std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
    return run_to_end({"env", "PATH=" + tool.parent_path().string() + ":/usr/bin:/bin", gateway_binary(), "find",
                       "--timeout", "0.3"});
  }
};

TEST_F(FindByAnnouncement, WhatIsAnnouncedIsPrintedWithoutControlCharactersAndNotRun) {
  const Finished found = find(
      "echo '=;lo;IPv4;Bluetti\\027[31m;_bluetti._tcp;local;a.local;127.0.0.1;80;'\n"
      "echo '=;lo;IPv4;Bluetti;_bluetti._tcp;local;a.local;$(touch " +
      (dir.path() / "touched").string() + ");80;'\n");
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.output, HasSubstr("127.0.0.1:502 (Bluetti[31m)"));
  EXPECT_EQ(found.output.find('\x1b'), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(dir.path() / "touched"));
}

TEST_F(FindByAnnouncement, AToolThatDoesNotEndIsEndedAndWhatItToldCounts) {
  const auto begin = std::chrono::steady_clock::now();
  const Finished found = find("echo '=;lo;IPv4;Bluetti;_bluetti._tcp;local;a.local;127.0.0.1;80;'\nexec sleep 600\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 25s);
  EXPECT_THAT(found.output, HasSubstr("not at its end after 5 seconds"));
  EXPECT_THAT(found.output, HasSubstr("127.0.0.1:502 (Bluetti)"));
}

TEST_F(FindByAnnouncement, AToolThatPrintsWithoutEndIsEnded) {
  EXPECT_THAT(find("exec yes '=;lo;IPv4;Printer;_http._tcp;local;a.local;127.0.0.1;80;'\n").output,
              HasSubstr("after too much"));
}

TEST_F(FindByAnnouncement, AToolThatFailsOrIsNotThereIsTold) {
  EXPECT_THAT(find("exit 1\n").output, HasSubstr("is avahi-daemon running?"));
  EXPECT_THAT(run_to_end({"env", "PATH=/nowhere", gateway_binary(), "find"}).output, HasSubstr("is not installed"));
}

}  // namespace
}  // namespace bluetti::test
