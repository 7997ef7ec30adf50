// SPDX-License-Identifier: MIT
#include "protocol/modbus.h"

#include <algorithm>

#include "protocol/big_endian.h"
#include "protocol/frame_layout.h"
#include "protocol/write.h"

namespace bluetti::protocol {
namespace {

constexpr std::size_t kAnswerHeader = 3;  // unit, function, byte count

bool is_register_data(std::size_t bytes, std::size_t max_registers) noexcept {
  return bytes != 0 && bytes % 2 == 0 && bytes / 2 <= max_registers;
}

ParsedFrame read_answer(std::span<const std::byte> bytes) noexcept {
  const std::size_t byte_count = octet_at(bytes, 2);
  if (!is_register_data(byte_count, kMaxReadRegisters)) return FrameError::bad_length;
  if (bytes.size() != kAnswerHeader + byte_count + kCrcSize) return FrameError::bad_length;
  return ReadAnswer{.unit = octet_at(bytes, 0), .data = bytes.subspan(kAnswerHeader, byte_count)};
}

ParsedFrame write_echo(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() != kEchoSize) return FrameError::bad_length;
  return WriteEcho{.unit = octet_at(bytes, 0), .address = word_at(bytes, 2), .value = word_at(bytes, 4)};
}

ParsedFrame push(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() == kEchoSize) {
    return has_right_crc(bytes) ? FrameError::block_write_confirmed : FrameError::bad_crc;
  }
  if (bytes.size() < kPushHeader + kCrcSize) return FrameError::bad_length;
  const std::uint16_t first_register = word_at(bytes, 2);
  const std::size_t count = word_at(bytes, 4);
  const std::size_t byte_count = octet_at(bytes, 6);
  if (!is_register_data(byte_count, kMaxPushRegisters) || byte_count != 2 * count) return FrameError::bad_length;
  if (bytes.size() != kPushHeader + byte_count + kCrcSize) return FrameError::bad_length;
  if (first_register + count > kRegisterSpace) return FrameError::bad_length;
  return Push{
      .unit = octet_at(bytes, 0), .first_register = first_register, .data = bytes.subspan(kPushHeader, byte_count)};
}

ParsedFrame exception_answer(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() != kExceptionSize) return FrameError::bad_length;
  return ExceptionAnswer{.unit = octet_at(bytes, 0),
                         .function = static_cast<std::uint8_t>(octet_at(bytes, 1) & ~kErrorBit),
                         .code = octet_at(bytes, 2)};
}

ParsedFrame parse_layout(std::span<const std::byte> bytes) noexcept {
  switch (octet_at(bytes, 1)) {
    case kReadRegisters:
      return read_answer(bytes);
    case kWriteRegister:
      return write_echo(bytes);
    case kWriteRegisters:
      return push(bytes);
    case kReadRegisters | kErrorBit:
    case kWriteRegister | kErrorBit:
    case kWriteRegisters | kErrorBit:
      return exception_answer(bytes);
    default:
      return FrameError::unknown_function;
  }
}

}  // namespace

std::array<std::byte, kRequestSize> encode(const ReadRequest& request) noexcept {
  std::array<std::byte, kRequestSize> frame{std::byte{request.unit}, std::byte{kReadRegisters}};
  put_word(frame, 2, request.first_register);
  put_word(frame, 4, request.count);
  with_crc(frame);
  return frame;
}

ParsedFrame parse_frame(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < kExceptionSize) return FrameError::too_short;
  if (bytes.size() > kMaxFrame) return FrameError::too_long;
  const ParsedFrame parsed = parse_layout(bytes);
  if (std::holds_alternative<Frame>(parsed) && !has_right_crc(bytes)) return FrameError::bad_crc;
  return parsed;
}

std::variant<ReadRequest, FrameError> parse_request(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < kRequestSize) return FrameError::too_short;
  if (octet_at(bytes, 1) != kReadRegisters) return FrameError::unknown_function;
  if (bytes.size() != kRequestSize) return FrameError::bad_length;
  const ReadRequest request{
      .unit = octet_at(bytes, 0), .first_register = word_at(bytes, 2), .count = word_at(bytes, 4)};
  if (request.count == 0 || request.count > kMaxReadRegisters) return FrameError::bad_length;
  if (std::size_t{request.first_register} + request.count > kRegisterSpace) return FrameError::bad_length;
  if (!has_right_crc(bytes)) return FrameError::bad_crc;
  return request;
}

std::span<const std::byte> encode_answer(std::uint8_t unit, std::span<const std::byte> data,
                                         std::span<std::byte> out) noexcept {
  if (!is_register_data(data.size(), kMaxReadRegisters)) return {};
  const auto frame = out.first(kAnswerHeader + data.size() + kCrcSize);
  frame[0] = std::byte{unit};
  frame[1] = std::byte{kReadRegisters};
  frame[2] = static_cast<std::byte>(data.size());
  std::copy(data.begin(), data.end(), frame.begin() + kAnswerHeader);
  return with_crc(frame);
}

std::span<const std::byte> encode_push(std::uint8_t unit, std::uint16_t first_register, std::span<const std::byte> data,
                                       std::span<std::byte> out) noexcept {
  if (!is_register_data(data.size(), kMaxPushRegisters)) return {};
  const std::size_t count = data.size() / 2;
  if (first_register + count > kRegisterSpace) return {};
  const auto frame = out.first(kPushHeader + data.size() + kCrcSize);
  frame[0] = std::byte{unit};
  frame[1] = std::byte{kWriteRegisters};
  put_word(frame, 2, first_register);
  put_word(frame, 4, static_cast<std::uint16_t>(count));
  frame[6] = static_cast<std::byte>(data.size());
  std::copy(data.begin(), data.end(), frame.begin() + kPushHeader);
  return with_crc(frame);
}

std::span<const std::byte> encode_exception(std::uint8_t unit, std::uint8_t function, std::uint8_t code,
                                            std::span<std::byte> out) noexcept {
  const auto frame = out.first(kExceptionSize);
  frame[0] = std::byte{unit};
  frame[1] = static_cast<std::byte>(function | kErrorBit);
  frame[2] = std::byte{code};
  return with_crc(frame);
}

std::string_view exception_name(std::uint8_t code) noexcept {
  switch (code) {
    case 1:
      return "illegal function";
    case kIllegalDataAddress:
      return "illegal data address";
    case 3:
      return "illegal data value";
    case 4:
      return "server device failure";
    case kAcknowledge:
      return "acknowledge";
    case kServerDeviceBusy:
      return "server device busy";
    case 8:
      return "memory parity error";
    case 10:
      return "gateway path unavailable";
    case 11:
      return "gateway target device failed to respond";
    default:
      return "unknown exception";
  }
}

std::string_view describe(FrameError error) noexcept {
  switch (error) {
    case FrameError::too_short:
      return "shorter than any Modbus frame";
    case FrameError::too_long:
      return "longer than any Modbus frame";
    case FrameError::bad_crc:
      return "wrong CRC";
    case FrameError::unknown_function:
      return "a function that stations do not use";
    case FrameError::bad_length:
      return "the length does not fit the content";
    case FrameError::block_write_confirmed:
      return "confirms a write of another client";
  }
  return "unknown";
}

}  // namespace bluetti::protocol
