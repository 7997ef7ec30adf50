// SPDX-License-Identifier: MIT
// Tells systemd how the service is, by the datagrams that sd_notify(3) describes. Does nothing where no service manager
// has asked for it. Errors are ignored: there is nobody else to tell. The loop's thread only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class ServiceManager {
 public:
  // As systemd sets them: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID.
  using Variables = std::function<std::optional<std::string>(std::string_view name)>;
  explicit ServiceManager(const Variables& variables);
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager();

  void ready();
  void reloading(TimePoint now);  // until ready() is called again
  void stopping();

  // Says that the loop turns, twice in the time that the watchdog allows. Returns when it wants to be called again.
  TimePoint alive(TimePoint now);

 private:
  void send(std::string_view message) const;

  std::string address_;
  int socket_ = -1;
  Duration interval_ = Duration::max();  // no watchdog
  TimePoint due_ = TimePoint::min();
};

}  // namespace bluetti::gateway
