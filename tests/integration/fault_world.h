// SPDX-License-Identifier: MIT
// The world in which faults are let loose: both brokers behind lines that can fail, hostile stations, the real binary,
// and a subscriber who remembers everything. The stations are of a model of their own, PROBE, whose topics say what
// their value must be: `bluetti/probe/at_30100` can only be 30100.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/harness.h"
#include "tests/integration/hostile_station.h"
#include "tests/support/fault_proxy.h"

namespace bluetti::test {

using test_support::FaultProxy;

struct FaultSetup {
  std::string cloud_host = "127.0.0.1";
  std::string certificate;      // empty: one that is good for years
  std::string account;          // more keys of the account
  bool second_account = false;  // another station, `spare`, on a connection of its own
  bool meddling = false;        // with names, clocks and files: meddling.cpp
  int crowd = 0;                // so many stations more, `crowd_1` and on, which are asked every 20 s
};

class FaultWorld : public testing::Test {
 public:
  static constexpr const char* kProbe = "PUB/PROBE/1";  // where the station publishes
  static constexpr const char* kBridge = "bluetti/bridge/availability";

  void start_gateway(const FaultSetup& setup = {});
  [[nodiscard]] std::vector<std::string> gateway_command(const FaultSetup& setup = {});
  // Starts it and waits until every value is there.
  void start_and_wait(const FaultSetup& setup = {});

  [[nodiscard]] int published_pulse(const std::string& station = "probe") const;  // the last; 0: none
  // Something has been published that was sent only now.
  [[nodiscard]] bool news(const std::string& station = "probe", std::chrono::milliseconds patience = kPatience) const;
  [[nodiscard]] std::size_t count(const std::string& topic, const std::string& payload) const;
  [[nodiscard]] std::vector<std::string> false_messages() const;
  [[nodiscard]] long memory() const;  // kB of the gateway's own, not of files
  // What is retained on the local broker and does not change with time.
  [[nodiscard]] std::map<std::string, std::string> lasting() const;

  void hang_names(bool hang) const;
  void set_clock(long seconds) const;  // ahead of the true time
  void fail_files(int error) const;    // for whoever makes one; 0: no more

  TempDir dir;
  Broker cloud{Broker::Kind::mutual_tls};
  Broker local{Broker::Kind::plain};
  FaultProxy cloud_line{cloud.port()};
  FaultProxy local_line{local.port()};
  HostileStation station{cloud};
  Subscriber watcher{local, {"#"}};
  std::optional<Process> gateway;

 private:
  void write_schemas() const;
  [[nodiscard]] std::string account(const std::string& id, const std::string& url, const FaultSetup& setup) const;
};

// A number from /proc/PID/status: "RssAnon" (kB), "Threads". 0: not there.
[[nodiscard]] long status_of(pid_t pid, std::string_view name);

// kB: what allocator and library keep for the next time. Sanitizers keep all that is freed.
inline constexpr long kMostGrowth = is_sanitized() ? std::numeric_limits<long>::max() : 4096;

}  // namespace bluetti::test
