// SPDX-License-Identifier: MIT
// Tells those who watch over the daemon how it is: the service manager and the health file. The loop's thread only.
#pragma once

#include "gateway/daemon/health_monitor.h"
#include "gateway/observe/health_file.h"
#include "gateway/observe/service_manager.h"

namespace bluetti::gateway {

class Vitals {
 public:
  Vitals(std::filesystem::path health_file, const ServiceManager::Variables& variables, TimePoint start)
      : manager_(variables), monitor_(start), file_(std::move(health_file)) {}

  void ready() { manager_.ready(); }
  void reloading(TimePoint now) { manager_.reloading(now); }
  void stopping() { manager_.stopping(); }

  // At each turn of the loop. Returns when it wants to be called again.
  TimePoint turn(const Gateway& gateway, TimePoint now);
  [[nodiscard]] const Health& health() const { return monitor_.health(); }

 private:
  ServiceManager manager_;
  HealthMonitor monitor_;
  HealthFile file_;
  TimePoint look_at_ = TimePoint::min();
};

}  // namespace bluetti::gateway
