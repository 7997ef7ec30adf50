// SPDX-License-Identifier: MIT
#include "gateway/daemon/health_monitor.h"

#include <utility>

#include "gateway/daemon/gateway.h"

namespace bluetti::gateway {

const Health& HealthMonitor::look(const Gateway& gateway, TimePoint now) {
  health_.accounts.resize(gateway.sessions().size(), {.id = {}, .since = start_, .last_message = {}});
  messages_.resize(gateway.sessions().size());
  health_.seen = now;
  look_at_local(gateway, now);
  look_at_accounts(gateway, now);
  return health_;
}

void HealthMonitor::look_at_local(const Gateway& gateway, TimePoint now) {
  const LocalPublisher& publisher = gateway.local();
  LocalHealth& local = health_.local;
  if (std::exchange(local.connected, publisher.connected()) != publisher.connected()) local.since = now;
  if (std::exchange(published_, publisher.published()) != publisher.published()) local.last_publish = now;
  if (publisher.owes_nothing()) {
    local.owes_since.reset();
  } else if (!local.owes_since) {
    local.owes_since = now;
  }
}

void HealthMonitor::look_at_accounts(const Gateway& gateway, TimePoint now) {
  for (std::size_t index = 0; index < health_.accounts.size(); ++index) {
    const CloudSession& session = gateway.sessions()[index];
    AccountHealth& account = health_.accounts[index];
    account.id = session.account().id;
    account.stations = session.stations().size();
    if (std::exchange(account.connected, session.connected()) != session.connected()) account.since = now;
    std::uint64_t messages = 0;
    for (const std::size_t station : session.stations()) {
      const Counters& counters = gateway.stations()[station].counters();
      messages += counters.answers + counters.pushes;
    }
    if (std::exchange(messages_[index], messages) != messages) account.last_message = now;
  }
}

}  // namespace bluetti::gateway
