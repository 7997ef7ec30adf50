// SPDX-License-Identifier: MIT
#include "gateway/fleet/controls.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::string_view kTopicWay = "topic";
constexpr std::string_view kRequestWay = "request";
constexpr std::string_view kPageWay = "http";

ReplyTo copy_of(const ReplyTo* reply_to) {
  return reply_to != nullptr ? *reply_to : ReplyTo();
}

}  // namespace

Controls::Controls(Fleet& fleet, Turns& turns, Bridge& bridge, const Clock& clock)
    : fleet_(fleet), turns_(turns), bridge_(bridge), clock_(clock) {
  reconfigure();
}

void Controls::reconfigure() {
  const ControlConfig& control = fleet_.config().control;
  audit_.use(control.enabled ? control.audit : std::filesystem::path());
}

void Controls::accept(const SetWish& set, TimePoint now) {
  Member* member = fleet_.find_id(set.station);
  if (!member || !member->is_ours()) return;  // another gateway of the group may have it
  ControlWish wish{.path = std::string(set.path),
                   .value = std::string(set.value),
                   .way = std::string(kTopicWay),
                   .id = {},
                   .reply_to = copy_of(set.reply_to)};
  member->control.accept(std::move(wish), set.retained, member->is_connected(), member->station, now);
  turns_.serve(*member, now);
  report();
}

void Controls::undo(const UndoWish& undo, TimePoint now) {
  Member* member = fleet_.find_id(undo.station);
  if (!member || !member->is_ours()) return;
  const ControlWish as{
      .path = {}, .value = {}, .way = std::string(kTopicWay), .id = {}, .reply_to = copy_of(undo.reply_to)};
  member->control.undo({}, as, member->is_connected(), member->station, now);
  turns_.serve(*member, now);
  report();
}

void Controls::refuse(const read::WrongRequest& request) {
  bridge_.answer_request(request.id, read::control_refusal(request.id, {}, request.reason));
}

void Controls::accept(const read::ControlRequest& request, TimePoint now) {
  Member* member = fleet_.find_id(request.station);
  if (!member || !member->is_ours()) {
    return bridge_.answer_request(
        request.id, read::control_refusal(request.id, request.station,
                                          member ? "another gateway asks this station"
                                                 : fmt::format("there is no station '{}'", request.station)));
  }
  ControlWish wish{.path = {},
                   .value = {},
                   .way = std::string(kRequestWay),
                   .id = request.id,
                   .dry_run = request.dry_run,
                   .probe = request.probe};
  Collected& collected =
      collected_[request.id] = {.station = request.station, .expected = request.set.size(), .results = {}};
  if (request.is_undo) {
    collected.expected = member->control.undo(request.undo, wish, member->is_connected(), member->station, now);
  } else {
    for (const auto& [path, value] : request.set) {
      wish.path = path;
      wish.value = value;
      member->control.accept(wish, false, member->is_connected(), member->station, now);
    }
  }
  turns_.serve(*member, now);
  report();
}

void Controls::accept(const SettingWanted& wanted, TimePoint now) {
  ControlWish wish{
      .path = wanted.path, .value = wanted.value, .way = std::string(kPageWay), .id = std::to_string(wanted.number)};
  Member* member = fleet_.find_id(wanted.station);
  if (!member || !member->is_ours()) {
    page_results_.push_back({.station = wanted.station,
                             .wish = std::move(wish),
                             .outcome = ControlOutcome::refused,
                             .reason = "this gateway does not ask the station"});
    return;
  }
  member->control.accept(std::move(wish), false, member->is_connected(), member->station, now);
  turns_.serve(*member, now);
  report();
}

void Controls::report() {
  for (const ControlResult& result : fleet_.take_results()) report(result);
}

void Controls::report(const ControlResult& result) {
  const bool good = result.outcome == ControlOutcome::confirmed || result.wish.dry_run;
  const ControlWish& wish = result.wish;
  const std::string what = wish.value.empty() ? wish.path : wish.path + " = " + wish.value;
  spdlog::log(good ? spdlog::level::info : spdlog::level::warn, "[{}] {} by {}: {}{}{}", result.station,
              what.empty() ? "undo" : what, wish.way, name_of(result.outcome), result.reason.empty() ? "" : ", ",
              result.reason);
  const std::string json = to_json(result);
  bridge_.publish_control_result(result.station, json);
  bridge_.reply(result.wish.reply_to, json);
  const std::string line = to_audit_line(result, clock_.wall());
  const bool is_refused = result.outcome == ControlOutcome::refused;
  if (!(is_refused ? audit_.add_refused(line, clock_.now()) : audit_.add(line))) {
    spdlog::error("the audit {} cannot be written: {}", audit_.file().string(), audit_.problem());
  }
  if (const Member* member = fleet_.find_id(result.station)) fleet_.keep_values_before(*member);
  if (wish.way == kPageWay) page_results_.push_back(result);
  collect(result);
}

void Controls::collect(const ControlResult& result) {
  const auto own = collected_.find(result.wish.id);
  if (result.wish.way != kRequestWay || own == collected_.end()) return;
  own->second.results.push_back(result);
  if (own->second.results.size() < own->second.expected) return;
  bridge_.answer_request(own->first, read::control_answer(own->first, own->second.station, own->second.results));
  collected_.erase(own);
}

}  // namespace bluetti::gateway
