// SPDX-License-Identifier: MIT
#include "gateway/local/bridge_topics.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

// As Home Assistant's timestamps want it; nothing for no time.
std::string iso_time(const std::optional<WallTime>& time) {
  if (!time) return {};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S+00:00}", fmt::gmtime(std::chrono::system_clock::to_time_t(*time)));
}

using Values = std::vector<std::pair<std::string, std::string>>;  // by path

Values values_of(const BridgeStatus& status) {
  Values values{
      {"version", GATEWAY_VERSION}, {"log_level", status.log_level}, {"requests", status.requests ? "ON" : "OFF"}};
  for (const AccountStatus& account : status.accounts) {
    const std::string path = "account/" + account.id + "/";
    values.emplace_back(path + "connection", account.connected ? "ON" : "OFF");
    values.emplace_back(path + "requests_per_minute", std::to_string(account.requests_per_minute));
    values.emplace_back(path + "last_answer", iso_time(account.last_answer));
    values.emplace_back(path + "certificate_expires", iso_time(account.certificate_expires));
    values.emplace_back(path + "problem", account.problem.empty() ? "none" : account.problem);
  }
  for (const TotalStatus& total : status.totals) values.emplace_back("total/" + total.path, total.value);
  for (const StationStatus& station : status.stations) {
    values.emplace_back("station/" + station.id + "/counters", station.counters);
  }
  return values;
}

}  // namespace

void BridgeTopics::tell(const BridgeStatus& status, const Send& send) {
  const Values values = values_of(status);
  paths_.clear();
  for (const auto& [path, payload] : values) {
    paths_.push_back(path);
    tell(path, payload, send);
  }
  std::erase_if(told_, [this](const auto& entry) { return std::ranges::find(paths_, entry.first) == paths_.end(); });
}

std::vector<std::string> BridgeTopics::paths() const {
  std::vector<std::string> paths{"availability"};
  paths.insert(paths.end(), paths_.begin(), paths_.end());
  return paths;
}

void BridgeTopics::tell(const std::string& path, const std::string& payload, const Send& send) {
  const auto [entry, is_new] = told_.try_emplace(path);
  if (!is_new && entry->second == payload) return;
  if (!send(root_ + path, payload)) {
    told_.erase(entry);
    return;
  }
  entry->second = payload;
}

}  // namespace bluetti::gateway
