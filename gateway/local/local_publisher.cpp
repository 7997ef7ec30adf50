// SPDX-License-Identifier: MIT
#include "gateway/local/local_publisher.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/local/known_values.h"
#include "gateway/local/local_connection.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRetry = 1s;
constexpr Duration kLongestRetry = 30s;
constexpr Duration kFullBuffer = 100ms;  // until the library is tried again
constexpr std::size_t kAtOnce = 400;     // values that are told before other work has its turn: about a millisecond
constexpr std::size_t kOfDocument = 2;   // what an entity in a document counts among them

// Every topic of a station that may hold a retained message, without its root.
std::vector<std::string> paths_of(const Station& station) {
  std::vector<std::string> paths{"availability", "state"};
  for (const BlockState& block : station.blocks()) {
    for (const schemas::Slot& slot : block.decoder->slots()) {
      if (!slot.field->secret) paths.push_back(slot.path);
    }
  }
  return paths;
}

std::size_t values_of(const Station& station) {
  std::size_t values = 1;
  for (const BlockState& block : station.blocks()) values += block.decoder->slots().size();
  return values;
}

}  // namespace

LocalPublisher::LocalPublisher(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client,
                               const std::vector<Station>& stations, Memory memory, std::uint64_t seed)
    : config_(std::move(config)),
      client_(std::move(client)),
      stations_(stations),
      memory_(*memory.stations),
      documents_(*config_, std::move(memory.installation), memory_),
      bridge_(bridge_root(config_->local)),
      filter_(config_->publish),
      backoff_(kFirstRetry, kLongestRetry, seed),
      random_(static_cast<std::minstd_rand::result_type>(seed)),
      owed_(stations.size()),
      ours_(stations.size(), !config_->shard.is_one_of_several()) {}

std::string LocalPublisher::station_topic(std::size_t station, std::string_view path) const {
  return config_->local.base + "/" + stations_[station].config().id + "/" + std::string(path);
}

void LocalPublisher::station_changed(std::size_t station, TimePoint now) {
  filter_.forget();
  if (!connected_) return;
  clear_what_is_gone();
  documents_.forget(station);
  owe(station, {.documents = true, .values = true});
  settle(now);
}

void LocalPublisher::stations_changed(std::shared_ptr<const Config> config, TimePoint now) {
  config_ = std::move(config);
  documents_.reset(*config_);
  filter_ = ValueFilter(config_->publish);
  owed_.assign(stations_.size(), {});
  ours_.assign(stations_.size(), !config_->shard.is_one_of_several());
  owing_ = 0;
  if (!connected_) return;
  subscribe_to_requests();
  clear_what_is_gone();
  owe_everything(true, now);
  settle(now);
}

void LocalPublisher::reconnect(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client) {
  stop();
  config_ = std::move(config);
  client_ = std::move(client);
  bridge_ = BridgeTopics(bridge_root(config_->local));
  backoff_.reset();
  connect_at_ = TimePoint::min();
  refresh_at_ = birth_at_ = settle_at_ = TimePoint::max();
}

// Also what an earlier run or an earlier configuration has left.
void LocalPublisher::clear_what_is_gone() {
  std::set<std::string, std::less<>> serials;
  for (const Station& station : stations_) {
    const StationConfig& config = station.config();
    serials.insert(config.serial);
    for (const std::string& topic : memory_.move_to(config.serial, config_->local.base, config.id, paths_of(station))) {
      send(topic, "");
    }
  }
  for (const std::string& topic : memory_.take_strangers(serials)) send(topic, "");
}

void LocalPublisher::on_connected(TimePoint now) {
  connected_ = true;
  backoff_.reset();
  if (config_->shard.is_one_of_several()) {
    client_->subscribe(config_->local.base + "/bridge/+/members", 1);
    client_->subscribe(config_->local.base + "/bridge/+/availability", 1);
  }
  if (config_->discovery.enabled) client_->subscribe(config_->discovery.birth_topic, 0);
  client_->subscribe(bridge_.restart_topic(), 1);
  client_->subscribe(bridge_.log_level_topic(), 1);
  subscribe_to_requests();
  clear_what_is_gone();
  owe_everything(true, now);
  settle(now);
}

void LocalPublisher::subscribe_to_requests() {
  if (config_->local.requests) client_->subscribe(bridge_.request_topic(), 1);
}

Duration LocalPublisher::on_down(bool refused, TimePoint now) {
  if (std::exchange(connected_, false)) client_->disconnect();
  refresh_at_ = birth_at_ = settle_at_ = TimePoint::max();
  const Duration wait = backoff_.next(refused);
  connect_at_ = now + wait;
  return wait;
}

std::optional<BridgeCommand> LocalPublisher::on_message(std::string_view topic, std::string_view payload, bool retained,
                                                        TimePoint now) {
  // A retained birth message is old, and the connection that brought it has just been told everything. A retained
  // command would be carried out anew at each start.
  if (retained) return std::nullopt;
  if (topic == config_->discovery.birth_topic && payload == config_->discovery.birth_payload) {
    const auto wait = std::chrono::milliseconds(std::uniform_int_distribution<int>(1000, 5000)(random_));
    birth_at_ = std::min(birth_at_, now + wait);
  }
  BridgeCommand command;
  if (topic == bridge_.restart_topic()) {
    command.restart = true;
  } else if (topic == bridge_.log_level_topic()) {
    command.log_level = payload;
  } else if (topic == bridge_.request_topic() && config_->local.requests) {
    command.read_request = payload.empty() ? "{}" : payload;
  } else {
    return std::nullopt;
  }
  return command;
}

void LocalPublisher::tick(TimePoint now) {
  if (now >= connect_at_) {
    connect_at_ = TimePoint::max();
    client_->connect();
  }
  if (!connected_) return;
  if (now >= birth_at_) {
    birth_at_ = TimePoint::max();
    owe_everything(true, now);
  } else if (now >= refresh_at_) {
    owe_everything(false, now);
  }
  for (const std::size_t station : documents_.take_due(now)) owe(station, {.documents = true, .values = false});
  if (now >= settle_at_ || (owing_ > 0 && settle_at_ == TimePoint::max())) settle(now);
  publish_held(now);
  flush();
}

TimePoint LocalPublisher::next_action() const {
  if (!connected_) return connect_at_;
  const TimePoint settle = owing_ > 0 && settle_at_ == TimePoint::max() ? TimePoint::min() : settle_at_;
  return std::min({refresh_at_, birth_at_, settle, documents_.next(), filter_.next()});
}

void LocalPublisher::stop() {
  if (!connected_) return;
  if (config_->shard.is_one_of_several()) publish_members("");
  send(bridge_availability_topic(config_->local), kOffline);
  client_->disconnect();
  connected_ = false;
}

void LocalPublisher::owe_everything(bool documents, TimePoint now) {
  send(bridge_availability_topic(config_->local), kOnline);
  bridge_.forget();
  if (documents) documents_.forget_all();
  publish_bridge(std::move(bridge_status_));
  for (std::size_t station = 0; station < stations_.size(); ++station) {
    owe(station, {.documents = documents, .values = true});
  }
  refresh_at_ = config_->local.heartbeat > 0s ? now + config_->local.heartbeat : TimePoint::max();
}

void LocalPublisher::owe(std::size_t station, Owed what) {
  if (!ours_[station]) return;
  Owed& owed = owed_[station];
  if (!owed.anything() && what.anything()) ++owing_;
  owed.documents = owed.documents || what.documents;
  owed.values = owed.values || what.values;
}

void LocalPublisher::settle(TimePoint now) {
  settle_at_ = TimePoint::max();
  for (std::size_t told = 0; owing_ > 0 && told < kAtOnce; cursor_ = (cursor_ + 1) % owed_.size()) {
    if (!owed_[cursor_].anything()) continue;
    if (!settle_station(cursor_, now)) {
      settle_at_ = now + kFullBuffer;
      return;
    }
    told += values_of(stations_[cursor_]) * (owed_[cursor_].documents ? 1 + kOfDocument : 1);
    owed_[cursor_] = {};
    --owing_;
  }
}

// Discovery first, so that Home Assistant knows the topics when their values come.
bool LocalPublisher::settle_station(std::size_t station, TimePoint now) {
  const auto sender = [this](const std::string& topic, std::string_view payload) { return send(topic, payload); };
  if (owed_[station].documents && !documents_.tell(station, stations_[station], now, sender)) return false;
  if (!owed_[station].values) return true;
  if (!send(station_topic(station, "availability"), stations_[station].online() ? kOnline : kOffline)) return false;
  if (!publish_values(station, now)) return false;
  publish_json(station);
  return true;
}

bool LocalPublisher::publish_values(std::size_t station, TimePoint now) {
  const auto blocks = stations_[station].blocks();
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    const auto& values = blocks[block].current.values;
    for (std::size_t slot = 0; slot < values.size(); ++slot) {
      if (values[slot].kind == schemas::ValueKind::missing) continue;
      if (!publish_slot(station, block, slot)) return false;
      filter_.told(ValueFilter::place(station, block, slot), blocks[block].decoder->slots()[slot], values[slot], now);
    }
  }
  return true;
}

void LocalPublisher::publish_update(std::size_t station, const Update& update, TimePoint now) {
  if (!connected_ || owed_[station].values) return;  // what is owed holds it
  const BlockState& block = stations_[station].blocks()[update.block];
  for (const std::uint32_t slot : update.slots) {
    const auto place = ValueFilter::place(station, update.block, slot);
    if (!filter_.passes(place, block.decoder->slots()[slot], block.current.values[slot], now)) continue;
    if (publish_slot(station, update.block, slot)) continue;
    owe(station, {.documents = false, .values = true});
    settle_at_ = now + kFullBuffer;
    return;
  }
}

void LocalPublisher::publish_held(TimePoint now) {
  for (const ValueFilter::Place& place : filter_.take_due(now)) {
    const auto slot = static_cast<std::uint32_t>(place.slot);
    publish_update(place.station, {place.block, std::span(&slot, 1)}, now);
  }
}

bool LocalPublisher::publish_slot(std::size_t station, std::size_t block, std::size_t slot) {
  const BlockState& state = stations_[station].blocks()[block];
  const schemas::Slot& about = state.decoder->slots()[slot];
  if (about.field->secret) return true;
  topic_.assign(config_->local.base).append("/").append(stations_[station].config().id).append("/").append(about.path);
  std::array<char, schemas::kMaxFormatted> buffer{};
  return send_state(topic_, schemas::format(*about.field, state.current, state.current.values[slot], buffer));
}

void LocalPublisher::publish_availability(std::size_t station) {
  if (owed_[station].values) return;
  if (!send(station_topic(station, "availability"), stations_[station].online() ? kOnline : kOffline)) {
    owe(station, {.documents = false, .values = true});
  }
}

void LocalPublisher::publish_json(std::size_t station) {
  if (!config_->local.json_state || !connected_) return;
  json_ = "{";
  for (const BlockState& block : stations_[station].blocks()) {
    for (std::size_t index = 0; index < block.current.values.size(); ++index) {
      const schemas::Slot& slot = block.decoder->slots()[index];
      if (slot.field->secret || !is_known(block, index) || is_beyond_count(block, slot)) continue;
      json_ += json_.size() > 1 ? ",\"" : "\"";
      json_ += slot.id;
      json_ += "\":";
      schemas::append_json(*slot.field, block.current, block.current.values[index], json_);
    }
  }
  json_ += '}';
  send_state(station_topic(station, "state"), json_);
}

// Of one that is new here, its answers tell the values and that it is there, soon; until then what the former owner has
// told stands.
void LocalPublisher::share(std::size_t station, bool ours) {
  ours_[station] = ours;
  if (ours) return owe(station, {.documents = true, .values = stations_[station].online()});
  if (owed_[station].anything()) --owing_;
  owed_[station] = {};
}

void LocalPublisher::publish_members(const std::string& members) {
  send(bridge_root(config_->local) + "/members", members);
}

void LocalPublisher::shape_changed(std::size_t station) {
  documents_.change(station);
}

void LocalPublisher::publish_bridge(BridgeStatus status) {
  bridge_status_ = std::move(status);
  if (!connected_ || bridge_status_.log_level.empty()) return;
  documents_.tell_bridge(bridge_status_,
                         [this](const std::string& topic, std::string_view payload) { return send(topic, payload); });
  bridge_.tell(bridge_status_,
               [this](const std::string& topic, std::string_view payload) { return send_state(topic, payload); });
}

// Not retained: it is for the one who asked.
void LocalPublisher::answer_request(const std::string& id, std::string_view answer) {
  if (connected_) client_->publish(bridge_.response_topic(id), answer, {.qos = 1});
}

bool LocalPublisher::send(const std::string& topic, std::string_view payload) {
  return publish(topic, payload, {.qos = 1, .retained = true});
}

bool LocalPublisher::send_state(const std::string& topic, std::string_view payload) {
  return publish(topic, payload, {.retained = true, .expiry = config_->local.message_expiry});
}

bool LocalPublisher::publish(const std::string& topic, std::string_view payload, const Delivery& delivery) {
  if (!connected_) return true;  // all of it is told when the connection is there
  if (!client_->publish(topic, payload, delivery)) return false;
  ++published_;
  return true;
}

}  // namespace bluetti::gateway
