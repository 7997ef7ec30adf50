// SPDX-License-Identifier: MIT
#include "gateway/observe/health.h"

#include <fmt/format.h>

#include <algorithm>

namespace bluetti::gateway {
namespace {

using std::chrono::seconds;

seconds age(TimePoint then, TimePoint now) {
  return std::chrono::duration_cast<seconds>(now - then);
}

std::string problem_of(const LocalHealth& local, TimePoint now, seconds limit) {
  if (!local.connected && age(local.since, now) > limit) {
    return fmt::format("no connection to the local broker for {} s", age(local.since, now).count());
  }
  if (local.unsteady_since && age(*local.unsteady_since, now) > limit) {
    return fmt::format("the connection to the local broker has not lasted for {} s: the log says why it ends",
                       age(*local.unsteady_since, now).count());
  }
  if (local.connected && local.owes_since && age(*local.owes_since, now) > limit) {
    return fmt::format("the local broker has taken no more values for {} s", age(*local.owes_since, now).count());
  }
  if (local.undelivered_since && age(*local.undelivered_since, now) > limit) {
    return fmt::format("the local broker does not take {} topic{}, for {} s: the log names them", local.undelivered,
                       local.undelivered == 1 ? "" : "s", age(*local.undelivered_since, now).count());
  }
  return {};
}

std::string problem_of(const SharedHealth& shared, TimePoint now, seconds limit) {
  if (!shared.since || age(*shared.since, now) <= limit) return {};
  return fmt::format("{} station{} asked by no gateway for {} s", shared.unasked, shared.unasked == 1 ? " is" : "s are",
                     age(*shared.since, now).count());
}

std::string problem_of(const AccountHealth& account, TimePoint now, seconds limit) {
  const TimePoint down_since = std::min(account.since, account.unsteady_since.value_or(account.since));
  if (!account.connected && age(down_since, now) > limit) {
    return fmt::format("account {}: no connection to the cloud for {} s", account.id, age(down_since, now).count());
  }
  // Of a session that ends again and again nothing is expected, in vain.
  const TimePoint begin = account.unsteady_since.value_or(account.since);
  const TimePoint last = std::max(begin, account.last_message.value_or(begin));
  if (account.connected && account.stations > 0 && account.fruitless == account.stations) {
    return fmt::format("account {}: the stations answer, but give no values: the log says why", account.id);
  }
  if (account.connected && account.stations > 0 && age(last, now) > limit) {
    return fmt::format("account {}: connected, but no station has sent anything for {} s", account.id,
                       age(last, now).count());
  }
  return {};
}

std::string problem_of(const LanHealth& lan, TimePoint now, seconds limit) {
  if (lan.stations == 0) return {};
  if (lan.fruitless == lan.stations) return "local network: the stations answer, but give no values: the log says why";
  if (lan.others > 0) return "local network: another station answers in the place of one: the log says which";
  if (lan.silent > 0) return "local network: a station has never answered: the log says which";
  const TimePoint last = std::max(lan.since, lan.last_value.value_or(lan.since));
  if (age(last, now) <= limit) return {};
  return fmt::format("local network: no station has given a value for {} s", age(last, now).count());
}

}  // namespace

std::vector<std::string> problems_of(const Health& health, TimePoint now, const HealthLimits& limits) {
  if (health.seen > now || age(health.seen, now) > limits.loop) {
    return {health.seen > now
                ? "the gateway has not run since the machine was started"
                : fmt::format("the gateway has stood still, or is gone, for {} s", age(health.seen, now).count())};
  }
  if (limits.only_alive) return {};
  if (!health.is_set_up) return {"no station is configured yet: add one at the page's /setup, or in the configuration"};
  std::vector<std::string> problems{problem_of(health.local, now, limits.local),
                                    problem_of(health.shared, now, limits.local)};
  if (limits.cloud > seconds(0)) {
    for (const AccountHealth& account : health.accounts) problems.push_back(problem_of(account, now, limits.cloud));
    problems.push_back(problem_of(health.lan, now, limits.cloud));
  }
  std::erase(problems, "");
  return problems;
}

}  // namespace bluetti::gateway
