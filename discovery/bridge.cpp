// SPDX-License-Identifier: MIT
#include "discovery/component.h"
#include "discovery/entity_name.h"
#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

constexpr const char* kDeviceName = "BLUETTI Gateway";

// A value of an account. What the user looks at when nothing comes in stands out, the rest is diagnostic.
struct AccountValue {
  std::string_view topic;
  std::string_view name;
  std::string_view platform;
  std::string_view device_class;
  std::string_view unit;
  bool diagnostic;
  bool enabled = true;
};

// The time of the last answer would write a line a minute into the user's logbook: only for those who want it.
constexpr AccountValue kAccountValues[] = {
    {"connection", phrase::kCloudConnection, "binary_sensor", "connectivity", "", false},
    {"requests_per_minute", phrase::kCloudRequests, "sensor", "", "requests/min", true},
    {"last_answer", phrase::kLastCloudAnswer, "sensor", "timestamp", "", true, false},
    {"certificate_expires", phrase::kCertificateExpires, "sensor", "timestamp", "", true},
    {"problem", phrase::kCloudProblem, "sensor", "", "", true},
};

Component account_component(const AccountValue& value, const std::string& id, const std::string& name,
                            const std::string& english, const Scope& scope, const Account& account) {
  const std::string state = "account/" + account.id + "/" + std::string(value.topic);
  const bool is_counted = !value.unit.empty();
  return component_of({.platform = value.platform,
                       .id = id,
                       .name = name,
                       .entity_name = english,
                       .state = state,
                       .value_template = kPlainTemplate,
                       .device_class = value.device_class,
                       .state_class = is_counted ? "measurement" : "",
                       .unit = value.unit,
                       .category = value.diagnostic ? "diagnostic" : "",
                       .precision = is_counted ? 1 : -1,
                       .enabled = value.enabled},
                      scope);
}

Component restart(const Scope& scope, const Language& language) {
  return component_of({.platform = "button",
                       .id = "restart",
                       .name = language(phrase::kRestart),
                       .entity_name = phrase::kRestart,
                       .command = "restart/set",
                       .device_class = "restart",
                       .category = "config",
                       .confirmed = true},
                      scope);
}

Component log_level(const Scope& scope, const Language& language) {
  return component_of({.platform = "select",
                       .id = "log_level",
                       .name = language(phrase::kLogLevel),
                       .entity_name = phrase::kLogLevel,
                       .state = "log_level",
                       .command = "log_level/set",
                       .category = "config",
                       .options = R"(["trace","debug","info","warning","error"])",
                       .confirmed = true},
                      scope);
}

void add_accounts(const Bridge& bridge, const Scope& scope, const Language& language,
                  std::vector<Component>& components) {
  for (const Account& account : bridge.accounts) {
    const std::string& shown = account.name.empty() ? account.id : account.name;
    for (const AccountValue& value : kAccountValues) {
      const std::string id = "account_" + slug(account.id) + "_" + std::string(value.topic);
      const std::string which = bridge.accounts.size() > 1 ? " (" + shown + ")" : "";
      components.push_back(
          account_component(value, id, language(value.name) + which, std::string(value.name) + which, scope, account));
    }
  }
}

std::string device_of(const Bridge& bridge, std::string_view identifier) {
  return json_object(0, [&](JsonObject& device) {
    put_identity(device, identifier, bridge.page, kDeviceName);
    device.put("model", "bluetti-gateway");
    device.put("name", kDeviceName);
    device.put_known("sw_version", bridge.version);
  });
}

Draft bridge_draft(const Bridge& bridge, const Topics& topics, const Language& language) {
  const std::string identifier = bridge_identifier(bridge.installation);
  const Scope scope{identifier, "bluetti_gateway", topics.base + "/" + topics.bridge};
  Draft draft{.topic = topic_of(topics, identifier),
              .device = device_of(bridge, identifier),
              .availability = availability_of({scope.state_root + "/availability"}),
              .components = {restart(scope, language), log_level(scope, language)}};
  add_accounts(bridge, scope, language, draft.components);
  return draft;
}

}  // namespace

std::string bridge_topic(std::string_view prefix, std::string_view installation) {
  return topic_of({.discovery_prefix = std::string(prefix)}, bridge_identifier(installation));
}

std::vector<Document> bridge_documents(const Bridge& bridge, const Topics& topics, const Origin& origin,
                                       const Language& language) {
  std::vector<Draft> drafts{bridge_draft(bridge, topics, language)};
  if (bridge.totals) drafts.push_back(totals_draft(bridge, topics, language));
  for (Draft& draft : drafts) sort(draft.components);
  return assemble(drafts, bridge.announced, origin);
}

}  // namespace bluetti::discovery
