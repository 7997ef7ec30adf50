// SPDX-License-Identifier: MIT
// Topics whose last message the broker did not take. One counts as taken when it was sent again and no complaint has
// come for kTaken. The loop's thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class Undelivered {
 public:
  static constexpr std::chrono::seconds kTaken{10};

  void failed(std::string_view topic);
  void sent(std::string_view topic);    // a message on it was handed over
  void forget(std::string_view topic);  // nothing is to stand there any more
  void on_down();
  void tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const;

  [[nodiscard]] std::size_t count() const { return topics_.size(); }

 private:
  struct Attempt {
    bool is_under_way = false;
    std::optional<TimePoint> since;  // set by tick()
  };
  std::map<std::string, Attempt, std::less<>> topics_;
};

}  // namespace bluetti::gateway
