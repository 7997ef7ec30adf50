// SPDX-License-Identifier: MIT
// What the bridge hears from the local broker.
#include <algorithm>

#include "gateway/local/bridge.h"
#include "gateway/local/local_connection.h"

namespace bluetti::gateway {

void Bridge::subscribe() {
  if (config_->shard.is_one_of_several()) {
    outlet_.subscribe(config_->local.base + "/bridge/+/members", 1);
    outlet_.subscribe(config_->local.base + "/bridge/+/availability", 1);
  }
  outlet_.subscribe(config_->local.base + "/+/availability", 0);
  if (config_->discovery.enabled) outlet_.subscribe(config_->discovery.birth_topic, 0);
  outlet_.subscribe(bridge_.restart_topic(), 1);
  outlet_.subscribe(bridge_.log_level_topic(), 1);
  outlet_.subscribe(config_->local.base + "/+/boost", 1);
  if (takes_requests()) outlet_.subscribe(bridge_.request_topic(), 1);
  if (!config_->control.enabled) return;
  for (const char* path : {"/+/+/set", "/+/+/+/set", "/+/+/+/+/set", "/+/control/undo"}) {
    outlet_.subscribe(config_->local.base + path, 1);
  }
}

std::optional<Wish> Bridge::on_message(std::string_view topic, std::string_view payload, bool retained, TimePoint now) {
  if (const auto expected = own_availability(topic)) {
    watch_.heard(topic, payload == *expected, now);
    return std::nullopt;
  }
  if (const auto wish = station_wish(topic, payload, retained)) return wish;
  // A retained birth message is old, and the connection that brought it has just been sent everything. A retained wish
  // would be carried out again at each start.
  if (retained) return std::nullopt;
  if (topic == config_->discovery.birth_topic && payload == config_->discovery.birth_payload) {
    const auto wait = std::chrono::milliseconds(std::uniform_int_distribution<int>(1000, 5000)(random_));
    birth_at_ = std::min(birth_at_, now + wait);
  }
  if (topic == bridge_.restart_topic()) return RestartWish{};
  if (topic == bridge_.log_level_topic()) return LogLevelWish{payload};
  if (topic == bridge_.request_topic() && takes_requests()) return ReadWish{payload};
  return std::nullopt;
}

// <base>/<station>/boost, <base>/<station>/<path>/set and <base>/<station>/control/undo.
std::optional<Wish> Bridge::station_wish(std::string_view topic, std::string_view payload, bool retained) const {
  const std::string& base = config_->local.base;
  if (!topic.starts_with(base) || topic.size() <= base.size() || topic[base.size()] != '/') return std::nullopt;
  topic.remove_prefix(base.size() + 1);
  const std::size_t slash = topic.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view station = topic.substr(0, slash);
  std::string_view path = topic.substr(slash + 1);
  if (station == "bridge") return std::nullopt;
  if (path == "boost") return retained ? std::nullopt : std::optional<Wish>(BoostWish{station, payload});
  constexpr std::string_view kSet = "/set";
  if (!config_->control.enabled) return std::nullopt;
  if (path == "control/undo") return retained ? std::nullopt : std::optional<Wish>(UndoWish{station});
  if (!path.ends_with(kSet)) return std::nullopt;
  path.remove_suffix(kSet.size());
  return SetWish{station, path, payload, retained};
}

std::optional<std::string_view> Bridge::own_availability(std::string_view topic) {
  constexpr std::string_view kEnd = "/availability";
  const std::string& base = config_->local.base;
  if (!topic.ends_with(kEnd) || !topic.starts_with(base)) return std::nullopt;
  if (topic == bridge_availability_topic(config_->local)) return kOnline;
  if (topic.size() <= base.size() + kEnd.size() + 1) return std::nullopt;
  const std::string_view id = topic.substr(base.size() + 1, topic.size() - base.size() - kEnd.size() - 1);
  for (std::size_t tried = 0; tried < publications_.size(); ++tried, ++looked_up_) {
    looked_up_ %= publications_.size();
    const Publication& publication = *publications_[looked_up_];
    if (publication.name().id != id) continue;
    const bool online = publication.station().online();
    // Of one that another gateway has asked until now, that one's word stands until it has answered us.
    const bool is_taken_over = config_->shard.is_one_of_several() && !online;
    if (!publication.is_ours || publication.values_pending || is_taken_over) return std::nullopt;
    return online ? kOnline : kOffline;
  }
  return std::nullopt;
}

// Of answers to requests, whoever asked learns by their absence; they are not sent again.
void Bridge::on_not_delivered(std::string_view topic, TimePoint now) {
  if (topic.starts_with(bridge_.response_topic({}))) return;
  outlet_.on_not_delivered(topic);
  documents_.cut(publications_, topic, now);
}

void Bridge::correct_availability(TimePoint now) {
  for (const std::string& topic : watch_.take_due(now)) {
    if (const auto expected = own_availability(topic)) send(topic, *expected);
  }
}

}  // namespace bluetti::gateway
