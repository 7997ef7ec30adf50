// SPDX-License-Identifier: MIT
#include "gateway/cli/announcements.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace bluetti::gateway::cli
