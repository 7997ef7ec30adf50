// SPDX-License-Identifier: MIT
#include "gateway/observe/latency.h"

#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::LatencyHistogram;

TEST(LatencyHistogram, SaysNothingOfNothing) {
  EXPECT_EQ(LatencyHistogram().percentile(0.99), 0ns);
}

TEST(LatencyHistogram, IsRightToAnEighth) {
  for (const std::chrono::nanoseconds taken : {9ns, 100ns, 4711ns, 250'000ns, 3'000'000'000ns}) {
    LatencyHistogram histogram;
    histogram.add(taken);
    EXPECT_GE(histogram.percentile(0.5), taken);
    EXPECT_LE(histogram.percentile(0.5), taken + taken / 8 + 1ns);
  }
}

TEST(LatencyHistogram, TellsTheMiddleFromTheTail) {
  LatencyHistogram histogram;
  for (int count = 0; count < 98; ++count) histogram.add(10us);
  histogram.add(5ms);
  histogram.add(5ms);
  EXPECT_LT(histogram.percentile(0.5), 12us);
  EXPECT_LT(histogram.percentile(0.98), 12us);
  EXPECT_GT(histogram.percentile(0.99), 4ms);
}

TEST(LatencyHistogram, KeepsWhatIsOutOfRange) {
  LatencyHistogram histogram;
  histogram.add(-5ns);
  histogram.add(1h);
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_GT(histogram.percentile(1.0), 15s);
}

}  // namespace
}  // namespace bluetti::test
