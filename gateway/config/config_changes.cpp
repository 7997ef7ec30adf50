// SPDX-License-Identifier: MIT
#include "gateway/config/config_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace bluetti::gateway {
namespace {

using Settings = std::map<std::string_view, const Setting*>;

constexpr std::array<std::string_view, 4> kLiveOfLocal{"local.json_state", "local.heartbeat", "local.counters",
                                                       "local.qos"};
constexpr std::array<std::string_view, 3> kSubscribed{"discovery.enabled", "discovery.prefix", "discovery.birth_topic"};

Settings by_name(const Config& config) {
  Settings settings;
  for (const Setting& setting : config.settings) settings.emplace(setting.name, &setting);
  return settings;
}

// "station.garage.name" -> "station.garage"; empty for what there is only one of.
std::string_view owner_of(std::string_view name) {
  if (!name.starts_with("station.") && !name.starts_with("account.") && !name.starts_with("profile.")) return {};
  return name.substr(0, name.find('.', name.find('.') + 1));
}

bool has_owner(const Settings& settings, std::string_view owner) {
  const std::string prefix = std::string(owner) + ".";
  const auto first = settings.lower_bound(prefix);
  return first != settings.end() && first->first.starts_with(prefix);
}

std::string shown(const Setting* setting) {
  return setting == nullptr || setting->value.empty() ? "(none)" : setting->value;
}

class Comparison {
 public:
  Comparison(const Config& before, const Config& after) : before_(by_name(before)), after_(by_name(after)) {
    for (const auto& [name, setting] : before_) {
      if (!after_.contains(name)) compare(name, setting, nullptr);
    }
    for (const auto& [name, setting] : after_) {
      const auto earlier = before_.find(name);
      compare(name, earlier == before_.end() ? nullptr : earlier->second, setting);
    }
    std::ranges::sort(changes_.lines);
  }
  [[nodiscard]] ConfigChanges take() { return std::move(changes_); }

 private:
  void compare(std::string_view name, const Setting* before, const Setting* after) {
    if (before && after ? before->digest == after->digest : shown(before) == shown(after)) return;
    note_effect(name);
    const std::string_view owner = owner_of(name);
    if (!owner.empty() && !has_owner(before_, owner)) return once(fmt::format("{}: new", owner));
    if (!owner.empty() && !has_owner(after_, owner)) return once(fmt::format("{}: gone", owner));
    if (before && after && before->value == after->value) {
      return once(fmt::format("{}: its content changed", name));
    }
    once(fmt::format("{}: {} -> {}", name, shown(before), shown(after)));
  }

  void note_effect(std::string_view name) {
    if (name.starts_with("local.")) {
      changes_.local |= std::ranges::find(kLiveOfLocal, name) == kLiveOfLocal.end();
    } else if (name.starts_with("gateway.") || std::ranges::find(kSubscribed, name) != kSubscribed.end()) {
      changes_.local = true;
    } else if (name.starts_with("account.") && !name.ends_with(".answer_timeout") &&
               !name.ends_with(".offline_after")) {
      changes_.accounts.emplace(owner_of(name).substr(std::string_view("account.").size()));
    } else if (name.starts_with("http.")) {
      changes_.http = true;
    } else if (name.starts_with("state.") || name.starts_with("health.") || name.starts_with("record.")) {
      changes_.at_restart.emplace_back(name);
    }
  }

  void once(std::string line) {
    if (std::ranges::find(changes_.lines, line) == changes_.lines.end()) changes_.lines.push_back(std::move(line));
  }

  Settings before_;
  Settings after_;
  ConfigChanges changes_;
};

}  // namespace

ConfigChanges changes_between(const Config& before, const Config& after) {
  return Comparison(before, after).take();
}

}  // namespace bluetti::gateway
