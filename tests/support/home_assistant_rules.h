// SPDX-License-Identifier: MIT
// Says what Home Assistant 2024.11 and later would refuse, ignore or warn about in device discovery documents and in
// the states behind them. Knows nothing of the code that writes them; its tables come from
// `homeassistant/components/mqtt/` and `homeassistant/components/sensor/const.py` of home-assistant/core. Only long key
// names are known.
//
// Rules 1 to 31 are Home Assistant's. Those with a letter in front are good manners of a bridge:
//   B1 state topics stay clear of the discovery prefix   B6 one battery level per device or pack
//   B2 device has a name and identifiers                 B7 enumerations have the catch-all "other"
//   B3 unique_id is an identifier and the key: the       B8 neither force_update nor expire_after
//      device's, or of the device it is behind           B9 availability of bridge and device, both needed
//   B4 default_entity_id is always given                    (of the bridge alone for what it says itself)
//   B5 names are given and unlike each other             B10 commands with QoS 1, never retained
//   B11 a document stays below 2,000,000 bytes           B12 a device comes once, after that it is behind
//   B13 attributes come as a JSON object by a template   B14 default_entity_id is given once
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace bluetti::test_support {

struct Message {
  std::string topic;
  std::string payload;
  bool retained = true;
};

struct Violation {
  std::string rule;     // "14"
  std::string subject;  // topic, or device and component
  std::string text;
};
std::ostream& operator<<(std::ostream& out, const Violation& violation);

// All that is wrong with the discovery documents of one broker, in the order of their publishing, and, if given, with
// what else was published there.
[[nodiscard]] std::vector<Violation> home_assistant_violations(const std::vector<Message>& documents,
                                                               const std::vector<Message>& published = {},
                                                               std::string_view prefix = "homeassistant");

}  // namespace bluetti::test_support
