// SPDX-License-Identifier: MIT
#include "discovery/component.h"
#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

Component total_component(const Total& total, const Scope& scope, const Language& language) {
  const std::string name = language(total.name);
  return component_of({.platform = "sensor",
                       .id = total.path,
                       .name = name,
                       .entity_name = total.name,
                       .state = total.path,
                       .value_template = kPlainTemplate,
                       .device_class = total.device_class,
                       .state_class = total.device_class == "energy" ? "total_increasing" : "measurement",
                       .unit = total.unit,
                       .precision = total.device_class == "energy" ? 1 : 0},
                      scope);
}

}  // namespace

Draft totals_draft(const Bridge& bridge, const Topics& topics, const Language& language) {
  const std::string identifier = bridge_identifier(bridge.installation) + "_total";
  const std::string root = topics.base + "/" + topics.bridge;
  const Scope scope{identifier, "all_stations", root + "/total"};
  Draft draft{.topic = topic_of(topics, identifier),
              .device = json_object(0,
                                    [&](JsonObject& device) {
                                      put_identity(device, identifier, bridge.page);
                                      device.put("model", "bluetti-gateway");
                                      device.put("name", language(phrase::kAllStations));
                                      device.put("via_device", bridge_identifier(bridge.installation));
                                    }),
              .availability = availability_of({root + "/availability"}),
              .components = {}};
  for (const Total& total : kTotals) draft.components.push_back(total_component(total, scope, language));
  return draft;
}

}  // namespace bluetti::discovery
