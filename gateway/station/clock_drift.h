// SPDX-License-Identifier: MIT
// How far the clock of a station is ahead, in s. It shows the time of its place and does not say in which zone that is.
// Zones are whole quarters of an hour apart, so what is beyond the nearest quarter is drift: from -450 to 449 s. No I/O
// and no clock.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include "schemas/decoder.h"

namespace bluetti::gateway {

// Of a clock as it is published: "2026-06-25 16:23:26". Empty if it is none.
[[nodiscard]] std::optional<std::chrono::seconds> clock_drift(std::string_view clock,
                                                              std::chrono::system_clock::time_point wall);

// Puts the drifts of a row that was just decoded into their places.
void put_drifts(std::span<const schemas::Drift> drifts, std::chrono::system_clock::time_point wall, schemas::Row& row);

}  // namespace bluetti::gateway
