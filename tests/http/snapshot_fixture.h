// SPDX-License-Identifier: MIT
// Snapshots of made-up stations of model TEST.
#pragma once

#include <memory>
#include <string_view>

#include "gateway/http/message.h"
#include "gateway/http/site.h"
#include "gateway/http/snapshot.h"

namespace bluetti::test {

inline constexpr std::string_view kHomeRegisters = "0000 0000 0057 003c 6f70 6e65";  // 87 %, 20 °C, a secret
inline constexpr std::string_view kGridRegisters = "01f4 0001 ff88 08fd 0000 0000";  // 50 Hz, one phase, -120 W

// A station "one", as it is after both blocks have answered.
[[nodiscard]] std::shared_ptr<gateway::http::StationView> station_view(std::string_view home = kHomeRegisters,
                                                                       std::string_view grid = kGridRegisters);
[[nodiscard]] std::shared_ptr<gateway::http::Snapshot> snapshot_of(gateway::http::StationPointer station,
                                                                   gateway::TimePoint at);

// From this machine, as a browser on it asks.
[[nodiscard]] gateway::http::Request get(std::string path);

}  // namespace bluetti::test
