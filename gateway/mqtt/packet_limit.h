// SPDX-License-Identifier: MIT
// How large a message may be that a broker of MQTT 3.1.1 takes. It cannot say so: it ends the connection, and the same
// message would end the next one. So the largest message that was on its way when a connection was ended is suspected,
// and withheld from then on if it was so twice in a row. Of brokers of MQTT 5, which say it, nothing is learned here.
// Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class PacketLimit {
 public:
  static constexpr std::chrono::hours kForgetAfter{1};         // then it is tried again
  static constexpr std::chrono::seconds kAtOnce{5};            // a broker ends the connection within
  static constexpr std::size_t kLeast = std::size_t{2} << 10;  // smaller messages are never suspected

  [[nodiscard]] bool admits(std::size_t size, TimePoint now);

  // The broker has ended a connection on which this was the largest message that it had yet to take. True: it is
  // withheld from now on, with all that are as large.
  bool suspect(const std::string& topic, std::size_t size, TimePoint now);

 private:
  std::mutex mutex_;
  std::string suspect_;
  std::optional<std::size_t> refused_;  // bytes: this and more
  TimePoint forget_at_ = TimePoint::max();
};

}  // namespace bluetti::gateway
