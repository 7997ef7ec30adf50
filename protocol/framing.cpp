// SPDX-License-Identifier: MIT
#include "protocol/framing.h"

namespace bluetti::protocol {
namespace {

class RtuFraming final : public Framing {
 public:
  explicit RtuFraming(Envelope envelope) : envelope_(envelope) {}

  std::span<const std::byte> wrap(const ReadRequest& request, std::uint16_t /*transaction*/,
                                  std::span<std::byte> out) const override {
    return protocol::wrap(envelope_, request.first_register, 0, encode(request), out);
  }

  ArrivedOrNot open(std::span<const std::byte> payload) const override {
    const auto unwrapped = protocol::open(envelope_, payload);
    if (const auto* error = std::get_if<EnvelopeError>(&unwrapped)) {
      return NotAFrame{FramingError::wrong_envelope, describe(*error)};
    }
    const auto& opened = std::get<Opened>(unwrapped);
    const ParsedFrame parsed = parse_frame(opened.frame);
    if (const auto* error = std::get_if<FrameError>(&parsed)) {
      return NotAFrame{FramingError::broken_frame, describe(*error)};
    }
    return Arrived{.frame = std::get<Frame>(parsed), .address = opened.address, .transaction = std::nullopt};
  }

 private:
  Envelope envelope_;
};

}  // namespace

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
