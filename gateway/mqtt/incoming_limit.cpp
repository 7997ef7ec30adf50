// SPDX-License-Identifier: MIT
#include "gateway/mqtt/incoming_limit.h"

#include <string>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::size_t kMostOfTopic = 100;
constexpr std::string_view kOversize = "a message of more than 4 MB came, which is not read";
static_assert(kLargestAllocation == std::size_t{4} << 20, "as the text says");

}  // namespace

IncomingLimit::IncomingLimit(Link link, EventSink sink)
    : link_(link), sink_(std::move(sink)), limit_(link.is_local() ? kLocal : kCloud) {}

bool IncomingLimit::admits(std::string_view topic, std::size_t payload_size) {
  if (payload_size <= limit_) return true;
  const std::uint64_t count = ++count_;
  const TimePoint now = std::chrono::steady_clock::now();
  if (now < say_at_) return false;
  say_at_ = now + kApart;
  sink_(MessageTooLarge{link_, std::string(topic.substr(0, kMostOfTopic)), payload_size, count});
  return false;
}

std::string_view IncomingLimit::why_ended() {
  const std::uint64_t refused = refused_allocations();
  if (std::exchange(refused_, refused) == refused) return {};
  lost();
  return kOversize;
}

}  // namespace bluetti::gateway
