// SPDX-License-Identifier: MIT
#include "protocol/write.h"

#include "protocol/big_endian.h"
#include "protocol/frame_layout.h"

namespace bluetti::protocol {
namespace {

constexpr std::size_t kWriteHeader = kPushHeader;  // a block write looks like a push, in the other direction

// Unit, function and two words: all that a write of one register and both kinds of echo consist of.
std::span<const std::byte> put_short(const WriteRequest& request, std::uint16_t word,
                                     std::span<std::byte> out) noexcept {
  const auto frame = out.first(kEchoSize);
  frame[0] = std::byte{request.unit};
  frame[1] = std::byte{request.function};
  put_word(frame, 2, request.first_register);
  put_word(frame, 4, word);
  return with_crc(frame);
}

std::span<const std::byte> put_block(const WriteRequest& request, std::span<std::byte> out) noexcept {
  const std::size_t byte_count = 2 * request.values.size();
  const auto frame = out.first(kWriteHeader + byte_count + kCrcSize);
  frame[0] = std::byte{request.unit};
  frame[1] = std::byte{request.function};
  put_word(frame, 2, request.first_register);
  put_word(frame, 4, static_cast<std::uint16_t>(request.values.size()));
  frame[6] = static_cast<std::byte>(byte_count);
  for (std::size_t i = 0; i < request.values.size(); ++i) put_word(frame, kWriteHeader + 2 * i, request.values[i]);
  return with_crc(frame);
}

std::variant<WriteAnswer, FrameError> block_write_echo(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() != kEchoSize) return FrameError::bad_length;
  if (!has_right_crc(bytes)) return FrameError::bad_crc;
  return BlockWriteEcho{.unit = octet_at(bytes, 0), .first_register = word_at(bytes, 2), .count = word_at(bytes, 4)};
}

// The second word of a write's echo.
std::uint16_t echoed_word(const WriteRequest& request) noexcept {
  if (request.values.empty()) return 0;
  return request.function == kWriteRegister ? request.values[0] : static_cast<std::uint16_t>(request.values.size());
}

// Both kinds of echo in one form.
struct Echo {
  std::uint8_t unit = 0;
  std::uint8_t function = 0;
  std::uint16_t first_register = 0;
  std::uint16_t word = 0;  // value or count
};

Echo echo_of(const WriteEcho& echo) noexcept {
  return {.unit = echo.unit, .function = kWriteRegister, .first_register = echo.address, .word = echo.value};
}
Echo echo_of(const BlockWriteEcho& echo) noexcept {
  return {.unit = echo.unit, .function = kWriteRegisters, .first_register = echo.first_register, .word = echo.count};
}

bool is_alike(const Echo& echo, const WriteRequest& request) noexcept {
  return echo.unit == request.unit && echo.function == request.function && echo.word == echoed_word(request);
}

bool is_echo_of(const Echo& echo, const WriteRequest& request) noexcept {
  return is_alike(echo, request) && echo.first_register == request.first_register;
}

WriteMatch match_echo(const WriteInFlight& write, const Echo& echo) noexcept {
  if (is_echo_of(echo, write.request)) return write.echoed ? WriteMatch::repeated : WriteMatch::own_echo;
  if (write.previous && is_echo_of(echo, *write.previous)) return WriteMatch::repeated;
  if (!write.echoed && is_alike(echo, write.request)) return WriteMatch::other_register;
  return WriteMatch::not_ours;
}

struct Judge {
  const WriteInFlight& write;

  WriteVerdict operator()(const ExceptionAnswer& exception) const noexcept {
    const WriteRequest& request = write.request;
    if (write.echoed || exception.unit != request.unit || exception.function != request.function) return {};
    return {.match = WriteMatch::exception, .exception_code = exception.code};
  }
  template <typename AnyEcho>
  WriteVerdict operator()(const AnyEcho& heard) const noexcept {
    const Echo echo = echo_of(heard);
    return {.match = match_echo(write, echo), .echoed_register = echo.first_register};
  }
};

std::variant<ReceivedWrite, FrameError> single_write(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() != kEchoSize) return FrameError::bad_length;
  ReceivedWrite write{.unit = octet_at(bytes, 0), .first_register = word_at(bytes, 2), .count = 1};
  write.storage[0] = word_at(bytes, 4);
  return write;
}

std::variant<ReceivedWrite, FrameError> block_write(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < kWriteHeader + 2 + kCrcSize) return FrameError::bad_length;
  const std::uint16_t count = word_at(bytes, 4);
  if (count == 0 || count > kMaxWriteRegisters || octet_at(bytes, 6) != 2 * count) return FrameError::bad_length;
  if (bytes.size() != kWriteHeader + std::size_t{2} * count + kCrcSize) return FrameError::bad_length;
  const std::uint16_t first_register = word_at(bytes, 2);
  if (std::size_t{first_register} + count > kRegisterSpace) return FrameError::bad_length;
  ReceivedWrite write{
      .unit = octet_at(bytes, 0), .function = kWriteRegisters, .first_register = first_register, .count = count};
  for (std::size_t i = 0; i < count; ++i) write.storage[i] = word_at(bytes, kWriteHeader + 2 * i);
  return write;
}

}  // namespace

bool is_encodable(const WriteRequest& request) noexcept {
  const std::size_t count = request.values.size();
  if (std::size_t{request.first_register} + count > kRegisterSpace) return false;
  if (request.function == kWriteRegister) return count == 1;
  return request.function == kWriteRegisters && count >= 1 && count <= kMaxWriteRegisters;
}

std::span<const std::byte> encode_write(const WriteRequest& request, std::span<std::byte> out) noexcept {
  if (!is_encodable(request)) return {};
  return request.function == kWriteRegister ? put_short(request, request.values[0], out) : put_block(request, out);
}

std::span<const std::byte> encode_write_echo(const WriteRequest& request, std::span<std::byte> out) noexcept {
  if (!is_encodable(request)) return {};
  return put_short(request, echoed_word(request), out);
}

std::variant<WriteAnswer, FrameError> parse_write_answer(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() >= kExceptionSize && octet_at(bytes, 1) == kWriteRegisters) return block_write_echo(bytes);
  const ParsedFrame parsed = parse_frame(bytes);
  if (const auto* error = std::get_if<FrameError>(&parsed)) return *error;
  const Frame& frame = std::get<Frame>(parsed);
  if (const auto* echo = std::get_if<WriteEcho>(&frame)) return WriteAnswer{*echo};
  if (const auto* exception = std::get_if<ExceptionAnswer>(&frame)) return WriteAnswer{*exception};
  return FrameError::unknown_function;
}

WriteVerdict match_write(const WriteInFlight& write, const WriteAnswer& answer) noexcept {
  return std::visit(Judge{write}, answer);
}

WriteVerdict match_write(const WriteInFlight& write, std::span<const std::byte> frame) noexcept {
  const auto parsed = parse_write_answer(frame);
  const auto* answer = std::get_if<WriteAnswer>(&parsed);
  return answer == nullptr ? WriteVerdict{} : match_write(write, *answer);
}

std::variant<ReceivedWrite, FrameError> parse_write_request(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < kEchoSize) return FrameError::too_short;
  if (bytes.size() > kMaxFrame) return FrameError::too_long;
  const std::uint8_t function = octet_at(bytes, 1);
  if (function != kWriteRegister && function != kWriteRegisters) return FrameError::unknown_function;
  auto parsed = function == kWriteRegister ? single_write(bytes) : block_write(bytes);
  if (std::holds_alternative<ReceivedWrite>(parsed) && !has_right_crc(bytes)) return FrameError::bad_crc;
  return parsed;
}

std::string_view describe(WriteMatch match) noexcept {
  switch (match) {
    case WriteMatch::own_echo:
      return "the echo of this write";
    case WriteMatch::other_register:
      return "an echo that names another register";
    case WriteMatch::repeated:
      return "an echo that came before";
    case WriteMatch::not_ours:
      return "no answer to this write";
    case WriteMatch::exception:
      return "an exception to this write";
  }
  return "unknown";
}

}  // namespace bluetti::protocol
