// SPDX-License-Identifier: MIT
#include "gateway/local/local_publisher.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOnline = "online";
constexpr std::string_view kOffline = "offline";
constexpr Duration kFirstRetry = 1s;
constexpr Duration kLongestRetry = 30s;

std::string bridge_topic(const LocalConfig& local) {
  return local.base + "/bridge/availability";
}

// Topics of a block's slots; secrets have none.
std::vector<std::string> slot_topics(const std::string& root, const schemas::Decoder& decoder) {
  std::vector<std::string> topics;
  topics.reserve(decoder.slots().size());
  for (const schemas::Slot& slot : decoder.slots()) {
    topics.push_back(slot.field->secret ? std::string() : root + "/" + slot.path);
  }
  return topics;
}

// The station has this value, or is thought to have it as long as it was not asked.
bool is_known(const BlockState& block, std::size_t slot) {
  if (block.refused) return false;
  if (block.current.values[slot].kind == schemas::ValueKind::missing) {
    const schemas::Slot& about = block.decoder.slots()[slot];
    return !block.answered && about.item == 0;
  }
  return true;
}

// Items beyond a group's count are absent for good; items within it may be absent for now.
bool is_beyond_count(const BlockState& block, const schemas::Slot& slot) {
  if (slot.group == nullptr || slot.item == 0) return false;
  const auto& groups = block.decoder.block().groups;
  const auto index =
      static_cast<std::size_t>(std::ranges::find(groups, slot.group->name, &schemas::Group::name) - groups.begin());
  return index < block.current.group_counts.size() && slot.item > block.current.group_counts[index];
}

}  // namespace

LastWill LocalPublisher::last_will(const LocalConfig& local) {
  return {bridge_topic(local), std::string(kOffline)};
}

LocalPublisher::LocalPublisher(const LocalConfig& local, const DiscoveryConfig& discovery,
                               std::unique_ptr<MqttClient> client, const std::vector<Station>& stations,
                               std::uint64_t seed)
    : local_(local),
      discovery_(discovery),
      client_(std::move(client)),
      stations_(stations),
      bridge_availability_(bridge_topic(local)),
      backoff_(kFirstRetry, kLongestRetry, seed),
      random_(static_cast<std::minstd_rand::result_type>(seed)) {
  for (const Station& station : stations) topics_.push_back(topics_of(station));
}

LocalPublisher::StationTopics LocalPublisher::topics_of(const Station& station) const {
  const std::string root = local_.base + "/" + station.config().id;
  StationTopics topics{.availability = root + "/availability", .state = root + "/state"};
  topics.discovery = discovery::topic(discovery_.prefix, station.config().serial);
  for (const BlockState& block : station.blocks()) topics.values.push_back(slot_topics(root, block.decoder));
  return topics;
}

std::set<std::string> LocalPublisher::StationTopics::all() const {
  std::set<std::string> topics{availability, state, discovery};
  for (const auto& block : values) topics.insert(block.begin(), block.end());
  topics.erase("");
  return topics;
}

void LocalPublisher::station_changed(std::size_t station, TimePoint now) {
  std::set<std::string> gone = topics_[station].all();
  StationTopics topics = topics_of(stations_[station]);
  topics.announced = std::move(topics_[station].announced);
  topics_[station] = std::move(topics);
  for (const std::string& topic : topics_[station].all()) gone.erase(topic);
  for (const std::string& topic : gone) send(topic, "", 1);
  tell(station, now);
}

void LocalPublisher::stations_changed(TimePoint now) {
  const std::vector<StationTopics> earlier = std::exchange(topics_, {});
  std::set<std::string> gone;
  for (const StationTopics& topics : earlier) gone.merge(topics.all());
  for (const Station& station : stations_) {
    topics_.push_back(topics_of(station));
    const auto same = std::ranges::find(earlier, topics_.back().discovery, &StationTopics::discovery);
    if (same != earlier.end()) topics_.back().announced = same->announced;
    for (const std::string& topic : topics_.back().all()) gone.erase(topic);
  }
  for (const std::string& topic : gone) send(topic, "", 1);
  if (connected_) refresh(now);
}

void LocalPublisher::on_connected(TimePoint now) {
  connected_ = true;
  backoff_.reset();
  if (discovery_.enabled) client_->subscribe(discovery_.birth_topic, 0);
  refresh(now);
}

Duration LocalPublisher::on_down(bool refused, TimePoint now) {
  if (std::exchange(connected_, false)) client_->disconnect();
  refresh_at_ = TimePoint::max();
  const Duration wait = backoff_.next(refused);
  connect_at_ = now + wait;
  return wait;
}

void LocalPublisher::on_message(std::string_view topic, std::string_view payload, bool retained, TimePoint now) {
  // A retained birth message is old, and the connection that brought it has just been told everything.
  if (topic != discovery_.birth_topic || payload != discovery_.birth_payload || retained) return;
  const auto wait = std::chrono::milliseconds(std::uniform_int_distribution<int>(1000, 5000)(random_));
  refresh_at_ = std::min(refresh_at_, now + wait);
}

void LocalPublisher::tick(TimePoint now) {
  if (now >= connect_at_) {
    connect_at_ = TimePoint::max();
    client_->connect();
  }
  if (!connected_) return;
  if (incomplete_) refresh_at_ = std::min(refresh_at_, now + kFirstRetry);
  if (now >= refresh_at_) refresh(now);
  if (now < next_document_) return;
  next_document_ = TimePoint::max();
  for (std::size_t station = 0; station < topics_.size(); ++station) {
    if (now >= topics_[station].document_due) publish_document(station, now);
    next_document_ = std::min(next_document_, topics_[station].document_due);
  }
}

TimePoint LocalPublisher::next_action() const {
  return std::min({connect_at_, refresh_at_, connected_ ? next_document_ : TimePoint::max()});
}

void LocalPublisher::stop() {
  if (!connected_) return;
  send(bridge_availability_, kOffline, 1);
  client_->disconnect();
  connected_ = false;
}

// Discovery first, so that Home Assistant knows the topics when their values come.
void LocalPublisher::tell(std::size_t station, TimePoint now) {
  topics_[station].document.clear();
  publish_document(station, now);
  publish_availability(station);
  publish_values(station);
  publish_json(station);
}

void LocalPublisher::refresh(TimePoint now) {
  incomplete_ = false;
  send(bridge_availability_, kOnline, 1);
  for (std::size_t station = 0; station < topics_.size(); ++station) tell(station, now);
  refresh_at_ = local_.heartbeat > 0s ? now + local_.heartbeat : TimePoint::max();
}

void LocalPublisher::publish_values(std::size_t station) {
  const auto blocks = stations_[station].blocks();
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    const auto& values = blocks[block].current.values;
    for (std::size_t slot = 0; slot < values.size(); ++slot) {
      if (values[slot].kind != schemas::ValueKind::missing) publish_slot(station, block, slot);
    }
  }
}

void LocalPublisher::publish_update(std::size_t station, const Update& update) {
  for (const std::uint32_t slot : update.slots) publish_slot(station, update.block, slot);
}

void LocalPublisher::publish_slot(std::size_t station, std::size_t block, std::size_t slot) {
  const std::string& topic = topics_[station].values[block][slot];
  if (topic.empty()) return;
  const BlockState& state = stations_[station].blocks()[block];
  std::array<char, schemas::kMaxFormatted> buffer{};
  send(topic, schemas::format(*state.decoder.slots()[slot].field, state.current, state.current.values[slot], buffer));
}

void LocalPublisher::publish_availability(std::size_t station) {
  send(topics_[station].availability, stations_[station].online() ? kOnline : kOffline, 1);
}

void LocalPublisher::publish_json(std::size_t station) {
  if (!local_.json_state || !connected_) return;
  json_ = "{";
  for (const BlockState& block : stations_[station].blocks()) {
    for (std::size_t index = 0; index < block.current.values.size(); ++index) {
      const schemas::Slot& slot = block.decoder.slots()[index];
      if (slot.field->secret || !is_known(block, index) || is_beyond_count(block, slot)) continue;
      json_ += json_.size() > 1 ? ",\"" : "\"";
      json_ += slot.id;
      json_ += "\":";
      schemas::append_json(*slot.field, block.current, block.current.values[index], json_);
    }
  }
  json_ += '}';
  send(topics_[station].state, json_);
}

void LocalPublisher::shape_changed(std::size_t station) {
  StationTopics& topics = topics_[station];
  topics.document_due = std::min(topics.document_due, topics.document_published + kDocumentInterval);
  next_document_ = std::min(next_document_, topics.document_due);
}

discovery::Station LocalPublisher::describe(std::size_t station, std::map<std::string, std::string>& components) const {
  const StationConfig& config = stations_[station].config();
  discovery::Station described{
      .serial = config.serial, .name = config.name, .model = config.model == nullptr ? "" : config.model->title};
  for (const BlockState& block : stations_[station].blocks()) {
    const auto slots = block.decoder.slots();
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const schemas::Slot& slot = slots[index];
      if (slot.field->secret || slot.field->prominence == schemas::Prominence::none) continue;
      if (!is_known(block, index) || is_beyond_count(block, slot)) continue;
      described.entities.push_back({&slot, &block.decoder.block()});
      components.emplace(slot.id, discovery::entity_class(*slot.field).platform);
    }
  }
  return described;
}

void LocalPublisher::publish_document(std::size_t station, TimePoint now) {
  StationTopics& topics = topics_[station];
  topics.document_due = TimePoint::max();
  if (!discovery_.enabled || !connected_) return;
  std::map<std::string, std::string> components;
  discovery::Station described = describe(station, components);
  for (const auto& [id, platform] : topics.announced) {
    if (!components.contains(id)) described.removed.push_back(platform + ":" + id);
  }
  const discovery::Document document = discovery::document(
      described,
      {.discovery_prefix = discovery_.prefix, .base = local_.base, .station = stations_[station].config().id},
      {.version = GATEWAY_VERSION});
  // Components are taken away by a version that names them without content; a later one leaves them out.
  if (!described.removed.empty()) topics.document_due = now + kDocumentInterval;
  next_document_ = std::min(next_document_, topics.document_due);
  topics.announced = std::move(components);
  if (described.entities.empty() && described.removed.empty()) return;  // nothing is known of it yet
  if (document.payload == topics.document) return;
  send(document.topic, document.payload, 1);
  topics.document = document.payload;
  topics.document_published = now;
}

void LocalPublisher::send(const std::string& topic, std::string_view payload, int qos) {
  if (!connected_) return;
  if (client_->publish(topic, payload, qos, true)) {
    ++published_;
  } else {
    incomplete_ = true;
  }
}

}  // namespace bluetti::gateway
