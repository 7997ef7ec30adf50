// SPDX-License-Identifier: MIT
// What was handed to the library on one connection and that the broker has yet to confirm or to read. Under the lock of
// its owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class OutgoingMessages {
 public:
  struct Message {
    std::uint64_t number = 0;  // in order
    std::string topic;
    std::size_t size = 0;  // bytes, topic and payload
    TimePoint sent;
    bool is_overdue = false;  // and was taken as such
  };
  static constexpr std::chrono::seconds kConfirmedWithin{30};

  void sent(int id, const std::string& topic, std::size_t size, int qos, TimePoint now);
  // Nothing for a message of QoS 0, which is only written.
  std::optional<Message> confirmed(int id, TimePoint now);
  // What the broker has not confirmed in time, each once.
  std::vector<Message> take_overdue(TimePoint now);

  [[nodiscard]] std::size_t unconfirmed_size() const { return unconfirmed_size_; }  // bytes
  // More is on its way than the broker handles within about a second, as far as its confirmations show.
  [[nodiscard]] bool is_behind() const { return !unconfirmed_.empty() && count_ - handled_ >= window_; }
  // The largest that the broker may not have read yet, if it is larger than all that it has confirmed.
  [[nodiscard]] const std::optional<Message>& largest() const { return largest_; }

 private:
  std::unordered_map<int, Message> unconfirmed_;  // of QoS 1, by id
  std::size_t unconfirmed_size_ = 0;
  TimePoint overdue_at_ = TimePoint::max();  // nothing is before
  std::uint64_t count_ = 0;
  std::uint64_t handled_ = 0;  // messages, at least
  std::uint64_t window_ = 64;  // messages that may be on their way: grows and shrinks with the time that they take
  std::size_t largest_confirmed_ = 0;
  std::optional<Message> largest_;
};

}  // namespace bluetti::gateway
