// SPDX-License-Identifier: MIT
// Where the sender of a message by MQTT 5 wants its answer: the message's response topic and correlation data.
#pragma once

#include <string>

namespace bluetti::gateway {

struct ReplyTo {
  std::string topic;        // empty: nowhere
  std::string correlation;  // any bytes, returned as they came
};

}  // namespace bluetti::gateway
