// SPDX-License-Identifier: MIT
#include "gateway/mqtt/outgoing_messages.h"

#include <algorithm>
#include <utility>

#include "gateway/mqtt/packet_limit.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Duration kQuick = 100ms;
constexpr Duration kSlow = 1s;
constexpr std::uint64_t kSmallestWindow = 32;
constexpr std::uint64_t kLargestWindow = 65'536;

}  // namespace

void OutgoingMessages::sent(int id, const std::string& topic, std::size_t size, int qos, TimePoint now) {
  const std::uint64_t number = ++count_;
  const bool is_largest = size > std::max({largest_confirmed_, PacketLimit::kLeast, largest_ ? largest_->size : 0});
  if (qos == 0 && !is_largest) return;
  Message message{number, topic, size, now, false};
  if (is_largest) largest_ = message;
  if (qos > 0 && unconfirmed_.empty()) handled_ = number - 1;
  if (qos > 0 && unconfirmed_.emplace(id, std::move(message)).second) unconfirmed_size_ += size;
  overdue_at_ = std::min<TimePoint>(overdue_at_, now + kConfirmedWithin);
}

std::vector<OutgoingMessages::Message> OutgoingMessages::take_overdue(TimePoint now) {
  std::vector<Message> overdue;
  if (now < overdue_at_) return overdue;
  overdue_at_ = TimePoint::max();
  for (auto& [id, message] : unconfirmed_) {
    if (message.is_overdue) continue;
    message.is_overdue = now >= message.sent + kConfirmedWithin;
    if (message.is_overdue) {
      overdue.push_back(message);
    } else {
      overdue_at_ = std::min<TimePoint>(overdue_at_, message.sent + kConfirmedWithin);
    }
  }
  return overdue;
}

std::optional<OutgoingMessages::Message> OutgoingMessages::confirmed(int id, TimePoint now) {
  auto found = unconfirmed_.extract(id);
  if (found.empty()) return std::nullopt;
  Message& message = found.mapped();
  handled_ = std::max(handled_, message.number);
  const Duration took = now - message.sent;
  if (took < kQuick) window_ = std::min(2 * window_, kLargestWindow);
  if (took > kSlow) window_ = std::max(window_ / 2, kSmallestWindow);
  unconfirmed_size_ -= message.size;
  largest_confirmed_ = std::max(largest_confirmed_, message.size);
  if (largest_ && message.number >= largest_->number) largest_.reset();  // brokers read in order
  return std::move(message);
}

}  // namespace bluetti::gateway
