// SPDX-License-Identifier: MIT
#include "protocol/mbap.h"

#include <algorithm>

#include "protocol/big_endian.h"
#include "protocol/frame_layout.h"

namespace bluetti::protocol {
namespace {

constexpr std::size_t kLengthEnd = 6;  // the length field counts what stands behind it
constexpr std::size_t kLeastAdu = kMbapHeader + 1;
constexpr std::size_t kAduAnswerHeader = kMbapHeader + 2;  // function, byte count
constexpr std::size_t kShortAdu = kMbapHeader + 5;         // function and two words
constexpr std::size_t kExceptionAdu = kMbapHeader + 2;
constexpr std::size_t kAduWriteHeader = kMbapHeader + 6;  // function, register, count, byte count

std::uint16_t transaction_in(std::span<const std::byte> adu) noexcept {
  return word_at(adu, 0);
}
std::uint8_t unit_in(std::span<const std::byte> adu) noexcept {
  return octet_at(adu, kLengthEnd);
}
std::uint8_t function_in(std::span<const std::byte> adu) noexcept {
  return octet_at(adu, kMbapHeader);
}

std::optional<AduError> header_error(std::span<const std::byte> adu) noexcept {
  if (adu.size() < kLeastAdu) return AduError::too_short;
  if (word_at(adu, 2) != 0) return AduError::foreign_protocol;
  if (adu.size() > kMaxAdu || adu.size() != kLengthEnd + word_at(adu, 4)) return AduError::bad_length;
  return std::nullopt;
}

using MessageOrNot = std::variant<Message, AduError>;

MessageOrNot answer_in(std::span<const std::byte> adu) noexcept {
  if (adu.size() < kAduAnswerHeader) return AduError::bad_length;
  const std::size_t byte_count = octet_at(adu, kAduAnswerHeader - 1);
  const bool whole = byte_count != 0 && byte_count % 2 == 0 && byte_count <= 2 * std::size_t{kMaxReadRegisters};
  if (!whole || adu.size() != kAduAnswerHeader + byte_count) return AduError::bad_length;
  return ReadAnswer{.unit = unit_in(adu), .data = adu.subspan(kAduAnswerHeader)};
}

MessageOrNot echo_in(std::span<const std::byte> adu) noexcept {
  if (adu.size() != kShortAdu) return AduError::bad_length;
  const std::uint16_t first = word_at(adu, kMbapHeader + 1);
  const std::uint16_t second = word_at(adu, kMbapHeader + 3);
  if (function_in(adu) == kWriteRegister) return WriteEcho{.unit = unit_in(adu), .address = first, .value = second};
  return BlockWriteEcho{.unit = unit_in(adu), .first_register = first, .count = second};
}

MessageOrNot exception_in(std::span<const std::byte> adu) noexcept {
  if (adu.size() != kExceptionAdu) return AduError::bad_length;
  return ExceptionAnswer{.unit = unit_in(adu),
                         .function = static_cast<std::uint8_t>(function_in(adu) & ~kErrorBit),
                         .code = octet_at(adu, kMbapHeader + 1)};
}

MessageOrNot message_in(std::span<const std::byte> adu) noexcept {
  if (const auto error = header_error(adu)) return *error;
  switch (function_in(adu)) {
    case kReadRegisters:
      return answer_in(adu);
    case kWriteRegister:
    case kWriteRegisters:
      return echo_in(adu);
    case kReadRegisters | kErrorBit:
    case kWriteRegister | kErrorBit:
    case kWriteRegisters | kErrorBit:
      return exception_in(adu);
    default:
      return AduError::unknown_function;
  }
}

// An ADU of this size with everything but what follows the function.
std::span<std::byte> begin_adu(std::uint16_t transaction, std::uint8_t unit, std::uint8_t function, std::size_t size,
                               std::span<std::byte> out) noexcept {
  const auto adu = out.first(size);
  put_word(adu, 0, transaction);
  put_word(adu, 2, 0);
  put_word(adu, 4, static_cast<std::uint16_t>(size - kLengthEnd));
  adu[kLengthEnd] = std::byte{unit};
  adu[kMbapHeader] = std::byte{function};
  return adu;
}

// A read request, a write of one register, and both kinds of echo.
std::span<const std::byte> put_two_words(std::uint16_t transaction, std::uint8_t unit, std::uint8_t function,
                                         std::uint16_t first, std::uint16_t second, std::span<std::byte> out) noexcept {
  const auto adu = begin_adu(transaction, unit, function, kShortAdu, out);
  put_word(adu, kMbapHeader + 1, first);
  put_word(adu, kMbapHeader + 3, second);
  return adu;
}

std::span<const std::byte> put_block_write(std::uint16_t transaction, const WriteRequest& request,
                                           std::span<std::byte> out) noexcept {
  const std::size_t byte_count = 2 * request.values.size();
  const auto adu = begin_adu(transaction, request.unit, kWriteRegisters, kAduWriteHeader + byte_count, out);
  put_word(adu, kMbapHeader + 1, request.first_register);
  put_word(adu, kMbapHeader + 3, static_cast<std::uint16_t>(request.values.size()));
  adu[kAduWriteHeader - 1] = static_cast<std::byte>(byte_count);
  for (std::size_t i = 0; i < request.values.size(); ++i) put_word(adu, kAduWriteHeader + 2 * i, request.values[i]);
  return adu;
}

class ModbusTcp final : public Framing {
 public:
  std::span<const std::byte> wrap(const Request& request, std::uint16_t transaction,
                                  std::span<std::byte> out) const override {
    const auto* read = std::get_if<ReadRequest>(&request);
    if (read == nullptr) return wrap_write(std::get<WriteRequest>(request), transaction, out);
    return put_two_words(transaction, read->unit, kReadRegisters, read->first_register, read->count, out);
  }

  ArrivedOrNot open(std::span<const std::byte> payload) const override {
    const MessageOrNot message = message_in(payload);
    if (const auto* error = std::get_if<AduError>(&message)) {
      const bool foreign = *error == AduError::foreign_protocol;
      return NotAFrame{foreign ? FramingError::wrong_envelope : FramingError::broken_frame, describe(*error)};
    }
    return Arrived{.frame = std::get<Message>(message), .transaction = transaction_in(payload)};
  }

 private:
  static std::span<const std::byte> wrap_write(const WriteRequest& request, std::uint16_t transaction,
                                               std::span<std::byte> out) noexcept {
    if (!is_encodable(request)) return {};
    if (request.function == kWriteRegisters) return put_block_write(transaction, request, out);
    return put_two_words(transaction, request.unit, kWriteRegister, request.first_register, request.values[0], out);
  }
};

std::optional<ReadRequest> read_in(std::span<const std::byte> adu) noexcept {
  if (adu.size() != kShortAdu) return std::nullopt;
  const ReadRequest request{
      .unit = unit_in(adu), .first_register = word_at(adu, kMbapHeader + 1), .count = word_at(adu, kMbapHeader + 3)};
  if (request.count == 0 || request.count > kMaxReadRegisters) return std::nullopt;
  if (std::size_t{request.first_register} + request.count > kRegisterSpace) return std::nullopt;
  return request;
}

std::optional<ReceivedWrite> single_write_in(std::span<const std::byte> adu) noexcept {
  if (adu.size() != kShortAdu) return std::nullopt;
  ReceivedWrite write{
      .unit = unit_in(adu), .function = kWriteRegister, .first_register = word_at(adu, kMbapHeader + 1), .count = 1};
  write.storage[0] = word_at(adu, kMbapHeader + 3);
  return write;
}

std::optional<ReceivedWrite> block_write_in(std::span<const std::byte> adu) noexcept {
  if (adu.size() < kAduWriteHeader) return std::nullopt;
  ReceivedWrite write{.unit = unit_in(adu),
                      .function = kWriteRegisters,
                      .first_register = word_at(adu, kMbapHeader + 1),
                      .count = word_at(adu, kMbapHeader + 3)};
  const std::size_t count = write.count;
  if (count == 0 || count > kMaxWriteRegisters || octet_at(adu, kAduWriteHeader - 1) != 2 * count) return std::nullopt;
  if (adu.size() != kAduWriteHeader + 2 * count || write.first_register + count > kRegisterSpace) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) write.storage[i] = word_at(adu, kAduWriteHeader + 2 * i);
  return write;
}

}  // namespace

const Framing& modbus_tcp() noexcept {
  static const ModbusTcp framing;
  return framing;
}

std::span<std::byte> AduSplitter::room() noexcept {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(taken_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  filled_ -= taken_;
  taken_ = 0;
  return std::span(buffer_).subspan(filled_);
}

std::optional<std::span<const std::byte>> AduSplitter::next() noexcept {
  const auto rest = std::span<const std::byte>(buffer_).subspan(taken_, waiting());
  if (broken_ || rest.size() < kLengthEnd) return std::nullopt;
  const std::size_t size = kLengthEnd + word_at(rest, 4);
  broken_ = word_at(rest, 2) != 0 || size < kLeastAdu || size > kMaxAdu;
  if (broken_ || rest.size() < size) return std::nullopt;
  taken_ += size;
  return rest.first(size);
}

std::variant<ReceivedRequest, AduError> parse_adu_request(std::span<const std::byte> adu) noexcept {
  if (const auto error = header_error(adu)) return *error;
  ReceivedRequest received{
      .transaction = transaction_in(adu), .unit = unit_in(adu), .function = function_in(adu), .request = {}};
  const auto keep = [&received](const auto& request) {
    if (request) received.request = *request;
  };
  if (received.function == kReadRegisters) keep(read_in(adu));
  if (received.function == kWriteRegister) keep(single_write_in(adu));
  if (received.function == kWriteRegisters) keep(block_write_in(adu));
  return received;
}

std::span<const std::byte> encode_adu_answer(std::uint16_t transaction, std::uint8_t unit,
                                             std::span<const std::byte> data, std::span<std::byte> out) noexcept {
  if (data.empty() || data.size() % 2 != 0 || data.size() > 2 * std::size_t{kMaxReadRegisters}) return {};
  const auto adu = begin_adu(transaction, unit, kReadRegisters, kAduAnswerHeader + data.size(), out);
  adu[kAduAnswerHeader - 1] = static_cast<std::byte>(data.size());
  std::copy(data.begin(), data.end(), adu.begin() + kAduAnswerHeader);
  return adu;
}

std::span<const std::byte> encode_adu(std::uint16_t transaction, const WriteEcho& echo,
                                      std::span<std::byte> out) noexcept {
  return put_two_words(transaction, echo.unit, kWriteRegister, echo.address, echo.value, out);
}

std::span<const std::byte> encode_adu(std::uint16_t transaction, const BlockWriteEcho& echo,
                                      std::span<std::byte> out) noexcept {
  return put_two_words(transaction, echo.unit, kWriteRegisters, echo.first_register, echo.count, out);
}

std::span<const std::byte> encode_adu(std::uint16_t transaction, const ExceptionAnswer& exception,
                                      std::span<std::byte> out) noexcept {
  const auto function = static_cast<std::uint8_t>(exception.function | kErrorBit);
  const auto adu = begin_adu(transaction, exception.unit, function, kExceptionAdu, out);
  adu[kMbapHeader + 1] = std::byte{exception.code};
  return adu;
}

std::string_view describe(AduError error) noexcept {
  switch (error) {
    case AduError::too_short:
      return "shorter than any Modbus TCP message";
    case AduError::foreign_protocol:
      return "another protocol than Modbus";
    case AduError::bad_length:
      return "the length does not fit the content";
    case AduError::unknown_function:
      return "a function that stations do not use";
  }
  return "unknown";
}

}  // namespace bluetti::protocol
