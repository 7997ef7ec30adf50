// SPDX-License-Identifier: MIT
// libmosquitto's properties, its way to connect, and what its result codes mean. Stateless; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/reply_to.h"
#include "gateway/mqtt/connection_options.h"
#include "gateway/mqtt/mqtt_client.h"

struct mosquitto;
struct mqtt5__property;  // libmosquitto's mosquitto_property

namespace bluetti::gateway {

struct FreeProperties {
  void operator()(mqtt5__property* properties) const noexcept;
};
using Properties = std::unique_ptr<mqtt5__property, FreeProperties>;

// What travels with a message; nullptr: nothing does.
[[nodiscard]] Properties properties_of(MqttProtocol protocol, const Delivery& delivery);

// Its topic is empty if the message asks for no answer.
[[nodiscard]] ReplyTo reply_to_of(const mqtt5__property* properties);

// Blocks until the connection is there or cannot be: empty, or what is wrong. `most_incoming`: bytes of payload, which
// a broker of MQTT 5 is asked to keep to. A host with port 0 is the path of a Unix socket to the library.
[[nodiscard]] std::string connect_library(mosquitto* library, const ConnectionOptions& options,
                                          std::size_t most_incoming);

[[nodiscard]] std::string text_of(int result, int error_number);

// Of a message: to send it again would end in the same way.
[[nodiscard]] bool is_final(int result);
[[nodiscard]] std::string refusal_of(int result);

inline constexpr std::string_view kEndsConnection =
    "the broker ends the connection when it is sent, so that it is probably larger than the broker takes; raise the "
    "broker's limit (mosquitto: max_packet_size), or publish less";

}  // namespace bluetti::gateway
