// SPDX-License-Identifier: MIT
#include "gateway/daemon/health_monitor.h"

#include <utility>

#include "gateway/daemon/gateway.h"

namespace bluetti::gateway {

namespace {

std::uint64_t values_of(const Station& station) {
  return station.counters().answers + station.counters().pushes;
}

}  // namespace

const Health& HealthMonitor::look(const Gateway& gateway, TimePoint now) {
  const std::size_t accounts = gateway.accounts().all().size();
  health_.accounts.resize(accounts, {.id = {}, .since = start_, .last_message = {}});
  messages_.resize(accounts);
  health_.seen = now;
  health_.is_set_up = !gateway.fleet().config().stations.empty();
  look_at_local(gateway, now);
  look_at_shared(gateway, now);
  look_at_lan(gateway, now);
  look_at_accounts(gateway, now);
  health_.sinks.clear();
  for (SinkCounters& sink : gateway.sinks()) {
    health_.sinks.push_back({.name = std::move(sink.name),
                             .written = sink.written,
                             .dropped = sink.dropped,
                             .failed = sink.failed,
                             .problem = std::move(sink.problem)});
  }
  return health_;
}

void HealthMonitor::look_at_local(const Gateway& gateway, TimePoint now) {
  const Bridge& bridge = gateway.bridge();
  LocalHealth& local = health_.local;
  if (std::exchange(local.connected, bridge.connected()) != bridge.connected()) local.since = now;
  look_at_steadiness(bridge.connected_since(), local.unsteady_since, now);
  if (std::exchange(published_, bridge.published()) != bridge.published()) local.last_publish = now;
  if (!bridge.has_pending()) {
    local.owes_since.reset();
  } else if (!local.owes_since) {
    local.owes_since = now;
  }
  local.undelivered = bridge.undelivered();
  if (local.undelivered == 0) {
    local.undelivered_since.reset();
  } else if (!local.undelivered_since) {
    local.undelivered_since = now;
  }
}

void HealthMonitor::look_at_steadiness(std::optional<TimePoint> up_since, std::optional<TimePoint>& unsteady_since,
                                       TimePoint now) {
  if (up_since && now - *up_since >= kLasting) {
    unsteady_since.reset();
  } else if (!up_since && !unsteady_since) {
    unsteady_since = now;
  }
}

void HealthMonitor::look_at_shared(const Gateway& gateway, TimePoint now) {
  SharedHealth& shared = health_.shared;
  shared.unasked = gateway.ownership().unasked();
  if (shared.unasked == 0) {
    shared.since.reset();
  } else if (!shared.since) {
    shared.since = now;
  }
}

void HealthMonitor::look_at_lan(const Gateway& gateway, TimePoint now) {
  LanHealth& lan = health_.lan;
  const std::size_t before = std::exchange(lan.stations, 0);
  std::uint64_t messages = 0;
  lan.fruitless = lan.others = lan.silent = 0;
  for (const auto& member : gateway.fleet().members()) {
    if (!member->is_ours() || !member->uses_lan()) continue;
    ++lan.stations;
    lan.fruitless += member->station.gives_nothing() ? 1U : 0U;
    const bool is_another = member->is_another();
    lan.others += is_another ? 1U : 0U;
    lan.silent += !is_another && member->station.has_never_spoken() ? 1U : 0U;
    messages += values_of(member->station);
  }
  if (before == 0) lan.since = now;
  if (std::exchange(lan_messages_, messages) != messages) lan.last_value = now;
}

void HealthMonitor::look_at_accounts(const Gateway& gateway, TimePoint now) {
  for (std::size_t index = 0; index < health_.accounts.size(); ++index) {
    const Account& looked_at = *gateway.accounts().all()[index];
    const CloudSession& session = looked_at.session;
    AccountHealth& account = health_.accounts[index];
    account.id = looked_at.id();
    account.stations = account.fruitless = 0;
    if (std::exchange(account.connected, session.connected()) != session.connected()) account.since = now;
    look_at_steadiness(session.connected_since(), account.unsteady_since, now);
    std::uint64_t messages = 0;
    for (const Member* member : gateway.fleet().members_of(looked_at)) {
      if (member->uses_lan()) continue;  // which the cloud need not send anything of
      ++account.stations;
      account.fruitless += member->station.gives_nothing() ? 1U : 0U;
      messages += values_of(member->station);
    }
    if (std::exchange(messages_[index], messages) != messages) account.last_message = now;
  }
}

}  // namespace bluetti::gateway
