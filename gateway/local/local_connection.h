// SPDX-License-Identifier: MIT
// How to reach the local broker, from the configuration. The will says that the gateway is gone.
#pragma once

#include <string>
#include <string_view>

#include "gateway/config/config.h"
#include "gateway/mqtt/connection_options.h"

namespace bluetti::gateway {

inline constexpr std::string_view kOnline = "online";
inline constexpr std::string_view kOffline = "offline";

// The topic that all of the gateway's own are below.
[[nodiscard]] std::string bridge_root(const LocalConfig& local);
[[nodiscard]] std::string bridge_availability_topic(const LocalConfig& local);
// Which gateways this one counts, where several share the stations.
[[nodiscard]] std::string members_topic(const LocalConfig& local);

// As configured; else the default and something of the installation's own, since two clients of one id throw each other
// out. Without an installation the default alone, to be extended by the caller.
[[nodiscard]] std::string local_client_id(const LocalConfig& local, std::string_view installation);
[[nodiscard]] ConnectionOptions local_connection(const LocalConfig& local, std::string_view installation = {});

}  // namespace bluetti::gateway
