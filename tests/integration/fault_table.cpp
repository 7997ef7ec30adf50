// SPDX-License-Identifier: MIT
#include "tests/integration/fault_table.h"

#include <iostream>
#include <thread>

namespace bluetti::test {
namespace {

constexpr std::chrono::seconds kBusyMachine{3};

}  // namespace

void FaultTable::run_row() {
  const Fault& fault = GetParam();
  start_and_wait();
  if (HasFatalFailure()) return;
  const long memory_before = memory();
  const std::size_t offline_before = count("bluetti/probe/availability", "offline");  // it may have been at the start
  const std::size_t connections_before = cloud_line.counts().connections;

  fault.inject(*this);
  const std::size_t requests_before = station.requests();
  std::this_thread::sleep_for(fault.lasts);
  const std::size_t requests = station.requests() - requests_before;
  const std::size_t connections = cloud_line.counts().connections - connections_before;
  const auto lifted = std::chrono::steady_clock::now();
  fault.lift(*this);
  EXPECT_TRUE(news()) << "no news after the fault; " << gateway->output();
  const auto recovery =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - lifted);
  const long growth = memory() - memory_before;

  std::cout << "| " << fault.name << " | " << recovery.count() << " ms | " << requests << " requests | " << connections
            << " connections | " << growth << " kB |\n";
  EXPECT_LE(recovery, fault.recovery + kBusyMachine);
  EXPECT_LE(requests, fault.requests);
  EXPECT_LE(connections, fault.connections);
  EXPECT_TRUE(gateway->says(fault.says)) << gateway->output();
  EXPECT_EQ(count("bluetti/probe/availability", "offline") - offline_before, fault.offline);
  EXPECT_EQ(count(kBridge, "offline"), 0U) << "the bridge itself is well";
  EXPECT_TRUE(false_messages().empty()) << testing::PrintToString(false_messages());
  EXPECT_LE(growth, kMostGrowth);
}

}  // namespace bluetti::test
