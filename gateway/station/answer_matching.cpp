// SPDX-License-Identifier: MIT
#include "gateway/station/answer_matching.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

std::uint8_t unit_of(const protocol::Frame& frame) {
  return std::visit([](const auto& kind) { return kind.unit; }, frame);
}

}  // namespace

std::string_view describe(Drop drop) {
  switch (drop) {
    case Drop::retained:
      return "a retained message: old news kept by the broker, not the station";
    case Drop::wrong_envelope:
      return "not in the envelope of this model";
    case Drop::broken_frame:
      return "a broken Modbus frame";
    case Drop::other_unit:
      return "from another Modbus unit";
    case Drop::unasked:
      return "an answer that nobody waits for";
    case Drop::too_long:
      return "an answer longer than what was asked for";
    case Drop::other_block:
      return "an answer to another question";
    case Drop::repeated:
      return "an answer that was there already";
    case Drop::no_schema:
      return "registers that no block of this model describes";
  }
  return "unknown";
}

HearResult hear(protocol::Envelope envelope, std::uint8_t unit, std::string_view payload) {
  const auto unwrapped = protocol::open(envelope, std::as_bytes(std::span(payload)));
  if (const auto* error = std::get_if<protocol::EnvelopeError>(&unwrapped)) {
    return Unheard{Drop::wrong_envelope, protocol::describe(*error)};
  }
  const auto& opened = std::get<protocol::Opened>(unwrapped);
  const protocol::ParsedFrame parsed = protocol::parse_frame(opened.frame);
  if (const auto* error = std::get_if<protocol::FrameError>(&parsed)) {
    return Unheard{Drop::broken_frame, protocol::describe(*error)};
  }
  const auto& frame = std::get<protocol::Frame>(parsed);
  if (unit_of(frame) != unit) return Unheard{Drop::other_unit, {}};
  return Heard{opened, frame};
}

std::optional<Drop> mismatch(const protocol::ReadRequest& request, const protocol::Opened& opened,
                             const protocol::ReadAnswer& answer) {
  if (answer.data.size() > std::size_t{2} * request.count) return Drop::too_long;
  if (opened.address != 0 && opened.address != request.first_register) return Drop::other_block;
  return std::nullopt;
}

bool repeats(std::span<const std::byte> data, std::span<const std::byte> before) {
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  return std::ranges::equal(data, before) && !std::ranges::all_of(data, is_zero);
}

}  // namespace bluetti::gateway
