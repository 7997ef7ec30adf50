// SPDX-License-Identifier: MIT
// The documents of /api/v1, as assets/openapi.json describes them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "discovery/language.h"
#include "gateway/http/history.h"
#include "gateway/http/snapshot.h"

namespace bluetti::gateway::http {

[[nodiscard]] std::string status_json(const Snapshot& snapshot);                              // /api/v1/status
[[nodiscard]] std::string stations_json(const Snapshot& snapshot);                            // /api/v1/stations
[[nodiscard]] std::string station_json(const Snapshot& snapshot, const StationView& station,  // /api/v1/stations/<id>
                                       const discovery::Language& language);
[[nodiscard]] std::string history_json(const History::Series& series);  // /api/v1/stations/<id>/history

// What differs from the state of the station that was told before: {"station","online","updated","values"}; empty:
// nothing. `before` may be nullptr.
[[nodiscard]] std::string changes_json(const Snapshot& snapshot, const StationView* before, const StationView& now);
[[nodiscard]] std::string account_json(const AccountView& account);
// Other values exist than before, or it is another station: what differs is not enough to know.
[[nodiscard]] bool is_of_another_shape(const StationView& before, const StationView& now);

[[nodiscard]] std::string error_json(std::string_view message);

}  // namespace bluetti::gateway::http
