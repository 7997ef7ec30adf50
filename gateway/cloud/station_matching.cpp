// SPDX-License-Identifier: MIT
// Which message is believed, and to be what.
#include <algorithm>

#include "gateway/cloud/station.h"

namespace bluetti::gateway {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::uint8_t unit_of(const protocol::Frame& frame) {
  return std::visit([](const auto& kind) { return kind.unit; }, frame);
}

bool is_zero(std::span<const std::byte> data) {
  return std::ranges::all_of(data, [](std::byte byte) { return byte == std::byte{0}; });
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

Reaction Station::on_message(std::string_view payload, bool retained, TimePoint now) {
  updates_.clear();
  changed_.clear();
  shape_changed_ = false;
  if (retained) return drop(Drop::retained);
  const auto envelope = protocol::open(envelope_, bytes_of(payload));
  if (const auto* error = std::get_if<protocol::EnvelopeError>(&envelope)) {
    return drop(Drop::wrong_envelope, protocol::describe(*error));
  }
  const auto& opened = std::get<protocol::Opened>(envelope);
  const protocol::ParsedFrame parsed = protocol::parse_frame(opened.frame);
  if (const auto* error = std::get_if<protocol::FrameError>(&parsed)) {
    return drop(Drop::broken_frame, protocol::describe(*error));
  }
  const auto& frame = std::get<protocol::Frame>(parsed);
  if (unit_of(frame) != unit_) return drop(Drop::other_unit);
  return std::visit([&](const auto& kind) { return on_frame(opened, kind, now); }, frame);
}

Reaction Station::drop(Drop kind, std::string_view detail) {
  ++counters_.dropped[static_cast<std::size_t>(kind)];
  Reaction reaction;
  reaction.dropped = kind;
  reaction.detail = detail;
  return reaction;
}

std::optional<Drop> Station::mismatch(const protocol::Opened& opened, const protocol::ReadAnswer& answer,
                                      TimePoint now) {
  if (!outstanding_) return Drop::unasked;
  const protocol::ReadRequest& request = outstanding_->request;
  if (answer.data.size() > std::size_t{2} * request.count) return Drop::too_long;
  if (opened.address == request.first_register) return std::nullopt;
  if (opened.address != 0) return Drop::other_block;
  if (late_.could_be_another(request, answer.data.size(), now)) return Drop::other_block;
  if (is_size_of_another(answer.data.size())) {
    outstanding_->doubted = answer.data.size();
    return Drop::other_block;
  }
  if (is_repeated(answer.data)) return Drop::repeated;
  return std::nullopt;
}

// The broker may deliver a message twice. Two blocks that are all zero are alike for good reason.
bool Station::is_repeated(std::span<const std::byte> data) const {
  if (data.size() != last_answer_.size || outstanding_->request.first_register == last_answer_.first_register) {
    return false;
  }
  return std::ranges::equal(data, std::span(collected_).last(last_answer_.size)) && !is_zero(data);
}

// Bytes of the answer that is waited for, as far as is known.
std::size_t Station::expected_size() const {
  const BlockState& own = blocks_[poll_->block];
  const BlockRead::Part part = poll_->read.part();
  const std::size_t before = 2 * static_cast<std::size_t>(part.first);
  const std::size_t asked = 2 * static_cast<std::size_t>(part.count);
  return own.answer_size > before ? std::min(asked, own.answer_size - before) : asked;
}

bool Station::is_size_of_another(std::size_t size) const {
  if (size == expected_size()) return false;
  const BlockState& own = blocks_[poll_->block];
  return std::ranges::any_of(
      blocks_, [&](const BlockState& other) { return &other != &own && !other.refused && other.answers_with(size); });
}

}  // namespace bluetti::gateway
