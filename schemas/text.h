// SPDX-License-Identifier: MIT
// Texts out of register bytes. Each is written from `out` on, where the caller has room for the longest there is; the
// result is its end, or nullptr where the bytes hold none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace bluetti::schemas {

// NULs at the end are padding. Bytes that are no printable ASCII mean that there is no text here. `swapped`: the bytes
// of each register are exchanged.
[[nodiscard]] char* write_text(std::span<const std::byte> bytes, bool swapped, char* out);

// Two registers, the bytes of each exchanged. 0.0.0.0 stands for no address.
[[nodiscard]] char* write_ipv4(const std::byte* at, char* out);

// Three registers, year from 2000 and month, day and hour, minute and second: "2026-06-25 16:23:26". What is no date or
// time, all zeros too, is none.
inline constexpr int kClockLength = 19;
[[nodiscard]] char* write_clock(const std::byte* at, char* out);

}  // namespace bluetti::schemas
