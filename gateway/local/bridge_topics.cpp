// SPDX-License-Identifier: MIT
#include "gateway/local/bridge_topics.h"

#include <fmt/chrono.h>

#include <utility>

namespace bluetti::gateway {
namespace {

// As Home Assistant's timestamps want it; nothing for no time.
std::string iso_time(const std::optional<WallTime>& time) {
  if (!time) return {};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S+00:00}", fmt::gmtime(std::chrono::system_clock::to_time_t(*time)));
}

}  // namespace

void BridgeTopics::tell(const BridgeStatus& status, const Send& send) {
  tell("version", GATEWAY_VERSION, send);
  tell("log_level", status.log_level, send);
  tell("requests", status.requests ? "ON" : "OFF", send);
  for (const AccountStatus& account : status.accounts) {
    const std::string path = "account/" + account.id + "/";
    tell(path + "connection", account.connected ? "ON" : "OFF", send);
    tell(path + "requests_per_minute", std::to_string(account.requests_per_minute), send);
    tell(path + "last_answer", iso_time(account.last_answer), send);
    tell(path + "certificate_expires", iso_time(account.certificate_expires), send);
    tell(path + "problem", account.problem.empty() ? "none" : account.problem, send);
  }
}

std::vector<std::string> BridgeTopics::paths() const {
  std::vector<std::string> paths{"availability"};
  for (const auto& [path, payload] : told_) paths.push_back(path);
  return paths;
}

void BridgeTopics::tell(const std::string& path, std::string payload, const Send& send) {
  const auto [entry, is_new] = told_.try_emplace(path);
  if (!is_new && entry->second == payload) return;
  if (!send(root_ + path, payload)) {
    told_.erase(entry);
    return;
  }
  entry->second = std::move(payload);
}

}  // namespace bluetti::gateway
