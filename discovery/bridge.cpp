// SPDX-License-Identifier: MIT
#include <array>

#include "discovery/component.h"
#include "discovery/entity_name.h"
#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

constexpr const char* kDeviceName = "BLUETTI Gateway";
constexpr std::array kLogLevels{"trace", "debug", "info", "warning", "error"};

// A value of an account. What the user looks at when nothing comes in stands out, the rest is diagnostic.
struct AccountValue {
  std::string_view topic;
  std::string_view name;
  std::string_view platform;
  std::string_view device_class;
  std::string_view unit;
  bool diagnostic;
};

constexpr AccountValue kAccountValues[] = {
    {"connection", phrase::kCloudConnection, "binary_sensor", "connectivity", "", false},
    {"requests_per_minute", phrase::kCloudRequests, "sensor", "", "1/min", true},
    {"last_answer", phrase::kLastCloudAnswer, "sensor", "timestamp", "", true},
    {"certificate_expires", phrase::kCertificateExpires, "sensor", "timestamp", "", true},
    {"problem", phrase::kCloudProblem, "sensor", "", "", true},
};

json account_component(const AccountValue& value, const std::string& id, const std::string& name, const Scope& scope,
                       const Account& account) {
  json component = component_base(scope, value.platform, id, name);
  component["state_topic"] = scope.state_root + "/account/" + account.id + "/" + std::string(value.topic);
  component["value_template"] = kPlainTemplate;
  put(component, "device_class", value.device_class);
  if (value.diagnostic) component["entity_category"] = "diagnostic";
  if (!value.unit.empty()) {
    component["unit_of_measurement"] = value.unit;
    component["state_class"] = "measurement";
    component["suggested_display_precision"] = 1;
  }
  return component;
}

json version(const Scope& scope, const Language& language) {
  json component = component_base(scope, "sensor", "version", language(phrase::kVersion));
  component["state_topic"] = scope.state_root + "/version";
  component["value_template"] = kPlainTemplate;
  component["entity_category"] = "diagnostic";
  return component;
}

json restart(const Scope& scope, const Language& language) {
  json component = component_base(scope, "button", "restart", language(phrase::kRestart));
  component["command_topic"] = scope.state_root + "/restart/set";
  component["device_class"] = "restart";
  component["entity_category"] = "config";
  component["qos"] = 1;
  return component;
}

json log_level(const Scope& scope, const Language& language) {
  json component = component_base(scope, "select", "log_level", language(phrase::kLogLevel));
  component["state_topic"] = scope.state_root + "/log_level";
  component["command_topic"] = scope.state_root + "/log_level/set";
  component["options"] = kLogLevels;
  component["entity_category"] = "config";
  component["qos"] = 1;
  return component;
}

void add_accounts(const Bridge& bridge, const Scope& scope, const Language& language, json& components) {
  for (const Account& account : bridge.accounts) {
    const std::string& shown = account.name.empty() ? account.id : account.name;
    for (const AccountValue& value : kAccountValues) {
      const std::string id = "account_" + slug(account.id) + "_" + std::string(value.topic);
      std::string name = language(value.name);
      if (bridge.accounts.size() > 1) name += " (" + shown + ")";
      components[id] = account_component(value, id, name, scope, account);
    }
  }
}

}  // namespace

Document bridge_document(const Bridge& bridge, const Topics& topics, const Origin& origin, const Language& language) {
  const std::string identifier = bridge_identifier(bridge.installation);
  const Scope scope{identifier, "bluetti_gateway", topics.base + "/" + topics.bridge};
  Draft draft{
      .topic = topic_of(topics, identifier),
      .device = {{"identifiers", json::array({identifier})}, {"manufacturer", "BLUETTI"}, {"name", kDeviceName}},
      .availability = availability_of({scope.state_root + "/availability"})};
  draft.device["model"] = "bluetti-gateway";
  put(draft.device, "sw_version", bridge.version);
  draft.components["version"] = version(scope, language);
  draft.components["restart"] = restart(scope, language);
  draft.components["log_level"] = log_level(scope, language);
  add_accounts(bridge, scope, language, draft.components);
  return assemble({&draft, 1}, bridge.announced, origin).front();
}

}  // namespace bluetti::discovery
