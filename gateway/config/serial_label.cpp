// SPDX-License-Identifier: MIT
#include "gateway/config/serial_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "gateway/base/ascii.h"
#include "gateway/config/config.h"

namespace bluetti::gateway {
namespace {

constexpr std::size_t kLongestLabel = 40;

std::string compact(std::string_view text) {
  std::string result = lower_case(text);
  std::erase_if(result, [](char c) { return c == ' ' || c == '-'; });
  return result;
}

std::vector<std::string> names_of(const schemas::Model& model) {
  std::vector<std::string> names{compact(model.name)};
  for (const std::string& alias : model.aliases) names.push_back(compact(alias));
  return names;
}

bool begins_with_model(std::string_view label, const schemas::Catalog& catalog) {
  return std::ranges::any_of(catalog.models(), [&](const auto& entry) {
    return std::ranges::any_of(names_of(entry.second),
                               [&](const std::string& name) { return label.starts_with(name); });
  });
}

std::vector<SerialLabel> readings_of(const std::string& label, const schemas::Catalog& catalog) {
  std::vector<SerialLabel> readings;
  for (const auto& entry : catalog.models()) {
    const schemas::Model& model = entry.second;
    for (const std::string& name : names_of(model)) {
      if (model.is_abstract || !label.starts_with(name)) continue;
      std::string rest = label.substr(name.size());
      const bool is_new = std::ranges::none_of(
          readings, [&](const SerialLabel& other) { return other.model == &model && other.serial == rest; });
      if (is_new && fault_of_serial(rest).empty()) readings.push_back({.serial = std::move(rest), .model = &model});
    }
  }
  return readings;
}

// Letters in front, and digits enough behind them.
bool looks_like_label(std::string_view text) {
  constexpr std::size_t kLeastDigits = 10;
  constexpr std::size_t kMostDigits = 21;
  if (text.empty()) return false;
  const std::size_t end = text.find_last_not_of("0123456789");
  return is_letter(text.front()) && end != std::string_view::npos && text.size() - end > kLeastDigits &&
         text.size() - end <= kMostDigits && text.size() <= kLongestLabel &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c); });
}

std::string unknown_label(std::string_view text) {
  return fmt::format(
      "'{}' begins with no known model ('bluetti-gateway list models'); if it has another name there, give the digits "
      "alone and the model",
      text);
}

}  // namespace

std::variant<SerialLabel, std::string> parse_serial_label(std::string_view text, const schemas::Model* model,
                                                          const schemas::Catalog& catalog) {
  std::string fault = fault_of_serial(text);
  if (fault.empty()) return SerialLabel{.serial = std::string(text)};
  std::vector<SerialLabel> readings = readings_of(compact(text), catalog);
  if (readings.empty()) {
    const std::string label = compact(text);
    return looks_like_label(label) && !begins_with_model(label, catalog) ? unknown_label(text) : fault;
  }
  if (model) {
    const std::string other = readings.front().model->name;
    std::erase_if(readings, [&](const SerialLabel& reading) { return reading.model != model; });
    if (readings.empty())
      return fmt::format("'{}' is the label of model {}, but model is {}", text, other, model->name);
  }
  if (readings.size() > 1) {
    return fmt::format("'{}' can be {} of model {} or {} of model {}; set model, or give the digits alone", text,
                       readings[0].serial, readings[0].model->name, readings[1].serial, readings[1].model->name);
  }
  return readings.front();
}

}  // namespace bluetti::gateway
