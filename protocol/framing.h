// SPDX-License-Identifier: MIT
// How a Modbus message travels to a station and back: as an RTU frame in one of the cloud's envelopes, or as Modbus TCP
// (MBAP). The seam between those who ask and the way they ask. Implementations hold no state: any thread may use them,
// for any number of stations. Views into the caller's buffer; nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "protocol/write.h"

namespace bluetti::protocol {

using Request = std::variant<ReadRequest, WriteRequest>;

// What a request looks like on its way to the station.
inline constexpr std::size_t kMaxRequest = kMaxEnvelope + kMaxFrame;

using Message = std::variant<ReadAnswer, WriteEcho, BlockWriteEcho, Push, ExceptionAnswer>;

// A sound message of a station.
struct Arrived {
  Message frame;
  std::uint16_t address = 0;                 // its first register, where the framing names it; 0: not said
  std::optional<std::uint16_t> transaction;  // of the request it answers, where the framing says so (MBAP)
};

// What of a message can answer a write; nothing if it is of another kind.
[[nodiscard]] std::optional<WriteAnswer> write_answer_in(const Message& message) noexcept;

enum class FramingError : std::uint8_t { wrong_envelope, broken_frame };
struct NotAFrame {
  FramingError kind = FramingError::broken_frame;
  std::string_view detail;  // "wrong CRC"
};
using ArrivedOrNot = std::variant<Arrived, NotAFrame>;

class Framing {
 public:
  Framing() = default;
  Framing(const Framing&) = delete;
  Framing& operator=(const Framing&) = delete;
  virtual ~Framing() = default;

  // The bytes to send. `transaction` tells one request from the next where the framing has room for it. `out` needs
  // kMaxRequest bytes; the result is its used part, empty for a write that the standard does not allow.
  [[nodiscard]] virtual std::span<const std::byte> wrap(const Request& request, std::uint16_t transaction,
                                                        std::span<std::byte> out) const = 0;

  // One whole message, or why it is none.
  [[nodiscard]] virtual ArrivedOrNot open(std::span<const std::byte> payload) const = 0;
};

// RTU frames in this envelope, as the cloud passes them on.
[[nodiscard]] const Framing& framing_of(Envelope envelope) noexcept;

}  // namespace bluetti::protocol
