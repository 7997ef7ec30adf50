// SPDX-License-Identifier: MIT
#include "gateway/cli/announcements.h"

#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace bluetti::gateway::cli {
namespace {

TEST(Announcements, AreThoseOfBluettiStationsWithThePortOfModbus) {
  const auto found = announced_in(
      "+;eth0;IPv4;Bluetti\\032HEMS;Web Site;local\n"
      "=;eth0;IPv4;Bluetti\\032HEMS;_http._tcp;local;balco.local;192.0.2.20;80;\"path=/\"\n"
      "=;eth0;IPv4;SMETER;_bluetti._tcp;local;meter.local;192.0.2.21;80;\n"
      "=;eth0;IPv4;Printer;_http._tcp;local;printer.local;192.0.2.22;80;\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at.host, "192.0.2.20");
  EXPECT_EQ(found[0].at.port, 502);
  EXPECT_EQ(found[0].name, "Bluetti HEMS");
  EXPECT_EQ(found[1].at.host, "192.0.2.21");
}

TEST(Announcements, OfOneHostCountOnceAndLinkLocalAddressesNotAtAll) {
  const auto found = announced_in(
      "=;eth0;IPv6;Bluetti;_bluetti._tcp;local;a.local;fe80::1;80;\n"
      "=;eth0;IPv4;Bluetti;_bluetti._tcp;local;a.local;192.0.2.20;80;\n"
      "=;wlan0;IPv4;Bluetti;_bluetti._tcp;local;a.local;192.0.2.20;80;\n");
  ASSERT_EQ(found.size(), 1U);
}

TEST(Announcements, GarbageIsNoStation) {
  for (const char* text :
       {"", "=", "=;;;;;;;;;", "bluetti", "=;a;b;bluetti\\", "=;e;I;Bluetti\\9;_bluetti._tcp;l;h;;80;"}) {
    EXPECT_TRUE(announced_in(text).empty()) << text;
  }
}

TEST(Announcements, OfOneNameCountOnceAndItsAddressOfIPv4IsTaken) {
  const auto found = announced_in(
      "=;eth0;IPv6;SMeter1234567890123;_bluetti._tcp;local;a.local;fd00::20;80;\n"
      "=;eth0;IPv4;SMeter1234567890123;_bluetti._tcp;local;a.local;192.0.2.20;80;\n"
      "=;eth0;IPv6;SMeter1234567890124;_bluetti._tcp;local;b.local;fd00::21;80;\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at.host, "192.0.2.20");
  EXPECT_EQ(found[1].at.host, "fd00::21");
}

TEST(Announcements, NamesArePrintableAndAddressesAreAddresses) {
  const auto found = announced_in(
      "=;eth0;IPv4;Bluetti\\027[2J\\\\\\.x\\195\\188\\255\\999;_bluetti._tcp;local;a;192.0.2.1;80;\n"
      "=;eth0;IPv4;Bluetti;_bluetti._tcp;local;b;$(reboot);80;\n"
      "=;eth0;IPv4;Bluetti;_bluetti._tcp;local;c;192.0.2.1:9;80;\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "Bluetti[2J\\.xü");
}

TEST(Announcements, AreNoMoreThanAHomeHas) {
  std::string text;
  for (int host = 0; host < 200; ++host) {
    text +=
        "=;e;IPv4;Bluetti-" + std::to_string(host) + ";_bluetti._tcp;l;h;192.0.2." + std::to_string(host) + ";80;\n";
  }
  EXPECT_EQ(announced_in(text).size(), kMostAnnounced);
}

TEST(Announcements, ANameWithASerialNumberBehindItTellsBoth) {
  const auto& catalog = bluetti::test::built_in_catalog();
  const auto meter = identity_in("SMeter1234567890123", catalog);
  ASSERT_TRUE(meter.has_value());
  EXPECT_EQ(meter->model->name, "SMeter");
  EXPECT_EQ(meter->serial, "1234567890123");
  const auto balco = identity_in("Balco260-2345000000001", catalog);
  ASSERT_TRUE(balco.has_value());
  EXPECT_EQ(balco->model->name, "Balco260");
  EXPECT_EQ(balco->serial, "2345000000001");
  EXPECT_EQ(identity_in("Balco2602345000000001", catalog)->serial, "2345000000001");
  for (const char* name :
       {"", "Bluetti HEMS", "Bluetti HEMS-2", "SMeter", "SMeter12", "1234567890123", "EL100V21234567890123"})
    EXPECT_FALSE(identity_in(name, catalog).has_value()) << name;
}

}  // namespace
}  // namespace bluetti::gateway::cli
