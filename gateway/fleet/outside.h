// SPDX-License-Identifier: MIT
// What the gateway asks the outside world for: connections, ways into the cloud, a memory. Tests bring their own.
#pragma once

#include <bluetti/sink.h>

#include <functional>
#include <memory>

#include "gateway/capture/recorder.h"
#include "gateway/mqtt/mqtt_client.h"
#include "gateway/state/state.h"
#include "gateway/transport/access.h"
#include "gateway/transport/lan_socket.h"

namespace bluetti::gateway {

struct Outside {
  std::function<std::unique_ptr<MqttClient>(Link, const ConnectionOptions&)> make_client;
  std::function<std::unique_ptr<AccessSource>(Link)> make_access;  // of an account of the present configuration
  std::function<void(const State&)> remember;                      // returns at once
  std::shared_ptr<capture::Recorder> recorder;                     // nullptr: nothing is recorded
  std::function<std::unique_ptr<LanSocket>(LanLink, const LanEndpoint&)> make_lan = nullptr;
  std::shared_ptr<Sinks> sinks = nullptr;  // nullptr: there are none
};

}  // namespace bluetti::gateway
