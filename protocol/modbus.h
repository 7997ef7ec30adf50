// SPDX-License-Identifier: MIT
// Modbus RTU frames as the stations speak them: read requests (function 03) and their answers, echoes of single writes
// (06), pushes (16, by which a station "writes" its registers to us) and exceptions. Pure functions over bytes; views
// into the caller's buffer; nothing throws. Layouts are those of the Modbus Application Protocol Specification V1.1b3;
// which of them a station uses, and where it exceeds their limits: thierrycoopman/battery-ha. See README.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace bluetti::protocol {

inline constexpr std::uint16_t kMaxReadRegisters = 125;

// The standard allows 123 registers in a write, so that a frame fits 256 bytes. An AP300 pushes its block 11000 with
// 125 (thierrycoopman/battery-ha), and MQTT sets no such limit; so 125 it is, and three bytes more for the longest
// frame.
inline constexpr std::uint16_t kMaxPushRegisters = 125;
inline constexpr std::size_t kMaxFrame = 9 + 2 * kMaxPushRegisters;  // bytes, CRC included

// CRC-16/MODBUS (polynomial 0xA001 reflected, start 0xFFFF). It travels low byte first.
[[nodiscard]] std::uint16_t crc16(std::span<const std::byte> data) noexcept;
// The frame ends in its own CRC. False for what is too short to have one.
[[nodiscard]] bool has_right_crc(std::span<const std::byte> frame) noexcept;

struct ReadRequest {
  std::uint8_t unit = 0;
  std::uint16_t first_register = 0;
  std::uint16_t count = 0;  // 1 to kMaxReadRegisters
  friend bool operator==(const ReadRequest&, const ReadRequest&) = default;
};
inline constexpr std::size_t kRequestSize = 8;
[[nodiscard]] std::array<std::byte, kRequestSize> encode(const ReadRequest& request) noexcept;

// Answer to a read. It does not say which registers it holds: the request does.
struct ReadAnswer {
  std::uint8_t unit = 0;
  std::span<const std::byte> data;  // even number of bytes
};

// Echo of a single-register write, which is also its confirmation.
struct WriteEcho {
  std::uint8_t unit = 0;
  std::uint16_t address = 0;
  std::uint16_t value = 0;
};

// Registers that the station sends of its own accord, or in answer to a query of block 21000.
struct Push {
  std::uint8_t unit = 0;
  std::uint16_t first_register = 0;
  std::span<const std::byte> data;
};

struct ExceptionAnswer {
  std::uint8_t unit = 0;
  std::uint8_t function = 0;  // of the request, without the error bit
  std::uint8_t code = 0;
};

inline constexpr std::uint8_t kIllegalDataAddress = 2;
inline constexpr std::uint8_t kAcknowledge = 5;
inline constexpr std::uint8_t kServerDeviceBusy = 6;
// Not now, but perhaps later.
[[nodiscard]] constexpr bool puts_off(std::uint8_t code) noexcept {
  return code == kAcknowledge || code == kServerDeviceBusy;
}
[[nodiscard]] std::string_view exception_name(std::uint8_t code) noexcept;  // "illegal data address"

enum class FrameError : std::uint8_t {
  too_short,
  too_long,
  bad_crc,
  unknown_function,
  bad_length,            // the length field, the register range or the size of the frame contradict each other
  block_write_confirmed  // sound, but not for us: a station confirms with function 16 a write of some other client
};
[[nodiscard]] std::string_view describe(FrameError error) noexcept;

using Frame = std::variant<ReadAnswer, WriteEcho, Push, ExceptionAnswer>;
using ParsedFrame = std::variant<Frame, FrameError>;

// Parses one whole frame from a station. Trailing bytes, a wrong length field and a wrong CRC are errors; the length is
// looked at first, so a frame cut short is told from one with a flipped bit.
[[nodiscard]] ParsedFrame parse_frame(std::span<const std::byte> bytes) noexcept;

// Parses a read request: the station's side, for the simulator. Any other function is `unknown_function`.
[[nodiscard]] std::variant<ReadRequest, FrameError> parse_request(std::span<const std::byte> bytes) noexcept;

// The station's side. `out` needs kMaxFrame bytes; the result is the used part, empty if parse_frame() would refuse the
// data: an odd number of bytes, none, or more registers than a frame or the address space holds.
[[nodiscard]] std::span<const std::byte> encode_answer(std::uint8_t unit, std::span<const std::byte> data,
                                                       std::span<std::byte> out) noexcept;
[[nodiscard]] std::span<const std::byte> encode_push(std::uint8_t unit, std::uint16_t first_register,
                                                     std::span<const std::byte> data,
                                                     std::span<std::byte> out) noexcept;
[[nodiscard]] std::span<const std::byte> encode_exception(std::uint8_t unit, std::uint8_t function, std::uint8_t code,
                                                          std::span<std::byte> out) noexcept;

}  // namespace bluetti::protocol
