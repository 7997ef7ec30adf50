// SPDX-License-Identifier: MIT
#include "gateway/daemon/page_feed.h"

#include <spdlog/spdlog.h>

#include <functional>
#include <utility>

#include "gateway/base/parse_number.h"
#include "gateway/http/setup_desk.h"
#include "gateway/local/known_values.h"
#include "gateway/observe/log.h"

namespace bluetti::gateway {
namespace {

constexpr std::size_t kLogLines = 200;

// What the station does not have, or not any more, is missing.
http::BlockView view_of_block(const Station& station, std::size_t number) {
  const BlockState& block = station.blocks()[number];
  http::BlockView view{.decoder = block.decoder,
                       .row = block.current(),
                       .updated = block.updated,
                       .read_at = block.read_at,
                       .old_after = station.old_after(number)};
  const auto slots = block.decoder->slots();
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    if (block.refused || is_beyond_count(block, slots[slot])) view.row.values[slot].kind = schemas::ValueKind::missing;
  }
  return view;
}

std::string_view kind_name(schemas::SettingKind kind) {
  switch (kind) {
    case schemas::SettingKind::number:
      return "number";
    case schemas::SettingKind::boolean:
      return "boolean";
    case schemas::SettingKind::option:
      return "option";
    case schemas::SettingKind::time_slot:
      return "time_slot";
  }
  return {};
}

http::SettingView view_of_setting(const schemas::Setting& setting, const Station& station) {
  const schemas::Setting::Facts& facts = setting.facts();
  http::SettingView view{.path = facts.path,
                         .title = facts.title,
                         .kind = std::string(kind_name(facts.kind)),
                         .unit = facts.unit,
                         .value = {},
                         .min = facts.rule.min,
                         .max = facts.rule.max,
                         .step = facts.rule.step,
                         .options = facts.options};
  for (const BlockState& block : station.blocks()) {
    if (block.block().id == facts.block && block.has_spoken()) view.value = setting.read(block.current());
  }
  return view;
}

// Differs when anything that a view shows may differ.
std::uint64_t news_of(const Member& member) {
  const Counters& counters = member.station.counters();
  std::uint64_t dropped = 0;
  for (const std::uint64_t count : counters.dropped) dropped += count;
  const std::uint64_t moved = counters.requests + counters.answers + counters.pushes + counters.exceptions +
                              counters.timeouts + counters.implausible + dropped;
  return moved * 4 + (member.station.online() ? 2U : 0U) + (member.is_ours() ? 1U : 0U);
}

http::AccountView view_of_account(const AccountStatus& status, const CloudSession& session) {
  return {.id = status.id,
          .connected = status.connected,
          .given_up = session.given_up(),
          .stations = session.speakers().size(),
          .requests_per_minute = status.requests_per_minute,
          .request_budget = session.account().requests_per_minute,
          .last_answer = status.last_answer,
          .certificate_expires = status.certificate_expires,
          .problem = status.problem};
}

}  // namespace

void PageFeed::serve(const Config& config) {
  server_.reset();
  keep_log_lines(config.http.enabled() ? kLogLines : 0);
  if (!config.http.enabled()) return;
  auto started = http::Server::start(
      config.http, config.discovery.language, [sink = sink_] { sink(SnapshotWanted{}); },
      [sink = sink_](SettingWanted wanted) { sink(std::move(wanted)); },
      std::make_shared<http::SetupDesk>(config.file, Environment::of_process(),
                                        [sink = sink_](SetUpDone done) { sink(std::move(done)); }));
  if (auto* server = std::get_if<std::unique_ptr<http::Server>>(&started)) {
    server_ = std::move(*server);
    spdlog::info("page at {}", server_->url());
  } else {
    spdlog::error("no page: {}", std::get<std::string>(started));
  }
}

void PageFeed::reconfigure(const Config& config, bool listens_elsewhere) {
  seen_.clear();
  if (listens_elsewhere) serve(config);
}

TimePoint PageFeed::turn(Gateway& gateway, const Health& health, TimePoint now) {
  if (!server_) return TimePoint::max();
  for (const ControlResult& result : gateway.take_page_results()) {
    server_->answer_change(parse_number<std::uint64_t>(result.wish.id).value_or(0),
                           {std::string(name_of(result.outcome)), result.reason, to_json(result)});
  }
  return server_->turn(now, [&] { return make_snapshot(gateway, health, now); });
}

http::StationPointer PageFeed::view_of(const Member& member) {
  Seen& seen = seen_[member.handle];
  const std::uint64_t news = news_of(member);
  const bool is_same = seen.view && seen.news == news && seen.view->name == member.config.name &&
                       seen.view->settings.size() == member.publication.settings.size() &&
                       seen.view->way == (member.uses_lan() ? "lan" : "cloud") &&
                       seen.view->queued == member.station.transactions();
  if (is_same) return seen.view;
  auto view = std::make_shared<http::StationView>();
  view->id = member.config.id;
  view->name = member.config.name;
  view->model = member.config.model != nullptr ? member.config.model->title : "";
  view->serial = member.config.serial;
  view->account = member.account ? member.account->id() : "";
  view->way = member.uses_lan() ? "lan" : "cloud";
  view->online = member.station.online();
  view->is_ours = member.is_ours();
  for (std::size_t block = 0; block < member.station.blocks().size(); ++block) {
    view->blocks.push_back(view_of_block(member.station, block));
  }
  for (const schemas::Setting* setting : member.publication.settings) {
    view->settings.push_back(view_of_setting(*setting, member.station));
  }
  view->counters = member.station.counters();
  view->queued = member.station.transactions();
  seen = {news, std::move(view)};
  return seen.view;
}

http::SnapshotPointer PageFeed::make_snapshot(const Gateway& gateway, const Health& health, TimePoint now) {
  auto snapshot = std::make_shared<http::Snapshot>();
  snapshot->at = now;
  snapshot->wall = clock_.wall();
  for (const auto& member : gateway.fleet().members()) snapshot->stations.push_back(view_of(*member));
  std::erase_if(seen_, [&](const auto& one) { return gateway.fleet().find(one.first) == nullptr; });
  const std::vector<AccountStatus> accounts = gateway.accounts().status(now);
  for (std::size_t index = 0; index < accounts.size(); ++index) {
    snapshot->accounts.push_back(view_of_account(accounts[index], gateway.accounts().all()[index]->session));
  }
  const Bridge& bridge = gateway.bridge();
  snapshot->local = {.broker = gateway.fleet().config().local.broker(),
                     .connected = bridge.connected(),
                     .published = bridge.published(),
                     .undelivered = bridge.undelivered()};
  snapshot->problems = problems_of(health, now, HealthLimits{});
  snapshot->sinks = health.sinks;
  snapshot->troubles = gateway.troubles().counts();
  snapshot->frame_to_publish = gateway.latency();
  return snapshot;
}

}  // namespace bluetti::gateway
