// SPDX-License-Identifier: MIT
// `scan --lan` and `find`: what a station says it is, and what the network announces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/integration/lan_fixture.h"

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
