// SPDX-License-Identifier: MIT
// Asks Home Assistant's Supervisor which MQTT broker there is and how to log in to it: GET /services/mqtt, as
// developers.home-assistant.io describes it. Errors are messages for a person and hold no secret.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gateway/config/config.h"

namespace bluetti::gateway {

struct NamedBroker {
  BrokerUrl url;
  std::string username;
  Secret password;
};

using SupervisorAnswer = std::variant<NamedBroker, std::string>;

// Blocks for seconds at most; any thread.
[[nodiscard]] SupervisorAnswer ask_supervisor(const SupervisorConfig& supervisor);

// What an answer says. Pure.
[[nodiscard]] SupervisorAnswer broker_named_by(int status, std::string_view body);

}  // namespace bluetti::gateway
