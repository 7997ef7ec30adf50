// SPDX-License-Identifier: MIT
// The numbers in which a broker refuses a connection, in words: return codes of MQTT 3.1.1 (section 3.2.2.3) and reason
// codes of MQTT 5 (section 3.2.2.2). The ranges do not overlap.
#pragma once

#include <string>

namespace bluetti::gateway {

[[nodiscard]] std::string connack_reason(int code);

}  // namespace bluetti::gateway
