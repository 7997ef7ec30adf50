// SPDX-License-Identifier: MIT
// Whether a station answers at an address of the local network, and which. Blocks; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/setup/station_snippet.h"

namespace bluetti::gateway {

// `address`: HOST or HOST:PORT. The station as far as it tells: its serial may be empty. Otherwise what is wrong.
[[nodiscard]] std::variant<ProposedStation, std::string> look_at_station(std::string_view address,
                                                                         const schemas::Catalog& catalog,
                                                                         std::chrono::milliseconds within);

}  // namespace bluetti::gateway
