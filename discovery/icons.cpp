// SPDX-License-Identifier: MIT
#include "discovery/icons.h"

#include <algorithm>
#include <array>

namespace bluetti::discovery {
namespace {

struct Icon {
  std::string_view word;  // of the component's id, or several: "ac_output"
  std::string_view icon;
};

// The first row whose word is in the id holds.
constexpr Icon kByWord[] = {
    {"boost", "mdi:refresh"},
    {"control_undo", "mdi:undo"},
    {"control_result", "mdi:history"},
    {"problem_event", "mdi:alert-circle-outline"},
    {"log_level", "mdi:text-box-outline"},
    {"requests_per_minute", "mdi:swap-vertical"},
    {"time_slot", "mdi:clock-edit-outline"},
    {"firmware", "mdi:chip"},
    {"version", "mdi:chip"},
    {"serial", "mdi:identifier"},
    {"led", "mdi:led-strip-variant"},
    {"eco", "mdi:leaf"},
    {"soh", "mdi:battery-heart-variant"},
    {"charging", "mdi:battery-charging"},
    {"working_mode", "mdi:home-lightning-bolt"},
    {"self_sufficiency", "mdi:home-percent"},
    {"pv", "mdi:solar-power"},
    {"solar", "mdi:solar-power"},
    {"grid", "mdi:transmission-tower"},
    {"meter", "mdi:meter-electric"},
    {"car", "mdi:car-electric"},
    {"ev", "mdi:car-electric"},
    {"ac_output", "mdi:power-socket"},
    {"dc_output", "mdi:power-plug"},
    {"load", "mdi:power-plug"},
    {"pack", "mdi:home-battery"},
    {"battery", "mdi:home-battery"},
    {"inverter", "mdi:sine-wave"},
    {"address", "mdi:ip-network"},
    {"timeout", "mdi:timer-outline"},
    {"time", "mdi:timer-outline"},
    {"limit", "mdi:gauge"},
    {"count", "mdi:counter"},
    {"number", "mdi:counter"},
    {"mode", "mdi:tune-variant"},
    {"status", "mdi:list-status"},
    {"type", "mdi:shape-outline"},
    {"code", "mdi:pound"},
};

// Where a class has an icon, it may be one for all of them alike.
constexpr std::array<std::string_view, 5> kClassesOfMany{"", "enum", "power", "apparent_power", "energy"};

constexpr std::array<Icon, 5> kByPlatform{{{"binary_sensor", "mdi:toggle-switch-outline"},
                                           {"switch", "mdi:toggle-switch-variant"},
                                           {"select", "mdi:form-select"},
                                           {"number", "mdi:gauge"},
                                           {"button", "mdi:gesture-tap-button"}}};

bool has_word(std::string_view id, std::string_view word) {
  for (std::size_t at = id.find(word); at != std::string_view::npos; at = id.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || id[at - 1] == '_') && (end == id.size() || id[end] == '_')) return true;
  }
  return false;
}

}  // namespace

std::string_view icon_for(std::string_view platform, std::string_view device_class, std::string_view id) {
  const bool is_plain = platform == "sensor" || device_class.empty();
  if (!is_plain || std::ranges::find(kClassesOfMany, device_class) == kClassesOfMany.end()) return {};
  const auto* found = std::ranges::find_if(kByWord, [id](const Icon& icon) { return has_word(id, icon.word); });
  if (found != std::end(kByWord)) return found->icon;
  if (!device_class.empty() && device_class != "enum") return {};
  const auto* own = std::ranges::find(kByPlatform, platform, &Icon::word);
  return own == kByPlatform.end() ? "mdi:information-outline" : own->icon;
}

}  // namespace bluetti::discovery
