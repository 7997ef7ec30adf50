// SPDX-License-Identifier: MIT
// How to reach the local broker, from the configuration. The will says that the gateway is gone.
#pragma once

#include "gateway/config/config.h"
#include "gateway/mqtt/connection_options.h"

namespace bluetti::gateway {

inline constexpr std::string_view kOnline = "online";
inline constexpr std::string_view kOffline = "offline";

// The topic that all of the gateway's own are below.
[[nodiscard]] std::string bridge_root(const LocalConfig& local);
[[nodiscard]] std::string bridge_availability_topic(const LocalConfig& local);
[[nodiscard]] ConnectionOptions local_connection(const LocalConfig& local);

}  // namespace bluetti::gateway
