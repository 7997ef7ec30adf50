// SPDX-License-Identifier: MIT
#include "gateway/local/bridge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/local/known_values.h"
#include "gateway/local/local_connection.h"
#include "gateway/local/time_slots.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFullBuffer = 100ms;  // until the library is tried again
constexpr std::size_t kMany = 16;        // values of one answer
constexpr Duration kBehind = 10ms;       // until the broker is looked at again
constexpr std::size_t kAtOnce = 400;     // values that are sent before other work has its turn: about a millisecond
constexpr std::size_t kOfDocument = 2;   // what an entity in a document counts among them

}  // namespace

Bridge::Bridge(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client, Memory memory,
               std::uint64_t seed)
    : config_(std::move(config)),
      outlet_(std::move(client), *memory.clears, seed),
      departed_(*memory.departed),
      memory_(*memory.stations, departed_),
      documents_(*config_, std::move(memory.installation), memory_),
      bridge_(config_->local.base, config_->local.bridge),
      filter_(config_->publish),
      random_(static_cast<std::minstd_rand::result_type>(seed)) {}

std::string Bridge::topic_of(const Publication& publication, std::string_view path) const {
  return config_->local.base + "/" + publication.name().id + "/" + std::string(path);
}

Publication* Bridge::find(StationHandle handle) const {
  const auto found =
      std::ranges::find(publications_, handle, [](const Publication* one) { return one->name().handle; });
  return found == publications_.end() ? nullptr : *found;
}

void Bridge::add(Publication& publication) {
  publications_.push_back(&publication);
  ages_at_ = TimePoint::min();
}

void Bridge::remove(const Publication& publication) {
  if (publication.is_pending()) --pending_;
  std::erase(publications_, &publication);
  filter_.forget(publication.name().handle);
}

void Bridge::way_changed(Publication& publication) {
  filter_.forget(publication.name().handle);
  publication.freshness.change_way(publication.station());
  ages_at_ = TimePoint::min();
}

void Bridge::station_changed(Publication& publication, TimePoint now) {
  filter_.forget(publication.name().handle);
  begin_ages(publication, now);
  publication.documents.content = 0;
  if (!connected()) return;
  clear_what_is_gone();
  make_pending(publication, true, true);
  send_pending(now);
}

void Bridge::reconfigure(std::shared_ptr<const Config> config, TimePoint now) {
  config_ = std::move(config);
  documents_.reset(*config_);
  bridge_ = BridgeTopics(config_->local.base, config_->local.bridge);
  filter_ = ValueFilter(config_->publish);
  for (Publication* publication : publications_) begin_ages(*publication, now);
  if (!connected()) return;
  subscribe();
  clear_what_is_gone();
  make_everything_pending(true, now);
  send_pending(now);
}

void Bridge::reconnect(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client) {
  stop();
  config_ = std::move(config);
  outlet_.replace(std::move(client));
  has_looked_ = false;
  refresh_at_ = birth_at_ = resume_at_ = TimePoint::max();
}

// Also what an earlier run or an earlier configuration has left.
void Bridge::clear_what_is_gone() {
  const LocalConfig& local = config_->local;
  std::set<std::string, std::less<>> keys{std::string(PublishedMemory::kBridge)};
  for (const Publication* publication : publications_) {
    const StationName& name = publication->name();
    keys.insert(name.serial);
    outlet_.clear(memory_.move_to(name.serial, local.base, name.id, publication->paths(local.json_state)));
  }
  outlet_.clear(memory_.take_strangers(keys));
}

void Bridge::on_connected(TimePoint now) {
  outlet_.on_connected(now);
  Documents::restore(publications_);
  subscribe();
  look_for_leftovers(now);
  clear_what_is_gone();
  outlet_.send_clears();
  echo_.expect(now);
  make_everything_pending(true, now);
  send_pending(now);
}

Duration Bridge::on_down(bool refused, bool taken_over, bool others, TimePoint now) {
  refresh_at_ = birth_at_ = resume_at_ = TimePoint::max();
  watch_.on_down();
  echo_.on_down();
  (void)leftovers_.end();
  return outlet_.on_down(refused, taken_over, others, now);
}

void Bridge::tick(TimePoint now) {
  outlet_.tick(now);
  if (!connected()) return;
  if (now >= birth_at_) {
    birth_at_ = TimePoint::max();
    make_everything_pending(true, now);
  } else if (now >= refresh_at_) {
    make_everything_pending(false, now);
  }
  if (documents_.take_bridge_due(now)) publish_bridge(std::move(bridge_status_), now);
  for (Publication* publication : documents_.take_due(publications_, now)) make_pending(*publication, true, false);
  if (now >= resume_at_ || (has_pending() && resume_at_ == TimePoint::max())) send_pending(now);
  send_held(now);
  review_ages(now);
  correct_availability(now);
  look_for_echo(now);
  stop_looking(now);
  bury_departed(now);
  flush();
}

TimePoint Bridge::next_action() const {
  if (!connected()) return outlet_.next_action();
  const TimePoint resume = has_pending() && resume_at_ == TimePoint::max() ? TimePoint::min() : resume_at_;
  return std::min({outlet_.next_action(), refresh_at_, birth_at_, resume, ages_at_, documents_.next(), filter_.next(),
                   watch_.next(), echo_.next(), leftovers_.over_at(), departed_.next_action()});
}

bool Bridge::take_memory_changed() {
  const bool clears = outlet_.take_clears_changed();
  const bool departed = departed_.take_changed();
  return memory_.take_changed() || clears || departed;
}

void Bridge::stop() {
  if (!connected()) return;
  if (config_->shard.is_one_of_several()) {
    (void)publish_members("");  // another gateway of the group reads the stations from now on
  } else {
    for (const Publication* publication : publications_) send(topic_of(*publication, "availability"), kOffline);
  }
  send(bridge_availability_topic(config_->local), kOffline);
  outlet_.disconnect();
}

void Bridge::make_everything_pending(bool documents, TimePoint now) {
  send(bridge_availability_topic(config_->local), kOnline);
  bridge_.forget();
  if (documents) documents_.forget_all(publications_);
  publish_bridge(std::move(bridge_status_), now);
  const bool expires = config_->local.expires_by_interval || config_->discovery.expire_after;
  for (Publication* publication : publications_) {
    const bool is_refresh = !documents && expires && (!publication->values_pending || publication->only_fresh);
    make_pending(*publication, documents, true);
    publication->only_fresh = is_refresh;
  }
  refresh_at_ = config_->local.heartbeat > 0s ? now + config_->local.heartbeat : TimePoint::max();
}

void Bridge::make_pending(Publication& publication, bool documents, bool values) {
  if (!publication.is_ours || !(documents || values)) return;
  if (!publication.is_pending()) ++pending_;
  publication.documents_pending |= documents;
  publication.values_pending |= values;
  if (values) publication.only_fresh = false;
}

// In turn, from where it stopped: publications may have come and gone since.
void Bridge::send_pending(TimePoint now) {
  resume_at_ = TimePoint::max();
  if (!outlet_.send_clears()) {
    resume_at_ = now + kFullBuffer;
    return;
  }
  for (std::size_t sent = 0; pending_ > 0 && sent < kAtOnce; ++cursor_) {
    cursor_ %= publications_.size();
    Publication& publication = *publications_[cursor_];
    if (!publication.is_pending()) continue;
    if (outlet_.is_behind()) {
      resume_at_ = now + kBehind;
      return;
    }
    if (!send_pending(publication, now)) {
      resume_at_ = now + kFullBuffer;
      return;
    }
    sent += publication.values() * (publication.documents_pending ? 1 + kOfDocument : 1);
    publication.documents_pending = publication.values_pending = false;
    --pending_;
  }
}

// Discovery first, so that Home Assistant knows the topics when their values come.
bool Bridge::send_pending(Publication& publication, TimePoint now) {
  if (publication.documents_pending && !documents_.send(publication, now, outlet_)) return false;
  if (!publication.values_pending) return true;
  (void)publication.freshness.review(publication.station(), now);  // all that turned is sent
  if (!send_availability(publication) || !send_old_values(publication)) return false;
  if (!send_values(publication, now)) return false;
  publish_json(publication);
  return true;
}

bool Bridge::send_values(Publication& publication, TimePoint now) {
  const auto blocks = publication.station().blocks();
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    const auto& values = blocks[block].current().values;
    for (std::size_t slot = 0; slot < values.size(); ++slot) {
      const bool is_missing = values[slot].kind == schemas::ValueKind::missing;
      if (is_missing && !publication.freshness.is_cleared(block, slot)) continue;
      if (publication.only_fresh && publication.station().is_old(block, slot, now)) continue;
      if (!send_slot(publication, block, slot, now)) return false;
      const auto place = ValueFilter::place(publication.name().handle, block, slot);
      filter_.told(place, blocks[block].decoder->slots()[slot], values[slot], now);
    }
    if (!send_time_slots(publication, {.block = block, .slots = {}})) return false;
  }
  return !has_problem_words(publication.station()) || send_problems(publication);
}

void Bridge::publish_update(Publication& publication, const Update& update, TimePoint now) {
  if (!connected() || publication.values_pending) return;  // what is pending holds it
  // So much at once is a station that is new, or a block that has come back. Thousands of them are a flood, which must
  // not hold up what other gateways wait for.
  const bool can_wait = update.slots.size() >= kMany && !config_->publish.every_change;
  if (can_wait && outlet_.is_behind()) return put_off(publication, now);
  const BlockState& block = publication.station().blocks()[update.block];
  for (const std::uint32_t slot : update.slots) {
    if (config_->publish.every_change) send_raw(publication, block, slot);
    const auto place = ValueFilter::place(publication.name().handle, update.block, slot);
    if (!filter_.passes(place, block.decoder->slots()[slot], block.current().values[slot], now)) continue;
    if (!send_slot(publication, update.block, slot, now)) return put_off(publication, now);
  }
  if (!send_time_slots(publication, update)) return put_off(publication, now);
  if (touches_problems(block, update) && !send_problems(publication)) put_off(publication, now);
}

bool Bridge::send_problems(Publication& publication) {
  for (const std::string& event : publication.problems.review(publication.station())) {
    outlet_.publish(topic_of(publication, discovery::kProblemEventPath), event, {.qos = 1});
  }
  return send_state(topic_of(publication, discovery::kProblemPath), publication.problems.state()) &&
         send_state(topic_of(publication, discovery::kProblemsPath), publication.problems.json());
}

void Bridge::put_off(Publication& publication, TimePoint now) {
  make_pending(publication, false, true);
  resume_at_ = now + kFullBuffer;
}

bool Bridge::send_time_slots(const Publication& publication, const Update& update) {
  for (const TimeSlotText& slot : time_slots_of(publication, update)) {
    if (!send_state(topic_of(publication, slot.path), slot.text)) return false;
  }
  return true;
}

void Bridge::send_held(TimePoint now) {
  for (const ValueFilter::Place& place : filter_.take_due(now)) {
    const auto slot = static_cast<std::uint32_t>(place.slot);
    if (Publication* publication = find(place.station)) {
      publish_update(*publication, {place.block, std::span(&slot, 1)}, now);
    }
  }
}

bool Bridge::send_slot(const Publication& publication, std::size_t block, std::size_t slot, TimePoint now) {
  const BlockState& state = publication.station().blocks()[block];
  const schemas::Slot& about = state.decoder->slots()[slot];
  if (about.field->secret) return true;
  topic_.assign(config_->local.base).append("/").append(publication.name().id).append("/").append(about.path);
  std::array<char, schemas::kMaxFormatted> buffer{};
  const std::string_view payload =
      publication.freshness.is_cleared(block, slot)
          ? std::string_view()
          : schemas::format(*about.field, state.current(), state.current().values[slot], buffer);
  return outlet_.publish(
      topic_, payload,
      {.qos = config_->local.qos, .retained = true, .expiry = expiry_of(publication, block, slot, now)});
}

// As it is, for those who want every change; not retained, and not sent again where it cannot be sent.
void Bridge::send_raw(const Publication& publication, const BlockState& block, std::size_t slot) {
  const schemas::Slot& about = block.decoder->slots()[slot];
  if (about.field->secret) return;
  std::array<char, schemas::kMaxFormatted> buffer{};
  topic_.assign(config_->local.base).append("/").append(publication.name().id).append("/raw/").append(about.path);
  outlet_.publish(topic_, schemas::format(*about.field, block.current(), block.current().values[slot], buffer), {});
}

bool Bridge::send_availability(const Publication& publication) {
  return send(topic_of(publication, "availability"), publication.station().online() ? kOnline : kOffline);
}

void Bridge::publish_availability(Publication& publication) {
  if (publication.values_pending) return;
  if (!send_availability(publication)) make_pending(publication, false, true);
}

void Bridge::publish_json(const Publication& publication) {
  if (!config_->local.json_state || !connected()) return;
  json_ = "{";
  const auto blocks = publication.station().blocks();
  for (std::size_t number = 0; number < blocks.size(); ++number) {
    const BlockState& block = blocks[number];
    for (std::size_t index = 0; index < block.current().values.size(); ++index) {
      const schemas::Slot& slot = block.decoder->slots()[index];
      if (slot.field->secret || !block.shows(index) || !is_known(block, index) || is_beyond_count(block, slot))
        continue;
      json_ += json_.size() > 1 ? ",\"" : "\"";
      json_ += slot.id;
      json_ += "\":";
      if (publication.freshness.is_cleared(number, index)) {
        json_ += "null";
      } else {
        schemas::append_json(*slot.field, block.current(), block.current().values[index], json_);
      }
    }
  }
  json_ += '}';
  send_state(topic_of(publication, "state"), json_);
}

// Of one that is new here, its answers bring the values and that it is there, soon; until then what the former owner
// has published stands.
void Bridge::share(Publication& publication, bool ours, TimePoint now) {
  publication.is_ours = ours;
  begin_ages(publication, now);
  if (ours) return make_pending(publication, true, publication.station().online());
  if (publication.is_pending()) --pending_;
  publication.documents_pending = publication.values_pending = false;
}

bool Bridge::publish_members(const std::string& members) {
  return outlet_.publish(members_topic(config_->local), members, {.qos = 1, .retained = true, .tell_confirmed = true});
}

void Bridge::shape_changed(Publication& publication) {
  documents_.change(publication);
}

void Bridge::publish_bridge(BridgeStatus status, TimePoint now) {
  bridge_status_ = std::move(status);
  if (!connected() || bridge_status_.log_level.empty()) return;
  documents_.send_bridge(bridge_status_, now, outlet_);
  bridge_.tell(bridge_status_,
               [this](const std::string& topic, std::string_view payload) { return send_state(topic, payload); });
  const std::string key(PublishedMemory::kBridge);
  outlet_.clear(memory_.move_to(key, config_->local.base, config_->local.bridge, bridge_.paths()));
}

// Not retained: it is for the one who asked.
void Bridge::answer_request(const std::string& id, std::string_view answer) {
  outlet_.publish(bridge_.response_topic(id), answer, {.qos = 1});
}

void Bridge::publish_control_result(const std::string& station, std::string_view result) {
  outlet_.publish(config_->local.base + "/" + station + "/control/result", result, {.qos = 1});
}

bool Bridge::send_state(const std::string& topic, std::string_view payload) {
  return outlet_.publish(topic, payload, {.qos = config_->local.qos, .retained = true, .expiry = usual_expiry()});
}

}  // namespace bluetti::gateway
