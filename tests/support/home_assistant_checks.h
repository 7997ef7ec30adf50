// SPDX-License-Identifier: MIT
// The parts of home_assistant_rules.h, for its own files only.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/home_assistant_rules.h"

namespace bluetti::test_support {

// Where violations of one device or component are noted down.
class Report {
 public:
  Report(std::string subject, std::vector<Violation>& violations) : subject_(std::move(subject)), out_(violations) {}

  void add(std::string rule, std::string text) { out_.push_back({std::move(rule), subject_, std::move(text)}); }
  void require(bool good, const char* rule, const std::string& text) {
    if (!good) add(rule, text);
  }
  [[nodiscard]] Report below(const std::string& part) { return {subject_ + " " + part, out_}; }

 private:
  std::string subject_;
  std::vector<Violation>& out_;
};

// A component with what it inherits from the root.
struct Component {
  std::string key;
  std::string platform;
  nlohmann::json config;
  std::string device_name;
  std::string device_identifier;
  std::string parent_identifier;  // of the device it is reached through; empty: none
};

// What was published, by topic.
using Published = std::multimap<std::string_view, const Message*>;

// What is at `key`; null if nothing is.
[[nodiscard]] const nlohmann::json& at(const nlohmann::json& object, const char* key);
// The text at `key`; empty if there is none.
[[nodiscard]] std::string text_at(const nlohmann::json& object, const char* key);
[[nodiscard]] bool has_text(const nlohmann::json& object, const char* key);
[[nodiscard]] bool is_numeric_sensor(const Component& component);

void check_topics(const nlohmann::json& object, Report& report);
void check_availability(const nlohmann::json& object, Report& report);
void check_entity(const Component& component, std::string_view prefix, Report& report);
void check_states(const Component& component, const Published& published, Report& report);

}  // namespace bluetti::test_support
