// SPDX-License-Identifier: MIT
#include "gateway/sign_in/log_in_limit.h"

#include <algorithm>

#include "gateway/sign_in/sign_in.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::hours kWindow{1};

}  // namespace

std::vector<WallTime> log_ins_of_last_hour(std::vector<WallTime> log_ins, WallTime now) {
  std::erase_if(log_ins, [now](WallTime time) { return time <= now - kWindow; });
  for (WallTime& time : log_ins) time = std::min(time, now);
  return log_ins;
}

std::optional<WallTime> next_log_in(std::vector<WallTime> log_ins) {
  if (log_ins.size() < kMostLogInsAnHour) return std::nullopt;
  std::ranges::sort(log_ins, std::greater());
  return log_ins[kMostLogInsAnHour - 1] + kWindow;
}

}  // namespace bluetti::gateway
