// SPDX-License-Identifier: MIT
#include "gateway/observe/link_troubles.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace bluetti::gateway {
namespace {

constexpr std::size_t kMostSaid = 4096;  // topics; beyond it nothing new is said, and all is counted

// What a person can do about a topic that is refused.
std::string_view remedy(std::string_view link) {
  return link == "local" ? "let the gateway's user read it in the broker's access list"
                         : "the station does not seem to belong to this account, so that nothing of it is heard: "
                           "correct its serial or model, or take it out of the configuration";
}

}  // namespace

bool LinkTroubles::is_new(std::string_view kind, std::string_view link, const std::string& topic) {
  if (said_.size() >= kMostSaid) return false;
  return said_.insert(fmt::format("{} {} {}", kind, link, topic)).second;
}

void LinkTroubles::on(std::string_view link, const SubscriptionRefused& refused) {
  ++counts_.refused_topics;
  const auto level = is_new("topic", link, refused.topic) ? spdlog::level::warn : spdlog::level::debug;
  spdlog::log(level, "[{}] the broker refuses topic {}: {}; {} (logged once)", link, refused.topic, refused.reason,
              remedy(link));
}

void LinkTroubles::on(std::string_view link, const NotDelivered& failed) {
  ++counts_.not_delivered;
  const auto level = is_new("message", link, failed.topic) ? spdlog::level::err : spdlog::level::debug;
  spdlog::log(level, "[{}] the broker does not take {} ({} bytes): {} (logged once, counted from here on)", link,
              failed.topic, failed.size, failed.reason);
}

void LinkTroubles::on(std::string_view link, const MessageTooLarge& message) {
  ++counts_.too_large;
  spdlog::warn("[{}] a message of {} bytes on {} was not taken in: nothing of use is so large ({} so far)", link,
               message.size, message.topic, message.count);
}

void LinkTroubles::dropped(std::uint64_t dropped, TimePoint now) {
  counts_.dropped = dropped;
  if (dropped == dropped_said_ || now < say_dropped_at_) return;
  spdlog::warn(
      "{} messages came faster than they could be handled and were dropped ({} in all): poll less often, or "
      "let fewer stations share this gateway",
      dropped - dropped_said_, dropped);
  dropped_said_ = dropped;
  say_dropped_at_ = now + kApart;
}

}  // namespace bluetti::gateway
