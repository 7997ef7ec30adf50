// SPDX-License-Identifier: MIT
#include "gateway/local/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "discovery/discovery.h"

namespace bluetti::gateway {
namespace {

// Of an array, whose names are counted through its words; those without a name are told by their number.
std::string name_of_bit(const schemas::Slot& slot, int bit) {
  const int code = bit + std::max(slot.item - 1, 0) * slot.field->size * 8;
  const auto option = std::ranges::find(slot.field->options, code, &schemas::Option::code);
  if (option != slot.field->options.end()) return option->name;
  return fmt::format("{}{} bit {}", slot.field->title, slot.item > 0 ? fmt::format(" {}", slot.item) : "", bit);
}

void add_active(const schemas::Slot& slot, const schemas::Value& value, std::map<std::string, std::string>& active) {
  if (slot.field->type != schemas::Type::bitmap) {
    if (value.integer != 0) active.emplace(slot.path, slot.field->title);
    return;
  }
  for (int bit = 0; bit < slot.field->size * 8; ++bit) {
    if (((value.unsigned_integer >> static_cast<unsigned>(bit)) & 1U) == 0) continue;
    active.emplace(fmt::format("{}:{:02}", slot.path, bit), name_of_bit(slot, bit));
  }
}

nlohmann::json event_of(const std::string& place, const std::string& name, bool came) {
  const discovery::ProblemName problem = discovery::problem_name(name);
  const std::string_view code = problem.code.empty() ? discovery::kProblemOther : problem.code;
  nlohmann::json event{{"event_type", came ? code : discovery::kProblemCleared},
                       {"text", problem.text},
                       {"path", place.substr(0, place.find(':'))}};
  if (!came) event["code"] = code;
  return event;
}

}  // namespace

bool has_problem_words(const Station& station) {
  return std::ranges::any_of(station.blocks(), [](const BlockState& block) {
    return std::ranges::any_of(block.decoder->slots(),
                               [](const schemas::Slot& slot) { return discovery::is_problem(*slot.field); });
  });
}

bool touches_problems(const BlockState& block, const Update& update) {
  return std::ranges::any_of(update.slots, [&block](std::uint32_t slot) {
    return discovery::is_problem(*block.decoder->slots()[slot].field);
  });
}

std::vector<std::string> Problems::review(const Station& station) {
  Active active;
  is_known_ = false;
  for (const BlockState& block : station.blocks()) {
    const auto slots = block.decoder->slots();
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const schemas::Value& value = block.current().values[index];
      if (!value.present() || !discovery::is_problem(*slots[index].field)) continue;
      is_known_ = true;
      add_active(slots[index], value, active);
    }
  }
  std::vector<std::string> events;
  if (!is_known_) return events;
  const Active before = std::exchange(active_, std::move(active));
  if (!std::exchange(was_known_, true)) return events;
  for (const auto& [place, name] : active_) {
    if (!before.contains(place)) events.push_back(event_of(place, name, true).dump());
  }
  for (const auto& [place, name] : before) {
    if (!active_.contains(place)) events.push_back(event_of(place, name, false).dump());
  }
  return events;
}

std::string_view Problems::state() const {
  if (!is_known_) return {};
  return active_.empty() ? "OFF" : "ON";
}

std::string Problems::json() const {
  if (!is_known_) return R"({"active":null,"codes":null})";
  nlohmann::json object{{"active", nlohmann::json::array()}, {"codes", nlohmann::json::array()}};
  for (const auto& [place, name] : active_) {
    object["active"].push_back(name);
    if (const auto code = discovery::problem_name(name).code; !code.empty()) object["codes"].push_back(code);
  }
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace bluetti::gateway
