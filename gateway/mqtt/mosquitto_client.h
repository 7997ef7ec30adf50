// SPDX-License-Identifier: MIT
// MqttClient over libmosquitto (2.0 and later), for the local broker: messages are written by the thread that publishes
// them, where Paho hands each to another thread (docs/performance.md has the figures of both). Until flush() the kernel
// holds them back, so that what one answer of a station changed leaves as one segment. A thread of each connection
// connects, reads and keeps alive; it only pushes events. Reconnecting is the owner's business, with its own timers.
#pragma once

#include <memory>

#include "gateway/base/event.h"
#include "gateway/mqtt/connection_options.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway {

// Call on the loop's thread.
[[nodiscard]] std::unique_ptr<MqttClient> make_mosquitto_client(Link link, ConnectionOptions options, EventSink sink);

}  // namespace bluetti::gateway
