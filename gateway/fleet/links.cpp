// SPDX-License-Identifier: MIT
#include "gateway/fleet/links.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <numeric>

#include "gateway/fleet/totals.h"
#include "gateway/mqtt/connection_advice.h"
#include "gateway/observe/log.h"

namespace bluetti::gateway {
namespace {

constexpr std::string_view kLocalContest =
    "; another client seems to have the same client id, so that each takes the connection from the other: give one of "
    "the two a `client_id` of its own, in its [local]";

constexpr std::string_view kUnconfirmed =
    "it does not confirm what is sent, so that other gateways may have taken over the stations";

}  // namespace

Link Links::next_local() {
  ++local_.generation;
  return local_;
}

void Links::on(const Connected& connected, TimePoint now) {
  if (connected.link == local_) {
    local_at_ = connected.at;
    spdlog::info("[local] connected to {}", name_of(connected.at));
    ownership_.on_local_connected(now);
    return bridge_.on_connected(now);
  }
  const AccountPointer account = accounts_.at(connected.link);
  if (!account) return;
  accounts_.on_connected(*account, now);
  report(now);
  fleet_.on_session_up(*account, now);
  for (Member* member : fleet_.members_of(*account)) turns_.serve(*member, now);
}

void Links::on(const ConnectFailed& failed, TimePoint now) {
  any_failed_ |= failed.link == local_ || accounts_.at(failed.link);
  if (failed.link == local_) {
    return local_down(
        {.what = "cannot connect to", .reason = failed.reason, .at = failed.at, .refused = failed.refused}, now);
  }
  down(failed.link, "cannot connect to", failed.reason, failed.refused ? ConnectionEnd::refused : ConnectionEnd::lost,
       now);
}

void Links::on(const ConnectionLost& lost, TimePoint now) {
  if (lost.link == local_) {
    return local_down(
        {.what = "lost the connection to", .reason = lost.reason, .at = lost.at, .taken_over = lost.taken_over}, now);
  }
  down(lost.link, "lost the connection to", lost.reason, lost.ending, now);
}

std::string Links::name_of(Link link) const {
  if (link == local_) return "local";
  const AccountPointer account = accounts_.at(link);
  return account ? "cloud " + account->session.account().id : std::string();
}

void Links::on(const SubscriptionRefused& refused, TimePoint now) {
  if (const AccountPointer account = accounts_.at(refused.link)) {
    account->session.on_subscription_refused(refused.topic, now);
  }
  if (refused.link == local_) {
    ownership_.on_subscription_refused(refused.topic);
    bridge_.on_subscription_refused(refused.topic);
  }
  if (const std::string name = name_of(refused.link); !name.empty()) troubles_.on(name, refused);
}

void Links::on(const NotDelivered& failed, TimePoint now) {
  if (failed.link == local_) bridge_.on_not_delivered(failed.topic, now);
  if (const std::string name = name_of(failed.link); !name.empty()) troubles_.on(name, failed);
}

void Links::on(const Confirmed& confirmed, TimePoint now) {
  if (confirmed.link == local_) ownership_.on_confirmed(confirmed.topic, now);
}

void Links::on(const MessageTooLarge& message, TimePoint) {
  if (const std::string name = name_of(message.link); !name.empty()) troubles_.on(name, message);
}

// Of a session; nothing happens to one that was replaced.
void Links::down(Link link, std::string_view what, const std::string& reason, ConnectionEnd ending, TimePoint now) {
  const AccountPointer account = accounts_.at(link);
  if (!account || !accounts_.on_down(*account, what, reason, ending, now)) return;
  report(now);
  for (Member* member : fleet_.members_of(*account)) {
    if (!member->uses_lan()) member->station.session_down(now, "lost the connection to the cloud");
    turns_.serve(*member, now);
  }
}

std::string Links::name_of(const Place& at) const {
  return at.address.empty() ? fleet_.config().local.broker() : at.address;
}

void Links::local_down(const LocalEnd& end, TimePoint now) {
  ownership_.on_local_down();
  const Duration wait = bridge_.on_down(end.refused, end.taken_over, end.at.others, now);
  std::string_view advice = connection_advice(end.reason);
  if (advice.empty() && bridge_.contested() && end.reason != kUnconfirmed) advice = kLocalContest;
  const std::string what = fmt::format("{} {}: {}{}", end.what, name_of(end.at), end.reason, advice);
  if (wait == Duration::zero()) return spdlog::warn("[local] {}; trying the next address", what);
  spdlog::warn("[local] {}; trying again in {} s", what, std::lround(std::chrono::duration<double>(wait).count()));
}

void Links::on(const AccessReady& ready, TimePoint now) {
  const AccountPointer account = accounts_.at(ready.link);
  if (!account) return;
  accounts_.on_access_ready(*account, ready, now);
  report(now);
}

void Links::on(const AccessFailed& failed, TimePoint now) {
  const AccountPointer account = accounts_.at(failed.link);
  if (!account) return;
  any_failed_ = true;
  accounts_.on_access_failed(*account, failed, now);
  report(now);
}

void Links::on_lan(const LanNews& news, TimePoint now) {
  Member* member = fleet_.find(news.link);
  if (!member) return;
  const LanEndpoint& at = member->config.lan;
  if (news.what == LanNews::What::connected) {
    spdlog::info("[{}] connected to {}:{}", member->config.id, at.host, at.port);
    member->logged = {};
    member->ways->on_connected(member->station, now);
  } else {
    any_failed_ |= member->config.via.size() == 1;
    const Duration wait = member->ways->on_ended(member->station, now);
    spdlog::warn("[{}] no connection to {}:{}: {}; trying again in {} s", member->config.id, at.host, at.port,
                 news.reason, std::lround(std::chrono::duration<double>(wait).count()));
  }
  turns_.serve(*member, now);
}

void Links::report(TimePoint now) {
  reported_ = now;
  bridge_.publish_bridge({.log_level = log_level(),
                          .requests = fleet_.config().local.requests,
                          .accounts = accounts_.status(now),
                          .totals = totals_of(fleet_),
                          .stations = station_status()},
                         now);
}

std::vector<StationStatus> Links::station_status() const {
  std::vector<StationStatus> stations;
  if (!fleet_.config().local.counters) return stations;
  for (const Member* member : fleet_.all()) {
    const Counters& counters = member->station.counters();
    const auto dropped = std::accumulate(counters.dropped.begin(), counters.dropped.end(), std::uint64_t{0});
    stations.push_back(
        {.id = member->config.id,
         .counters = fmt::format(
             R"({{"requests":{},"answers":{},"pushes":{},"exceptions":{},"timeouts":{},"implausible":{},"dropped":{}}})",
             counters.requests, counters.answers, counters.pushes, counters.exceptions, counters.timeouts,
             counters.implausible, dropped)});
  }
  return stations;
}

void Links::tick(TimePoint now) {
  if (ownership_.is_cut_off()) {
    local_down({.what = "leaving", .reason = kUnconfirmed, .at = local_at_}, now);
  }
  if (reported_ == TimePoint::min() || now >= reported_ + kReport) report(now);
}

}  // namespace bluetti::gateway
