// SPDX-License-Identifier: MIT
#include "protocol/framing.h"

#include <array>

namespace bluetti::protocol {
namespace {

std::variant<Message, FrameError> message_of(std::span<const std::byte> bytes) noexcept {
  const ParsedFrame parsed = parse_frame(bytes);
  if (const auto* frame = std::get_if<Frame>(&parsed)) {
    return std::visit([](const auto& kind) { return Message{kind}; }, *frame);
  }
  const FrameError error = std::get<FrameError>(parsed);
  if (error != FrameError::block_write_confirmed) return error;
  const auto answer = parse_write_answer(bytes);
  if (const auto* sound = std::get_if<WriteAnswer>(&answer)) return Message{std::get<BlockWriteEcho>(*sound)};
  return std::get<FrameError>(answer);
}

class RtuFraming final : public Framing {
 public:
  explicit RtuFraming(Envelope envelope) : envelope_(envelope) {}

  std::span<const std::byte> wrap(const Request& request, std::uint16_t /*transaction*/,
                                  std::span<std::byte> out) const override {
    if (const auto* read = std::get_if<ReadRequest>(&request)) {
      return protocol::wrap(envelope_, read->first_register, 0, encode(*read), out);
    }
    const auto& write = std::get<WriteRequest>(request);
    std::array<std::byte, kMaxFrame> buffer;
    const auto frame = encode_write(write, buffer);
    return frame.empty() ? frame : protocol::wrap(envelope_, write.first_register, 0, frame, out);
  }

  ArrivedOrNot open(std::span<const std::byte> payload) const override {
    const auto unwrapped = protocol::open(envelope_, payload);
    if (const auto* error = std::get_if<EnvelopeError>(&unwrapped)) {
      return NotAFrame{FramingError::wrong_envelope, describe(*error)};
    }
    const auto& opened = std::get<Opened>(unwrapped);
    const auto message = message_of(opened.frame);
    if (const auto* error = std::get_if<FrameError>(&message)) {
      return NotAFrame{FramingError::broken_frame, describe(*error)};
    }
    return Arrived{.frame = std::get<Message>(message), .address = opened.address, .transaction = std::nullopt};
  }

 private:
  Envelope envelope_;
};

}  // namespace

std::optional<WriteAnswer> write_answer_in(const Message& message) noexcept {
  if (const auto* echo = std::get_if<WriteEcho>(&message)) return *echo;
  if (const auto* echo = std::get_if<BlockWriteEcho>(&message)) return *echo;
  if (const auto* exception = std::get_if<ExceptionAnswer>(&message)) return *exception;
  return std::nullopt;
}

const Framing& framing_of(Envelope envelope) noexcept {
  static const RtuFraming bare(Envelope::bare);
  static const RtuFraming v1_0(Envelope::v1_0);
  static const RtuFraming v1_2(Envelope::v1_2);
  switch (envelope) {
    case Envelope::bare:
      return bare;
    case Envelope::v1_0:
      return v1_0;
    case Envelope::v1_2:
      return v1_2;
  }
  return bare;
}

}  // namespace bluetti::protocol
