// SPDX-License-Identifier: MIT
#include "discovery/problem.h"

#include <algorithm>

#include "discovery/entity_name.h"
#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

constexpr std::string_view kProblemId = "problem";
constexpr std::string_view kProblemEventId = "problem_event";

// A topic that is cleared is empty, which Home Assistant would log as no JSON.
constexpr const char* kObjectTemplate = "{{ value or '{}' }}";

std::string event_types_of(const std::vector<Entity>& entities) {
  std::vector<std::string> codes;
  for (const Entity& entity : entities) {
    if (!is_problem(*entity.slot->field)) continue;
    for (const schemas::Option& option : entity.slot->field->options) {
      if (const std::string_view code = problem_name(option.name).code; !code.empty()) codes.emplace_back(code);
    }
  }
  std::ranges::sort(codes);
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  codes.emplace_back(kProblemCleared);
  codes.emplace_back(kProblemOther);
  std::string list = "[";
  for (const std::string& code : codes) schemas::append_json_text(code, list.append(list.size() > 1 ? "," : ""));
  return list += ']';
}

}  // namespace

bool is_problem(const schemas::Field& field) {
  return field.kind == "problem" && field.evidence == schemas::Evidence::verified && is_entity(field);
}

ProblemName problem_name(std::string_view name) {
  const std::string_view word = name.substr(0, name.find(' '));
  const bool is_code = word.size() > 1 && word.size() < name.size() && word.front() >= 'A' && word.front() <= 'Z' &&
                       std::ranges::all_of(word.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  return is_code ? ProblemName{word, name.substr(word.size() + 1)} : ProblemName{{}, name};
}

void add_problem(const std::vector<Entity>& entities, const Scope& scope, const Language& language,
                 std::string_view device_name, Draft& draft) {
  if (draft.has(kProblemId) ||
      std::ranges::none_of(entities, [](const Entity& entity) { return is_problem(*entity.slot->field); })) {
    return;
  }
  const auto own_name = [&](std::string_view phrase) {
    return without_device_name(language(phrase), device_name, language);
  };
  const std::string name = own_name(phrase::kProblem);
  const std::string name_of_event = own_name(phrase::kProblemEvent);
  draft.components.push_back(component_of({.platform = "binary_sensor",
                                           .id = kProblemId,
                                           .name = name,
                                           .entity_name = phrase::kProblem,
                                           .state = kProblemPath,
                                           .value_template = kPlainTemplate,
                                           .attributes_template = kObjectTemplate,
                                           .attributes = kProblemsPath,
                                           .device_class = "problem"},
                                          scope));
  draft.components.push_back(component_of({.platform = "event",
                                           .id = kProblemEventId,
                                           .name = name_of_event,
                                           .entity_name = phrase::kProblemEvent,
                                           .state = kProblemEventPath,
                                           .category = "diagnostic",
                                           .event_types = event_types_of(entities),
                                           .confirmed = true},
                                          scope));
}

}  // namespace bluetti::discovery
