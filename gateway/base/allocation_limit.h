// SPDX-License-Identifier: MIT
// No message larger than anything of use, on any thread but those that say so. The MQTT libraries take memory for as
// many bytes as the head of a packet announces, up to 256 MB, before anybody can look at it, and fill it as they read.
// Paho does not survive being refused it. So whoever asks for so much has the socket that it last read from shut down:
// it reads the end of the connection instead, and the memory is never touched; without a socket, it is refused. Only
// with glibc, whose malloc(), read() and recv() are replaced in the whole program, and not under a sanitizer, which has
// an allocator of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bluetti::gateway {

inline constexpr std::size_t kLargestAllocation = std::size_t{4} << 20;  // bytes

// Whether this build can: where not, nothing is ever refused.
[[nodiscard]] bool can_limit_allocations() noexcept;

// From now on. The calling thread, which prepares what thousands of stations need, is free of it.
void limit_allocations(std::size_t largest = kLargestAllocation) noexcept;
// The calling thread is free of it.
void allow_large_allocations() noexcept;

// How often that was so; any thread.
[[nodiscard]] std::uint64_t refused_allocations() noexcept;

}  // namespace bluetti::gateway
