// SPDX-License-Identifier: MIT
#include "gateway/control/station_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

// When a change is looked at again after it was confirmed: some go back by themselves, as when the station's own energy
// management wants otherwise.
constexpr std::array<Duration, 3> kLooks{10s, 20s, 30s};
constexpr std::size_t kLongestPath = 128;
constexpr std::size_t kLongestWish = 256;

// What is longer is refused all the same, and does not fill the results and the audit.
void cut(std::string& text, std::size_t longest) {
  if (text.size() > longest) text.resize(longest + 1);
}

}  // namespace

StationControl::StationControl(const Clock& clock, Report report) : clock_(clock), report_(std::move(report)) {}

void StationControl::configure(const schemas::Catalog& catalog, const schemas::Model* model,
                               std::shared_ptr<const schemas::SettingsOfModel> settings, ControlRules rules) {
  catalog_ = &catalog;
  model_ = model;
  settings_ = std::move(settings);
  rules_ = std::move(rules);
}

const schemas::Setting* StationControl::setting_of(std::string_view path) const {
  return settings_ ? settings_->find(path) : nullptr;
}

std::string StationControl::why_not(const schemas::Setting& setting) const {
  if (!rules_.enabled) return "control is off: set enabled = true in [control]";
  const std::string& consent = setting.facts().rule.consent;
  if (!consent.empty() && std::ranges::find(rules_.consents, consent) == rules_.consents.end()) {
    return fmt::format("needs consent: add \"{}\" to consent of this station", consent);
  }
  if (setting.needs_limit()) {
    return "the highest value for this model is not known: set it under limits of this station";
  }
  return {};
}

std::vector<const schemas::Setting*> StationControl::offered() const {
  std::vector<const schemas::Setting*> offered;
  if (!settings_) return offered;
  for (const schemas::Setting& setting : settings_->all()) {
    if (why_not(setting).empty()) offered.push_back(&setting);
  }
  return offered;
}

void StationControl::accept(ControlWish wish, bool retained, bool connected, Station& station, TimePoint now) {
  cut(wish.path, kLongestPath);
  cut(wish.value, kLongestWish);
  if (auto fault = fault_of(wish, retained, connected, station)) return refuse(std::move(wish), *std::move(fault));
  if (!replace_waiting(wish.path) && !wish.dry_run && is_too_often(now)) {
    return refuse(std::move(wish), fmt::format("more than {} changes a minute: try again later", rules_.per_minute));
  }
  const schemas::Setting& setting = *setting_of(wish.path);
  submit(std::move(wish), setting, station, now);
}

std::optional<std::string> StationControl::fault_of(const ControlWish& wish, bool retained, bool connected,
                                                    const Station& station) const {
  if (retained) return "a retained wish is an old one: publish without the retain flag";
  if (!rules_.enabled) return "control is off: set enabled = true in [control]";
  const bool is_only_way = station.ways().size() == 1;
  if (!settings_ && !model_) return "the model is not known yet";
  if (!settings_ && is_only_way) return "nothing of this model is known to be writable";
  const schemas::Setting* setting = setting_of(wish.path);
  if (!setting && !is_only_way) {
    return fmt::format("{}; at present the station is read {}",
                       settings_ ? settings_->why_not(wish.path) : "nothing can be changed this way",
                       station.way() == schemas::Way::lan ? "over Modbus TCP" : "through the cloud");
  }
  if (!setting) return settings_->why_not(wish.path);
  if (std::string reason = why_not(*setting); !reason.empty()) return reason;
  if (wish.value.size() > kLongestWish) return fmt::format("longer than {} bytes", kLongestWish);
  if (auto refused = setting->check(wish.value)) return std::move(refused->reason);
  if (!connected)
    return station.way() == schemas::Way::lan ? "not connected to the station" : "not connected to the cloud";
  if (!station.online()) return "the station is offline, its state is not known";
  return std::nullopt;
}

bool StationControl::is_too_often(TimePoint now) {
  while (!accepted_.empty() && now - accepted_.front() >= 1min) accepted_.pop_front();
  if (accepted_.size() >= static_cast<std::size_t>(rules_.per_minute)) return true;
  accepted_.push_back(now);
  return false;
}

// Only the newest wish for a setting counts, but one that is being carried out is carried out. The new one takes the
// place of the one that it replaces among the changes of a minute, too: the last position of a slider is the one meant.
bool StationControl::replace_waiting(const std::string& path) {
  const auto waiting = under_way_.find(path);
  return waiting != under_way_.end() && waiting->second->replace();
}

void StationControl::submit(ControlWish wish, const schemas::Setting& setting, Station& station, TimePoint now) {
  const WriteTransaction::Place place{
      .model = model_, .block = catalog_->block(setting.facts().block), .setting = &setting};
  const TimePoint begin = session_since_ == TimePoint::min() ? now : std::max(now, session_since_ + kAfterConnect);
  auto made =
      std::make_unique<WriteTransaction>(place, wish, station.answer_timeout(), begin, now + kBeginWithin,
                                         // The settings live on in it: another configuration may come meanwhile.
                                         [this, wish, now, &station, kept = settings_](WriteOutcome outcome) {
                                           on_written(wish, std::move(outcome), now, station);
                                         });
  under_way_[wish.path] = made.get();
  station.submit(std::move(made));
}

void StationControl::on_written(const ControlWish& wish, WriteOutcome outcome, TimePoint began, Station& station) {
  const TimePoint now = clock_.now();
  // A newer wish for the same setting may have taken its place.
  const auto own = under_way_.find(wish.path);
  if (own != under_way_.end() && own->second->is_over()) under_way_.erase(own);
  const bool has_changed = outcome.written && outcome.outcome == ControlOutcome::confirmed;
  if (outcome.written) ++changes_[wish.path];
  const unsigned change = changes_[wish.path];
  if (outcome.written && outcome.before) before_[wish.path] = *outcome.before;
  if (const schemas::Setting* setting = setting_of(wish.path); setting && outcome.written) {
    station.poll_soon(setting->facts().block, now);
    station.boost(now + kBoost);
  }
  if (has_changed || outcome.uncertain) {
    watches_.push_back({.wish = wish,
                        .before = outcome.before,
                        .change = change,
                        .look = 0,
                        .at = outcome.uncertain ? TimePoint::max() : now + kLooks[0],
                        .settles = outcome.uncertain});
  }
  report_({.station = {},
           .wish = wish,
           .outcome = outcome.outcome,
           .reason = std::move(outcome.reason),
           .before = std::move(outcome.before),
           .after = std::move(outcome.after),
           .frame = std::move(outcome.frame),
           .took = std::chrono::duration_cast<std::chrono::milliseconds>(now - began)});
}

std::size_t StationControl::undo(const std::vector<std::string>& paths, const ControlWish& as, bool connected,
                                 Station& station, TimePoint now) {
  std::vector<std::string> all = paths;
  if (all.empty()) {
    for (const auto& [path, value] : before_) all.push_back(path);
  }
  ControlWish wish = as;
  wish.is_undo = true;
  if (all.empty()) {
    refuse(std::move(wish), "nothing was changed that could be undone");
    return 1;
  }
  for (const std::string& path : all) {
    wish.path = path;
    const auto before = before_.find(path);
    if (before == before_.end()) {
      refuse(wish, "this gateway has not changed it: there is no value to restore");
      continue;
    }
    wish.value = before->second;
    accept(wish, false, connected, station, now);
  }
  return all.size();
}

void StationControl::on_session_up(Station& station, TimePoint now) {
  session_since_ = now;
  for (Watch& watch : watches_) {
    if (watch.settles) watch.at = now;
  }
  tick(true, station, now);
}

void StationControl::tick(bool connected, Station& station, TimePoint now) {
  if (!connected) return;
  for (auto each = watches_.begin(); each != watches_.end();) {
    const auto watch = each++;
    if (now < watch->at) continue;
    Watch due = std::move(*watch);
    watches_.erase(watch);
    look(std::move(due), station);
  }
}

TimePoint StationControl::next_action() const {
  TimePoint next = TimePoint::max();
  for (const Watch& watch : watches_) next = std::min(next, watch.at);
  return next;
}

bool StationControl::is_outdated(const Watch& watch) const {
  const auto newest = changes_.find(watch.wish.path);
  return newest != changes_.end() && newest->second != watch.change;
}

void StationControl::look(Watch watch, Station& station) {
  const schemas::Setting* setting = setting_of(watch.wish.path);
  if (!setting || is_outdated(watch)) return;
  const schemas::Block* block = catalog_->block(setting->facts().block);
  const RegisterRange range{.first = block->id, .count = model_->registers_of(*block), .block = block};
  const ReadPolicy policy{.retry = {.attempts = 2}, .answer_timeout = station.answer_timeout()};
  station.submit(std::make_unique<ReadTransaction>(
      *model_, range, policy, clock_.now() + kBeginWithin,
      [this, watch = std::move(watch), kept = settings_](const ReadOutcome& outcome) { on_looked(watch, outcome); }));
}

void StationControl::on_looked(Watch watch, const ReadOutcome& outcome) {
  const auto* data = std::get_if<RegisterData>(&outcome);
  const schemas::Setting* setting = setting_of(watch.wish.path);
  if (!setting || is_outdated(watch)) return;
  if (!data) {
    watch.at = watch.settles ? TimePoint::max() : clock_.now() + kLooks.back();
    if (watch.settles || ++watch.look < kLooks.size()) watches_.push_back(std::move(watch));
    return;
  }
  const bool holds = setting->holds(watch.wish.value, data->data);
  ControlResult result{.station = {},
                       .wish = watch.wish,
                       .outcome = ControlOutcome::confirmed,
                       .reason = {},
                       .before = watch.before,
                       .after = setting->read(data->data),
                       .frame = {}};
  if (std::exchange(watch.settles, false)) {
    result.outcome = holds ? ControlOutcome::confirmed : ControlOutcome::failed;
    result.reason = holds ? "it was taken before the connection was lost" : "it was not taken";
    report_(result);
  } else if (!holds) {
    result.outcome = ControlOutcome::reverted;
    result.reason = "it went back by itself: something else manages this setting";
    report_(result);
  }
  if (!holds || ++watch.look >= kLooks.size()) return;
  watch.at = clock_.now() + kLooks.at(watch.look);
  watches_.push_back(std::move(watch));
}

void StationControl::refuse(ControlWish wish, std::string reason) {
  report_({.station = {},
           .wish = std::move(wish),
           .outcome = ControlOutcome::refused,
           .reason = std::move(reason),
           .before = std::nullopt,
           .after = std::nullopt,
           .frame = {}});
}

}  // namespace bluetti::gateway
