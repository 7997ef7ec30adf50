// SPDX-License-Identifier: MIT
// What the bridge hears from the local broker.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/local/bridge.h"
#include "gateway/local/local_connection.h"

namespace bluetti::gateway {

// In a cluster a subscription of QoS 1 may be a consumer of its own, with replicas: it cannot be made while the cluster
// has no leader, and what it delivers waits for one. The session ends with the connection, so that little is lost by 0.
void Bridge::subscribe() {
  const bool shares = config_->shard.is_one_of_several();
  const int qos = shares ? 0 : 1;
  if (shares) {
    outlet_.subscribe(config_->local.base + "/bridge/+/members", qos);
    outlet_.subscribe(config_->local.base + "/bridge/+/availability", qos);
  }
  outlet_.subscribe(config_->local.base + "/+/availability", 0);
  if (config_->discovery.enabled) outlet_.subscribe(config_->discovery.birth_topic, 0);
  outlet_.subscribe(bridge_.restart_topic(), qos);
  outlet_.subscribe(bridge_.log_level_topic(), qos);
  outlet_.subscribe(config_->local.base + "/+/boost", qos);
  if (takes_requests()) outlet_.subscribe(bridge_.request_topic(), qos);
  if (!config_->control.enabled) return;
  // One that is published with the retain flag would be carried out again at each start: it is refused even now.
  for (const char* path : {"/+/+/set", "/+/+/+/set", "/+/+/+/+/set"}) {
    outlet_.subscribe(config_->local.base + path, qos, RetainFlag::as_published);
  }
  outlet_.subscribe(config_->local.base + "/+/control/undo", qos);
}

std::optional<Wish> Bridge::on_message(const MessageArrived& message, TimePoint now) {
  const std::string_view topic = message.topic;
  const std::string_view payload = message.payload;
  if (message.retained && departed_.has(topic)) on_document_of_departed(topic, payload);
  if (message.retained && leftovers_.is_looking()) on_held_by_broker(message, now);
  if (const auto expected = own_availability(topic)) {
    if (topic == bridge_availability_topic(config_->local)) echo_.heard();
    watch_.heard(topic, payload == *expected, now);
    return std::nullopt;
  }
  if (const auto wish = station_wish(message)) return wish;
  // A retained birth message is old, and the connection that brought it has just been sent everything. A retained wish
  // would be carried out again at each start.
  if (message.retained) return std::nullopt;
  if (topic == config_->discovery.birth_topic && payload == config_->discovery.birth_payload) {
    const auto wait = std::chrono::milliseconds(std::uniform_int_distribution<int>(300, 1500)(random_));
    birth_at_ = std::min(birth_at_, now + wait);
    remind_of_departed(now);
  }
  if (topic == bridge_.restart_topic()) return RestartWish{};
  if (topic == bridge_.log_level_topic()) return LogLevelWish{payload};
  if (topic == bridge_.request_topic() && takes_requests()) return ReadWish{payload};
  return std::nullopt;
}

// <base>/<station>/boost, <base>/<station>/<path>/set and <base>/<station>/control/undo.
std::optional<Wish> Bridge::station_wish(const MessageArrived& message) const {
  std::string_view topic = message.topic;
  const std::string& base = config_->local.base;
  if (!topic.starts_with(base) || topic.size() <= base.size() || topic[base.size()] != '/') return std::nullopt;
  topic.remove_prefix(base.size() + 1);
  const std::size_t slash = topic.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view station = topic.substr(0, slash);
  std::string_view path = topic.substr(slash + 1);
  if (station == "bridge") return std::nullopt;
  if (path == "boost")
    return message.retained ? std::nullopt : std::optional<Wish>(BoostWish{station, message.payload});
  constexpr std::string_view kSet = "/set";
  if (!config_->control.enabled) return std::nullopt;
  if (path == "control/undo") {
    return message.retained ? std::nullopt : std::optional<Wish>(UndoWish{station, message.reply_to});
  }
  if (!path.ends_with(kSet)) return std::nullopt;
  path.remove_suffix(kSet.size());
  return SetWish{station, path, message.payload, message.retained, message.reply_to};
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
  if (may_reply_on(topic)) return;
  outlet_.on_not_delivered(topic);
  documents_.cut(publications_, topic, now);
}

// Who answers where values or documents are would be taken for the station, or for what Home Assistant discovers.
bool Bridge::may_reply_on(std::string_view topic) const {
  if (topic.empty() || topic.starts_with('$') || topic.find_first_of("+#") != std::string_view::npos) return false;
  if (topic.starts_with(bridge_.response_topic({}))) return true;
  return !topic.starts_with(config_->local.base + "/") && !topic.starts_with(config_->discovery.prefix + "/");
}

void Bridge::reply(const ReplyTo& reply_to, std::string_view answer) {
  if (reply_to.topic.empty()) return;
  if (!may_reply_on(reply_to.topic)) {
    spdlog::warn("[local] no answer on '{}': it is a topic of our own, or none; use {}", reply_to.topic,
                 bridge_.response_topic("<name>"));
    return;
  }
  outlet_.publish(reply_to.topic, answer, {.qos = 1, .correlation = reply_to.correlation});
}

void Bridge::on_subscription_refused(std::string_view topic) {
  if (topic.ends_with("/+/availability")) echo_.give_up();
}

void Bridge::look_for_echo(TimePoint now) {
  if (!echo_.tick(now)) return;
  spdlog::error(
      "[local] what was published on {} has not come back for {} s: the broker seems to drop what this user publishes; "
      "let it read and write below {} in the access list (with `protocol = \"5\"` in [local] the broker names what it "
      "refuses)",
      bridge_availability_topic(config_->local), Echo::kWithin.count(), config_->local.base);
}

void Bridge::look_for_leftovers(TimePoint now) {
  const bool is_wanted = config_->discovery.clear_leftovers && config_->discovery.enabled;
  if (!is_wanted || std::exchange(has_looked_, true) || publications_.size() > Leftovers::kMostStations) return;
  Leftovers::Present present{.prefix = config_->discovery.prefix,
                             .base = config_->local.base,
                             .bridge_availability = bridge_availability_topic(config_->local),
                             .bridge_document = documents_.bridge_topic(),
                             .serials = {},
                             .ids = {}};
  for (const Publication* publication : publications_) {
    present.serials.insert(publication->name().serial);
    present.ids.insert(publication->name().id);
  }
  for (const std::string& topic : leftovers_.begin(std::move(present), now)) outlet_.subscribe(topic, 0);
}

void Bridge::on_held_by_broker(const MessageArrived& message, TimePoint now) {
  Leftovers::Found found = leftovers_.on_message(
      message.topic, message.payload, [this](std::string_view topic) { return memory_.has_document(topic); }, now);
  if (!found.gone.empty()) {
    spdlog::info("[local] the broker still holds the station {}, which is not configured any more: cleared",
                 found.gone);
  }
  for (const std::string& topic : found.subscribe) outlet_.subscribe(topic, 0);
  outlet_.clear(std::move(found.clear));
  if (found.announced.topic.empty()) return;
  if (found.serial.empty()) {
    const auto components = std::make_shared<const std::vector<std::string>>(std::move(found.announced.components));
    return departed_.add(found.announced.topic, components);
  }
  memory_.adopt(found.serial, std::move(found.announced));
  for (Publication* publication : publications_) {
    if (publication->name().serial != found.serial) continue;
    publication->documents.content = 0;
    documents_.change(*publication);
  }
}

void Bridge::stop_looking(TimePoint now) {
  if (now < leftovers_.over_at()) return;
  for (const std::string& topic : leftovers_.end()) outlet_.unsubscribe(topic);
}

// Another gateway has the device now, if the document does not name this one.
void Bridge::on_document_of_departed(std::string_view topic, std::string_view payload) {
  const std::string own = '"' + bridge_availability_topic(config_->local) + '"';
  if (!payload.empty() && payload.find(own) == std::string_view::npos) departed_.keep(topic);
}

void Bridge::remind_of_departed(TimePoint now) {
  for (const std::string& topic : departed_.topics()) outlet_.subscribe(topic, 0);
  departed_.remind(now);
}

void Bridge::bury_departed(TimePoint now) {
  departed_.tick(now);
  for (const discovery::Announced& gone : departed_.take_announced(now)) {
    outlet_.unsubscribe(gone.topic);
    outlet_.publish(gone.topic, discovery::reminder(gone), {.qos = 1});
  }
  outlet_.clear(departed_.take_buried(now));
}

void Bridge::correct_availability(TimePoint now) {
  for (const std::string& topic : watch_.take_due(now)) {
    if (const auto expected = own_availability(topic)) send(topic, *expected);
  }
}

}  // namespace bluetti::gateway
