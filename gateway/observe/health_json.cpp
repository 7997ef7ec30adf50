// SPDX-License-Identifier: MIT
// The health file's content: times as seconds of the steady clock.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gateway/observe/health.h"

namespace bluetti::gateway {
namespace {

using nlohmann::json;
using Seconds = std::chrono::duration<double>;

json number(TimePoint time) {
  return Seconds(time.time_since_epoch()).count();
}

json number(const std::optional<TimePoint>& time) {
  return time ? number(*time) : json();
}

TimePoint time_of(const json& number) {
  return TimePoint(std::chrono::duration_cast<Duration>(Seconds(number.get<double>())));
}

std::optional<TimePoint> maybe_time_of(const json& number) {
  return number.is_null() ? std::nullopt : std::optional(time_of(number));
}

AccountHealth account_of(const json& from) {
  return {.id = from.at("id").get<std::string>(),
          .stations = from.at("stations").get<std::size_t>(),
          .connected = from.at("connected").get<bool>(),
          .since = time_of(from.at("since")),
          .last_message = maybe_time_of(from.at("last_message")),
          .unsteady_since = maybe_time_of(from.at("unsteady_since")),
          .fruitless = from.at("fruitless").get<std::size_t>()};
}

LanHealth lan_of(const json& from) {
  return {.stations = from.at("stations").get<std::size_t>(),
          .fruitless = from.at("fruitless").get<std::size_t>(),
          .others = from.at("others").get<std::size_t>(),
          .silent = from.at("silent").get<std::size_t>(),
          .since = time_of(from.at("since")),
          .last_value = maybe_time_of(from.at("last_value"))};
}

SinkHealth sink_of(const json& from) {
  return {.name = from.at("name").get<std::string>(),
          .written = from.at("written").get<std::uint64_t>(),
          .dropped = from.at("dropped").get<std::uint64_t>(),
          .failed = from.at("failed").get<std::uint64_t>(),
          .problem = from.at("problem").get<std::string>()};
}

json sinks_of(const Health& health) {
  json sinks = json::array();
  for (const SinkHealth& sink : health.sinks) {
    sinks.push_back({{"name", sink.name},
                     {"written", sink.written},
                     {"dropped", sink.dropped},
                     {"failed", sink.failed},
                     {"problem", sink.problem}});
  }
  return sinks;
}

}  // namespace

std::string health_to_json(const Health& health) {
  json accounts = json::array();
  for (const AccountHealth& account : health.accounts) {
    accounts.push_back({{"id", account.id},
                        {"stations", account.stations},
                        {"connected", account.connected},
                        {"since", number(account.since)},
                        {"last_message", number(account.last_message)},
                        {"unsteady_since", number(account.unsteady_since)},
                        {"fruitless", account.fruitless}});
  }
  const json local{{"connected", health.local.connected},
                   {"since", number(health.local.since)},
                   {"unsteady_since", number(health.local.unsteady_since)},
                   {"last_publish", number(health.local.last_publish)},
                   {"owes_since", number(health.local.owes_since)},
                   {"undelivered", health.local.undelivered},
                   {"undelivered_since", number(health.local.undelivered_since)}};
  const json shared{{"unasked", health.shared.unasked}, {"since", number(health.shared.since)}};
  const json lan{{"stations", health.lan.stations},   {"fruitless", health.lan.fruitless},
                 {"others", health.lan.others},       {"silent", health.lan.silent},
                 {"since", number(health.lan.since)}, {"last_value", number(health.lan.last_value)}};
  const json document{{"seen", number(health.seen)},
                      {"is_set_up", health.is_set_up},
                      {"local", local},
                      {"shared", shared},
                      {"lan", lan},
                      {"accounts", std::move(accounts)},
                      {"sinks", sinks_of(health)}};
  return document.dump() + '\n';
}

std::variant<Health, std::string> health_from_json(std::string_view text) {
  try {
    const json document = json::parse(text);
    const json& local = document.at("local");
    const json& shared = document.at("shared");
    Health health{
        .seen = time_of(document.at("seen")),
        .is_set_up = document.at("is_set_up").get<bool>(),
        .local = {.connected = local.at("connected").get<bool>(),
                  .since = time_of(local.at("since")),
                  .unsteady_since = maybe_time_of(local.at("unsteady_since")),
                  .last_publish = maybe_time_of(local.at("last_publish")),
                  .owes_since = maybe_time_of(local.at("owes_since")),
                  .undelivered = local.at("undelivered").get<std::size_t>(),
                  .undelivered_since = maybe_time_of(local.at("undelivered_since"))},
        .shared = {.unasked = shared.at("unasked").get<std::size_t>(), .since = maybe_time_of(shared.at("since"))},
        .lan = lan_of(document.at("lan")),
        .accounts = {}};
    for (const json& account : document.at("accounts")) health.accounts.push_back(account_of(account));
    for (const json& sink : document.at("sinks")) health.sinks.push_back(sink_of(sink));
    return health;
  } catch (const json::exception& error) {
    return fmt::format("not a health file of this version: {}", error.what());
  }
}

}  // namespace bluetti::gateway
