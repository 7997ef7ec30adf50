// SPDX-License-Identifier: MIT
// Looks at the gateway every few seconds and notes when its parts last moved: nothing on the way of a value knows of
// it. A time is late by one interval at most. The loop's thread only.
#pragma once

#include "gateway/observe/health.h"

namespace bluetti::gateway {

class Gateway;

class HealthMonitor {
 public:
  static constexpr std::chrono::seconds kInterval{2};
  static constexpr std::chrono::seconds kLasting{20};  // a connection that does so is one

  explicit HealthMonitor(TimePoint start) : start_(start) { health_.local.since = start; }

  const Health& look(const Gateway& gateway, TimePoint now);
  [[nodiscard]] const Health& health() const { return health_; }

 private:
  static void look_at_steadiness(std::optional<TimePoint> up_since, std::optional<TimePoint>& unsteady_since,
                                 TimePoint now);
  void look_at_local(const Gateway& gateway, TimePoint now);
  void look_at_shared(const Gateway& gateway, TimePoint now);
  void look_at_lan(const Gateway& gateway, TimePoint now);
  void look_at_accounts(const Gateway& gateway, TimePoint now);

  TimePoint start_;
  Health health_;
  std::uint64_t published_ = 0;
  std::vector<std::uint64_t> messages_;  // by account
  std::uint64_t lan_messages_ = 0;
};

}  // namespace bluetti::gateway
