// SPDX-License-Identifier: MIT
// Names one station for as long as it is configured, whatever becomes of the others. A handle is never used again, so
// that who holds the handle of a station that is gone finds nothing, and never another station. A plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace bluetti::gateway {

struct StationHandle {
  std::uint32_t number = 0;  // 0: none
  friend auto operator<=>(StationHandle, StationHandle) = default;
};

}  // namespace bluetti::gateway

template <>
struct std::hash<bluetti::gateway::StationHandle> {
  std::size_t operator()(bluetti::gateway::StationHandle handle) const noexcept {
    return std::hash<std::uint32_t>{}(handle.number);
  }
};
