// SPDX-License-Identifier: MIT
// Why a connection failed. The MQTT library says "certificate verify failed" and no more, nothing of a name that does
// not match or of what the server says against the client, and swallows what is wrong with the files on this side: all
// that is looked into here. Without TLS it may be that the port wants it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gateway/config/config.h"
#include "gateway/mqtt/tls_material.h"

namespace bluetti::gateway {

// To be called where it may block, for seconds; any thread. Empty: nothing is wrong now. The files are opened here and
// now, so they may be gone by then.
[[nodiscard]] std::function<std::string()> inquiry(const BrokerUrl& url, const std::optional<TlsMaterial>& tls);

}  // namespace bluetti::gateway
