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

}  // namespace bluetti::schemas
