// SPDX-License-Identifier: MIT
#include "gateway/daemon/vitals.h"

#include <algorithm>

namespace bluetti::gateway {

TimePoint Vitals::turn(const Gateway& gateway, TimePoint now) {
  if (now >= look_at_) {
    file_.write(health_to_json(monitor_.look(gateway, now)));
    look_at_ = now + HealthMonitor::kInterval;
  }
  return std::min(manager_.alive(now), look_at_);
}

}  // namespace bluetti::gateway
