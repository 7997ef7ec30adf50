// SPDX-License-Identifier: MIT
#include "gateway/config/serial_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "gateway/base/ascii.h"
#include "gateway/config/config.h"

namespace bluetti::gateway {
namespace {

std::string compact(std::string_view text) {
  std::string result = lower_case(text);
  std::erase_if(result, [](char c) { return c == ' ' || c == '-'; });
  return result;
}

std::vector<SerialLabel> readings_of(const std::string& label, const schemas::Catalog& catalog) {
  std::vector<SerialLabel> readings;
  for (const auto& entry : catalog.models()) {
    const schemas::Model& model = entry.second;
    std::vector<std::string> names{compact(model.name)};
    for (const std::string& alias : model.aliases) names.push_back(compact(alias));
    for (const std::string& name : names) {
      if (model.is_abstract || !label.starts_with(name)) continue;
      std::string rest = label.substr(name.size());
      const bool is_new = std::ranges::none_of(
          readings, [&](const SerialLabel& other) { return other.model == &model && other.serial == rest; });
      if (is_new && fault_of_serial(rest).empty()) readings.push_back({.serial = std::move(rest), .model = &model});
    }
  }
  return readings;
}

}  // namespace

std::variant<SerialLabel, std::string> parse_serial_label(std::string_view text, const schemas::Model* model,
                                                          const schemas::Catalog& catalog) {
  std::string fault = fault_of_serial(text);
  if (fault.empty()) return SerialLabel{.serial = std::string(text)};
  std::vector<SerialLabel> readings = readings_of(compact(text), catalog);
  if (readings.empty()) return fault;
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
