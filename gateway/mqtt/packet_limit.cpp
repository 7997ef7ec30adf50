// SPDX-License-Identifier: MIT
#include "gateway/mqtt/packet_limit.h"

namespace bluetti::gateway {

bool PacketLimit::admits(std::size_t size, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (refused_ && now >= forget_at_) refused_.reset();
  return !refused_ || size < *refused_;
}

// Of a broker that is known to have a limit, one end is enough: there may be many sizes above it.
bool PacketLimit::suspect(const std::string& topic, std::size_t size, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (!refused_ && suspect_ != topic) {
    suspect_ = topic;
    return false;
  }
  suspect_.clear();
  refused_ = size;
  forget_at_ = now + kForgetAfter;
  return true;
}

}  // namespace bluetti::gateway
