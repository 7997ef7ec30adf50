// SPDX-License-Identifier: MIT
#include "gateway/http/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "discovery/discovery.h"
#include "gateway/http/facts.h"
#include "gateway/http/json_text.h"
#include "schemas/value.h"

namespace bluetti::gateway::http {
namespace {

using schemas::ValueKind;

// The text of the members so far, which the next one follows.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  std::string& name(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    return out_ += json_string(key) + ':';
  }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

std::string list(const auto& items, const auto& text_of_item) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    out += text_of_item(item);
  }
  return out + ']';
}

std::string seconds_since(TimePoint then, TimePoint now) {
  return fmt::format("{}", std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
}

std::string updated_json(const Snapshot& snapshot, const std::optional<TimePoint>& updated) {
  return quoted_time(updated ? std::optional(snapshot.wall_of(*updated)) : std::nullopt);
}

std::string facts_json(const Facts& facts) {
  std::string out;
  Members members(out);
  members.name("soc") += number_or_null(facts.soc);
  members.name("solar_w") += number_or_null(facts.solar);
  members.name("grid_w") += number_or_null(facts.grid);
  members.name("home_w") += number_or_null(facts.home);
  members.name("battery_w") += number_or_null(facts.battery);
  members.name("minutes_to_full") += number_or_null(facts.minutes_to_full);
  members.name("minutes_to_empty") += number_or_null(facts.minutes_to_empty);
  members.name("charging_status") += facts.charging_status.empty() ? "null" : json_string(facts.charging_status);
  members.end();
  return out;
}

void append_about(Members& members, const Snapshot& snapshot, const StationView& station, const Facts& facts) {
  members.name("id") += json_string(station.id);
  members.name("name") += json_string(station.name);
  members.name("model") += station.model.empty() ? "null" : json_string(station.model);
  members.name("account") += station.account.empty() ? "null" : json_string(station.account);
  members.name("way") += json_string(station.way);
  members.name("online") += station.online ? "true" : "false";
  members.name("read_here") += station.is_ours ? "true" : "false";
  members.name("updated") += updated_json(snapshot, facts.updated);
  members.name("summary") += facts_json(facts);
}

std::string station_line(const Snapshot& snapshot, const StationView& station) {
  std::string out;
  Members members(out);
  append_about(members, snapshot, station, facts_of(station));
  members.end();
  return out;
}

std::string value_json(const Snapshot& snapshot, const BlockView& block, std::size_t index,
                       const discovery::Language& language) {
  const schemas::Slot& slot = block.decoder->slots()[index];
  std::string out;
  Members members(out);
  schemas::append_json(*slot.field, block.row, block.row.values[index], members.name("value"));
  if (!slot.field->unit.empty()) members.name("unit") += json_string(slot.field->unit);
  members.name("title") += json_string(discovery::entity_name(slot, block.decoder->block(), language));
  members.name("group") += json_string(block.decoder->block().poll);
  members.name("updated") += quoted_time(snapshot.wall_of(block.time_of(index)));
  members.name("age_s") += seconds_since(block.time_of(index), snapshot.at);
  members.name("old") += block.is_old(index, snapshot.at) ? "true" : "false";
  members.end();
  return out;
}

std::string setting_json(const SettingView& setting) {
  std::string out;
  Members members(out);
  members.name("path") += json_string(setting.path);
  members.name("title") += json_string(setting.title);
  members.name("kind") += json_string(setting.kind);
  members.name("value") += setting.value.empty() ? "null" : json_string(setting.value);
  if (!setting.unit.empty()) members.name("unit") += json_string(setting.unit);
  if (setting.min) members.name("min") += number_or_null(setting.min);
  if (setting.max) members.name("max") += number_or_null(setting.max);
  if (setting.step) members.name("step") += number_or_null(setting.step);
  if (!setting.options.empty()) members.name("options") += list(setting.options, json_string);
  members.end();
  return out;
}

std::string counters_json(const StationView& station) {
  const Counters& counters = station.counters;
  std::uint64_t dropped = 0;
  for (const std::uint64_t count : counters.dropped) dropped += count;
  return fmt::format(
      R"({{"requests":{},"answers":{},"pushes":{},"exceptions":{},"timeouts":{},"implausible":{},"dropped":{},"queued":{}}})",
      counters.requests, counters.answers, counters.pushes, counters.exceptions, counters.timeouts,
      counters.implausible, dropped, station.queued);
}

bool is_shown(const BlockView& block, std::size_t index) {
  return block.row.values[index].kind != ValueKind::missing && !block.decoder->slots()[index].field->secret;
}

// Same kind of value on both sides, and the same content; absent equals absent.
bool is_same(const BlockView& before, const BlockView& now, std::size_t index) {
  return schemas::Row::same(before.row, before.row.values[index], now.row, now.row.values[index]);
}

}  // namespace

std::string error_json(std::string_view message) {
  return "{\"error\":" + json_string(message) + "}\n";
}

std::string account_json(const AccountView& account) {
  std::string out;
  Members members(out);
  members.name("id") += json_string(account.id);
  members.name("connected") += account.connected ? "true" : "false";
  members.name("given_up") += account.given_up ? "true" : "false";
  members.name("stations") += fmt::format("{}", account.stations);
  members.name("requests_per_minute") += fmt::format("{}", account.requests_per_minute);
  members.name("request_budget") += fmt::format("{}", account.request_budget);
  members.name("last_answer") += quoted_time(account.last_answer);
  members.name("certificate_expires") += quoted_time(account.certificate_expires);
  members.name("problem") += account.problem.empty() ? "null" : json_string(account.problem);
  members.end();
  return out;
}

std::string status_json(const Snapshot& snapshot) {
  std::string out;
  Members members(out);
  members.name("version") += json_string(GATEWAY_VERSION);
  members.name("time") += quoted_time(snapshot.wall);
  members.name("ready") += snapshot.problems.empty() ? "true" : "false";
  members.name("problems") += list(snapshot.problems, json_string);
  members.name("local") += fmt::format(R"({{"broker":{},"connected":{},"published":{},"undelivered_topics":{}}})",
                                       json_string(snapshot.local.broker), snapshot.local.connected,
                                       snapshot.local.published, snapshot.local.undelivered);
  members.name("accounts") += list(snapshot.accounts, account_json);
  members.end();
  return out + '\n';
}

std::string stations_json(const Snapshot& snapshot) {
  return "{\"stations\":" +
         list(snapshot.stations, [&](const StationPointer& station) { return station_line(snapshot, *station); }) +
         "}\n";
}

std::string station_json(const Snapshot& snapshot, const StationView& station, const discovery::Language& language) {
  std::string out;
  Members members(out);
  append_about(members, snapshot, station, facts_of(station));
  std::string values;
  Members all(values);
  for (const BlockView& block : station.blocks) {
    for (std::size_t index = 0; index < block.row.values.size(); ++index) {
      if (!is_shown(block, index)) continue;
      all.name(block.decoder->slots()[index].path) += value_json(snapshot, block, index, language);
    }
  }
  all.end();
  members.name("values") += values;
  members.name("settings") += list(station.settings, setting_json);
  members.name("counters") += counters_json(station);
  members.end();
  return out + '\n';
}

std::string history_json(const History::Series& series) {
  std::string out;
  Members members(out);
  members.name("interval_s") += fmt::format("{}", std::chrono::seconds(History::kInterval).count());
  members.name("last") += quoted_time(series.samples.empty() ? std::nullopt : std::optional(series.last));
  for (std::size_t kind = 0; kind < History::kSeries.size(); ++kind) {
    members.name(History::kSeries[kind]) += list(series.samples, [&](const History::Sample& sample) {
      return number_or_null(static_cast<double>(sample[kind]));
    });
  }
  members.end();
  return out + '\n';
}

bool is_of_another_shape(const StationView& before, const StationView& now) {
  if (before.model != now.model || before.name != now.name || before.blocks.size() != now.blocks.size()) return true;
  for (std::size_t block = 0; block < now.blocks.size(); ++block) {
    const BlockView& was = before.blocks[block];
    const BlockView& is = now.blocks[block];
    if (was.decoder != is.decoder) return true;
    for (std::size_t index = 0; index < is.row.values.size(); ++index) {
      if (is_shown(was, index) != is_shown(is, index)) return true;
    }
  }
  return before.settings.size() != now.settings.size();
}

std::string changes_json(const Snapshot& snapshot, const StationView* before, const StationView& now) {
  std::string values;
  Members all(values);
  bool any = before == nullptr || before->online != now.online;
  for (std::size_t number = 0; number < now.blocks.size(); ++number) {
    const BlockView& block = now.blocks[number];
    const BlockView* was = before != nullptr && number < before->blocks.size() ? &before->blocks[number] : nullptr;
    if (was != nullptr && was->decoder != block.decoder) was = nullptr;
    any |= was == nullptr || was->updated != block.updated;
    for (std::size_t index = 0; index < block.row.values.size(); ++index) {
      if (!is_shown(block, index) || (was != nullptr && is_same(*was, block, index))) continue;
      const schemas::Slot& slot = block.decoder->slots()[index];
      schemas::append_json(*slot.field, block.row, block.row.values[index], all.name(slot.path));
    }
  }
  all.end();
  if (!any && values == "{}") return {};
  const Facts facts = facts_of(now);
  std::string out;
  Members members(out);
  members.name("station") += json_string(now.id);
  members.name("online") += now.online ? "true" : "false";
  members.name("updated") += updated_json(snapshot, facts.updated);
  members.name("summary") += facts_json(facts);
  members.name("values") += values;
  members.end();
  return out;
}

}  // namespace bluetti::gateway::http
