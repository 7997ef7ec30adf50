// SPDX-License-Identifier: MIT
// Which message is believed, and to be what.
#include <algorithm>

#include "gateway/station/station.h"

namespace bluetti::gateway {

Reaction Station::on_message(std::string_view payload, bool retained, TimePoint now) {
  changes_->clear();
  shape_changed_ = false;
  if (retained) return drop(Drop::retained);
  const HearResult result = hear(envelope_, unit_, payload);
  if (const auto* unheard = std::get_if<Unheard>(&result)) return drop(unheard->kind, unheard->detail);
  const auto& heard = std::get<Heard>(result);
  return std::visit([&](const auto& kind) { return on_frame(heard.opened, kind, now); }, heard.frame);
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
  if (const auto contradiction = gateway::mismatch(outstanding_->request, opened, answer)) return contradiction;
  if (opened.address != 0) return std::nullopt;  // it names its registers
  if (late_.could_be_another(outstanding_->request, answer.data.size(), now)) return Drop::other_block;
  if (is_size_of_another(answer.data.size())) {
    outstanding_->doubted = answer.data.size();
    return Drop::other_block;
  }
  if (is_repeated(answer.data)) return Drop::repeated;
  return std::nullopt;
}

bool Station::is_repeated(std::span<const std::byte> data) const {
  if (data.size() != last_answer_.size || outstanding_->request.first_register == last_answer_.first_register) {
    return false;
  }
  return repeats(data, std::span(collected_).last(last_answer_.size));
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
