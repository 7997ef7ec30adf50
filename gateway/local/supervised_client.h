// SPDX-License-Identifier: MIT
// A local client that asks the Supervisor before every try to connect, because broker and password may change while the
// gateway runs. What the configuration says of user name and password wins.
#pragma once

#include <functional>
#include <memory>

#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/local/supervisor.h"
#include "gateway/mqtt/connection_options.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway {

using AskSupervisor = std::function<SupervisorAnswer(const SupervisorConfig&)>;  // may block
using MakeLocalClient = std::function<std::unique_ptr<MqttClient>(const ConnectionOptions&)>;

// `local.supervisor` must be set; `link` is that of its events. The sink must outlive the client.
[[nodiscard]] std::unique_ptr<MqttClient> make_supervised_client(LocalConfig local, AskSupervisor ask,
                                                                 MakeLocalClient make, EventSink sink,
                                                                 Link link = kLocal);

}  // namespace bluetti::gateway
