// SPDX-License-Identifier: MIT
#include "gateway/fleet/fleet.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "gateway/fleet/publish.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway {
namespace {

// Stations of a session form groups of so many; larger ones, if that makes too many groups for their interval.
constexpr std::size_t kAskedTogether = 12;
constexpr std::chrono::milliseconds kLeastApart{100};
constexpr std::chrono::milliseconds kFurthestApart{250};  // nobody shall wait long for first values

protocol::CloudAddress address_of(const StationConfig& station) {
  const std::string_view model = station.cloud_model.empty() ? protocol::kAnyModel : station.cloud_model;
  return {model, station.serial};
}

// One whose model is detected is listened to under any: what was detected may have been a mistake.
protocol::CloudAddress heard_address_of(const StationConfig& station) {
  return station.automatic ? protocol::CloudAddress{protocol::kAnyModel, station.serial} : address_of(station);
}

}  // namespace

Fleet::Fleet(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, Accounts& accounts,
             Bridge& bridge, const Outside& outside, State& state, const Clock& clock)
    : config_(std::move(config)),
      catalog_(std::move(catalog)),
      decoders_(*catalog_),
      accounts_(accounts),
      bridge_(bridge),
      outside_(outside),
      state_(state),
      clock_(clock) {
  for (const StationConfig& station : config_->stations) members_.push_back(make(station));
  connect_members();
}

std::unique_ptr<Member> Fleet::make(const StationConfig& station) {
  const bool ours = !config_->shard.is_one_of_several();
  const StationHandle handle{++last_handle_};
  const auto report = [this, handle](ControlResult result) {
    result.station = find(handle)->config.id;
    results_.push_back(std::move(result));
  };
  auto member = std::make_unique<Member>(handle, station, accounts_.find(station.account), decoders_, bridge_, ours,
                                         clock_, report);
  connect_lan(*member);
  restore_energies(*member);
  const auto known = state_.stations.find(station.serial);
  if (known != state_.stations.end()) member->control.restore(known->second.values_before);
  allow_control(*member);
  return member;
}

// One that stays as it was keeps its connection.
void Fleet::connect_lan(Member& member) {
  if (!member.config.goes_by(schemas::Way::lan)) return member.ways.reset();
  if (!member.is_ours() || (member.ways && member.ways->fits(member.config))) return;
  const LanLink link{member.handle, ++lan_generation_};
  member.ways =
      std::make_unique<Ways>(member.config, link, outside_.make_lan(link, member.config.lan), lan_generation_);
}

void Fleet::restore_energies(Member& member) {
  const auto known = state_.stations.find(member.config.serial);
  if (known != state_.stations.end()) member.station.restore_energies(known->second.counters);
}

void Fleet::reconfigure(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog,
                        TimePoint now) {
  keep_energies();
  // Blocks of the catalogue before are in use until the last station was described by the new one.
  const auto earlier_catalog = std::exchange(catalog_, std::move(catalog));
  config_ = std::move(config);
  decoders_ = DecoderCache(*catalog_);
  settings_.clear();
  Members earlier = std::exchange(members_, {});
  for (const StationConfig& station : config_->stations) {
    const auto same = std::ranges::find(earlier, station.serial, [](const auto& one) { return one->config.serial; });
    if (same == earlier.end()) {
      members_.push_back(make(station));
      continue;
    }
    Member& member = *members_.emplace_back(std::move(*same));
    earlier.erase(same);
    member.config = station;
    member.account = accounts_.find(station.account);
    member.publication.rename(member.name());
    member.publication.freshness.use(station.when_old);
    member.publication.is_ours = !config_->shard.is_one_of_several();
    member.logged = {};
    connect_lan(member);
    restart(member, "the station's settings were changed", now);
  }
  for (const auto& gone : earlier) gone->station.session_down(now, "the station is not configured any more");
  earlier.clear();
  connect_members();
}

// The same station by another description: its values are read again.
void Fleet::restart(Member& member, std::string_view reason, TimePoint now) {
  member.station.session_down(now, reason);
  Station station(member.plan(), decoders_);
  station.succeed(member.station, now);
  member.station = std::move(station);
  if (member.ways && member.ways->current() != member.station.way()) {
    (void)member.station.use(member.ways->current(), member.station.online(), now);
  }
  restore_energies(member);
  allow_control(member);
}

// What only another way can change is offered all the same: it must not come and go in Home Assistant.
void Fleet::allow_control(Member& member) {
  if (!member.config.limits.empty()) bridge_.forget_kinds();  // its settings are its own, and are made anew
  const ControlConfig& control = config_->control;
  const auto settings_by = [&](schemas::Way way) {
    return control.enabled && member.config.model
               ? settings_.of(*catalog_, *member.config.model, member.config.limits, way)
               : nullptr;
  };
  const schemas::Way used = member.station.way();
  member.control.configure(
      *catalog_, member.config.model, settings_by(used),
      {.enabled = control.enabled, .per_minute = control.per_minute, .consents = member.config.consents});
  auto& offered = member.publication.settings;
  offered = member.control.offered();
  member.settings_of_other_ways.clear();
  for (const schemas::Way way : member.config.via) {
    const auto settings = way == used ? nullptr : settings_by(way);
    if (!settings) continue;
    member.settings_of_other_ways.push_back(settings);
    for (const schemas::Setting& setting : settings->all()) {
      const bool is_there =
          std::ranges::any_of(offered, [&](const auto* one) { return one->path() == setting.path(); });
      if (!is_there && member.control.why_not(setting).empty()) offered.push_back(&setting);
    }
  }
}

void Fleet::keep_values_before(const Member& member) {
  auto& kept = state_.stations[member.config.serial].values_before;
  if (kept == member.control.values_before()) return;
  kept = member.control.values_before();
  outside_.remember(state_);
}

Member* Fleet::find(StationHandle handle) const {
  const auto found = by_handle_.find(handle);
  return found == by_handle_.end() ? nullptr : found->second;
}

Member* Fleet::find(LanLink link) const {
  Member* member = find(link.station);
  return member && member->ways && member->ways->link() == link ? member : nullptr;
}

void Fleet::change_way(Member& member, bool online, TimePoint now) {
  const schemas::Way way = member.ways->current();
  spdlog::info("[{}] read by {} from now on", member.config.id,
               way == schemas::Way::lan ? "Modbus TCP on the local network" : "the cloud");
  bridge_.way_changed(member.publication);
  publish(bridge_, outside_.sinks.get(), member, member.station.use(way, online, now), {clock_.wall(), now});
  allow_control(member);
  if (!member.is_connected()) return;
  member.station.session_up(now);
  member.control.on_session_up(member.station, now);
}

Member* Fleet::find_serial(std::string_view serial) const {
  const auto found = by_serial_.find(serial);
  return found == by_serial_.end() ? nullptr : found->second;
}

Member* Fleet::find_id(std::string_view id) const {
  const auto found =
      std::ranges::find(members_, id, [](const auto& one) -> std::string_view { return one->config.id; });
  return found == members_.end() ? nullptr : found->get();
}

std::vector<Member*> Fleet::all() const {
  std::vector<Member*> all;
  for (const auto& member : members_) all.push_back(member.get());
  return all;
}

std::vector<Member*> Fleet::members_of(const Account& account) const {
  std::vector<Member*> members;
  for (const auto& member : members_) {
    if (member->account.get() == &account && member->is_ours()) members.push_back(member.get());
  }
  return members;
}

bool Fleet::went_round() const {
  return std::ranges::all_of(members_, [](const auto& one) {
    const Station& station = one->station;
    return !one->is_ours() || station.went_round() || station.is_silent() || station.gives_nothing() ||
           (one->is_another() && !one->account);
  });
}

void Fleet::on_session_up(const Account& account, TimePoint now) {
  std::vector<Member*> members = members_of(account);
  std::erase_if(members, [](const Member* member) { return member->uses_lan(); });
  begin_asking(members, now);
  for (Member* member : members) {
    member->logged = {};
    if (member->config.model) continue;
    spdlog::info("[{}] waiting for its first message, to detect its model; with `model` set it is asked at once",
                 member->config.id);
  }
}

void Fleet::connect_members() {
  by_handle_.clear();
  by_serial_.clear();
  std::unordered_map<const Account*, std::vector<CloudSession::Speaker>> speakers;
  for (const auto& member : members_) {
    member->request_topic = protocol::to_station_topic(address_of(member->config));
    by_handle_.emplace(member->handle, member.get());
    by_serial_.emplace(member->config.serial, member.get());
    if (!member->is_ours() || !member->account) continue;
    speakers[member->account.get()].push_back(
        {member->handle, protocol::from_station_topic(heard_address_of(member->config))});
  }
  for (const AccountPointer& account : accounts_.all())
    account->session.set_speakers(std::move(speakers[account.get()]));
}

// Few together, whose requests and answers then share the threads' waking; the groups one after the other over the
// shortest of their intervals, or else all stations would answer at the same instant ever after.
void Fleet::begin_asking(const std::vector<Member*>& members, TimePoint now) {
  std::unordered_map<const Account*, std::vector<Member*>> by_session;
  for (Member* member : members) {
    if (member->is_ours()) connect_lan(*member);
    if (!member->is_ours() || !member->is_connected()) continue;
    if (!member->uses_lan()) {
      by_session[member->account.get()].push_back(member);
      continue;
    }
    member->station.session_up(now);
    member->control.on_session_up(member->station, now);
  }
  for (const auto& [account, own] : by_session) {
    Duration shortest = Duration::max();
    for (const Member* member : own) shortest = std::min(shortest, member->station.shortest_interval());
    const std::size_t most = std::max<std::size_t>(static_cast<std::size_t>(shortest / kLeastApart), 1);
    const std::size_t groups = std::min((own.size() - 1) / kAskedTogether + 1, most);
    const Duration apart = std::min<Duration>(shortest / static_cast<Duration::rep>(groups), kFurthestApart);
    for (std::size_t place = 0; place < own.size(); ++place) {
      own[place]->station.session_up(now, apart * static_cast<Duration::rep>(place * groups / own.size()));
      own[place]->control.on_session_up(own[place]->station, now);
    }
  }
}

void Fleet::become(Member& member, const schemas::Model& model, std::string cloud_model, TimePoint now) {
  const auto configured = std::ranges::find(config_->stations, member.config.serial, &StationConfig::serial);
  keep_energies();
  member.config.model = &model;
  member.config.cloud_model = std::move(cloud_model);
  member.config.poll = resolve_poll(model, *catalog_, configured->wishes, configured->via);
  restart(member, "the station is of another model than expected", now);
  if (member.is_connected()) member.station.session_up(now);
  bridge_.station_changed(member.publication, now);
  connect_members();
}

void Fleet::turn_away(Member& member, const std::string& serial, TimePoint now) {
  member.ways->turn_away(member.station, serial, now);
  restart(member, "another station answers at its address", now);
}

// Its values will be another's to follow. Without the local broker nobody else can have got it yet.
void Fleet::let_go(Member& member, TimePoint now) {
  member.station.session_down(now, "another gateway asks this station now");
  member.ways.reset();
  if (!bridge_.connected()) return;
  (void)member.station.keep_energies(state_.stations[member.config.serial].counters);
  member.station = Station(member.plan(), decoders_);
  restore_energies(member);
}

void Fleet::keep_energies() {
  bool changed = false;
  for (const auto& member : members_) {
    changed |= member->station.keep_energies(state_.stations[member->config.serial].counters);
  }
  if (changed) outside_.remember(state_);
}

void Fleet::log_summary() const {
  for (const auto& member : members_) {
    const std::string& id = member->config.id;
    const Counters& counters = member->station.counters();
    spdlog::info("[{}] {} requests, {} answers, {} pushes, {} exceptions, {} time-outs", id, counters.requests,
                 counters.answers, counters.pushes, counters.exceptions, counters.timeouts);
    for (std::size_t kind = 0; kind < kDropKinds; ++kind) {
      if (counters.dropped[kind] == 0) continue;
      spdlog::info("[{}] {} dropped: {}", id, counters.dropped[kind], describe(static_cast<Drop>(kind)));
    }
  }
}

}  // namespace bluetti::gateway
