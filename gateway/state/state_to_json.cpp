// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "gateway/state/state_json.h"

namespace bluetti::gateway {
namespace {

using nlohmann::json;

class Writer {
 public:
  std::string write(const State& state) {
    json accounts = json::object();
    for (const auto& [id, account] : state.accounts) accounts[id] = to_json(account);
    json stations = json::object();
    for (const auto& [serial, station] : state.stations) stations[serial] = to_json(station);
    json departed = json::object();
    for (const auto& [topic, components] : state.departed) departed[topic] = place_of(components);
    const json document = {
        {"format", kStateFormat},          {"version", kStateVersion},        {"installation", state.installation},
        {"accounts", std::move(accounts)}, {"stations", std::move(stations)}, {"texts", std::move(texts_)},
        {"clears", state.clears},          {"departed", std::move(departed)}};
    // What a service sent need not be UTF-8; that must not keep the rest from being written.
    return document.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
  }

 private:
  struct ByContent {
    bool operator()(const SharedTexts& a, const SharedTexts& b) const { return a != b && *a < *b; }
  };

  std::size_t place_of(const SharedTexts& texts) {
    const auto [entry, is_new] = places_.emplace(texts, texts_.size());
    if (is_new) texts_.push_back(*texts);
    return entry->second;
  }

  static std::int64_t to_json(WallTime time) {
    return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
  }

  static json to_json(const SignInState& sign_in) {
    json log_ins = json::array();
    for (const WallTime time : sign_in.log_ins) log_ins.push_back(to_json(time));
    return {{"token", sign_in.token.reveal()},
            {"token_expires", to_json(sign_in.token_expires)},
            {"user", sign_in.user},
            {"device", sign_in.device},
            {"log_ins", std::move(log_ins)},
            {"refused", sign_in.refused},
            {"refused_credentials", sign_in.refused_credentials}};
  }

  static json to_json(const AccountState& account) {
    return {{"client_id", account.client_id},
            {"pinned_certificate", account.pinned_certificate},
            {"sign_in", to_json(account.sign_in)}};
  }

  json to_json(const StationState& station) {
    json documents = json::object();
    for (const auto& [topic, components] : station.documents) {
      documents[topic] = place_of(components ? components : std::make_shared<const std::vector<std::string>>());
    }
    json buried = json::object();
    for (const auto& [topic, components] : station.buried) buried[topic] = place_of(components);
    json counters = json::object();
    for (const auto& [slot, value] : station.counters) {
      if (std::isfinite(value)) counters[slot] = value;  // JSON has no other numbers
    }
    json result = {{"base", station.base},
                   {"id", station.id},
                   {"documents", std::move(documents)},
                   {"counters", std::move(counters)}};
    if (!buried.empty()) result["buried"] = std::move(buried);
    if (station.paths) result["paths"] = place_of(station.paths);
    if (!station.values_before.empty()) result["values_before"] = station.values_before;
    return result;
  }

  json texts_ = json::array();
  std::map<SharedTexts, std::size_t, ByContent> places_;
};

}  // namespace

std::string state_to_json(const State& state) {
  return Writer().write(state);
}

}  // namespace bluetti::gateway
