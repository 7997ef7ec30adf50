// SPDX-License-Identifier: MIT
// Writing registers: the two requests that stations take (function 06, one register; function 16, several in one
// frame), what a station sends back, and whether a frame is the answer to one certain write. Pure functions over bytes;
// nothing throws or allocates. Layouts: Modbus Application Protocol Specification V1.1b3, 6.6 and 6.12; see README.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/modbus.h"

namespace bluetti::protocol {

inline constexpr std::uint8_t kWriteRegister = 0x06;
inline constexpr std::uint8_t kWriteRegisters = 0x10;
inline constexpr std::uint16_t kMaxWriteRegisters = 123;  // of the standard: a frame of 255 bytes

// One write. The function is chosen, not derived: a station may want even a single register by function 16.
struct WriteRequest {
  std::uint8_t unit = 0;
  std::uint8_t function = kWriteRegister;  // or kWriteRegisters
  std::uint16_t first_register = 0;
  std::span<const std::uint16_t> values;  // exactly one for function 06, else 1 to kMaxWriteRegisters
};

// Whether the standard allows it: the function, how many values, no register past 65535.
[[nodiscard]] bool is_encodable(const WriteRequest& request) noexcept;

// `out` needs kMaxFrame bytes; the result is the used part, empty for what is_encodable() refuses.
[[nodiscard]] std::span<const std::byte> encode_write(const WriteRequest& request, std::span<std::byte> out) noexcept;

// Echo of a write of several registers: it says which, not what they hold.
struct BlockWriteEcho {
  std::uint8_t unit = 0;
  std::uint16_t first_register = 0;
  std::uint16_t count = 0;
};

// What can answer a write. Everything else is a FrameError, `unknown_function` if it is the answer to a read.
using WriteAnswer = std::variant<WriteEcho, BlockWriteEcho, ExceptionAnswer>;
[[nodiscard]] std::variant<WriteAnswer, FrameError> parse_write_answer(std::span<const std::byte> bytes) noexcept;

// What a frame is to the write that waits for its answer.
enum class WriteMatch : std::uint8_t {
  own_echo,        // unit, function, register and value (or count) are those of the write
  other_register,  // as own_echo, but of another register: stations with two addresses for one setting answer so.
                   // Likely this write's, but no proof; only reading back settles it
  repeated,        // the echo once more, of this write or of the one before it
  not_ours,        // no answer to a write, a damaged frame, or the echo of another client's write
  exception        // the station refused the write
};
[[nodiscard]] std::string_view describe(WriteMatch match) noexcept;

// The write that waits, and what is known already.
struct WriteInFlight {
  WriteRequest request;
  bool echoed = false;                   // its own echo has come
  std::optional<WriteRequest> previous;  // the write before it: its echo may come again, or late
};

struct WriteVerdict {
  WriteMatch match = WriteMatch::not_ours;
  std::uint8_t exception_code = 0;    // of `exception`
  std::uint16_t echoed_register = 0;  // of the echoes
  friend bool operator==(const WriteVerdict&, const WriteVerdict&) = default;
};
[[nodiscard]] WriteVerdict match_write(const WriteInFlight& write, const WriteAnswer& answer) noexcept;
[[nodiscard]] WriteVerdict match_write(const WriteInFlight& write, std::span<const std::byte> frame) noexcept;

// The station's side, for the simulator: a write request with the values in host order.
struct ReceivedWrite {
  std::uint8_t unit = 0;
  std::uint8_t function = kWriteRegister;
  std::uint16_t first_register = 0;
  std::uint16_t count = 0;
  std::array<std::uint16_t, kMaxWriteRegisters> storage{};

  [[nodiscard]] std::span<const std::uint16_t> values() const { return std::span(storage).first(count); }
};
[[nodiscard]] std::variant<ReceivedWrite, FrameError> parse_write_request(std::span<const std::byte> bytes) noexcept;

// The echo of such a write: of function 06 the request again, of function 16 register and count. `out` as above.
[[nodiscard]] std::span<const std::byte> encode_write_echo(const WriteRequest& request,
                                                           std::span<std::byte> out) noexcept;

}  // namespace bluetti::protocol
