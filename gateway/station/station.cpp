// SPDX-License-Identifier: MIT
#include "gateway/station/station.h"

#include <algorithm>
#include <utility>

#include "gateway/station/envelope_of.h"

namespace bluetti::gateway {
namespace {

Duration seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

}  // namespace

Station::Station(const StationConfig& config, DecoderCache& decoders, Duration answer_timeout)
    : config_(config), answer_timeout_(answer_timeout), changes_(decoders.changes()) {
  config_.wishes = {};
  if (config.model == nullptr) return;
  unit_ = config.model->unit;
  envelope_ = envelope_of(config.model->envelope);
  blocks_.reserve(config.poll.size());
  std::size_t slots = 0;
  for (const auto& [id, interval] : config.poll) {
    blocks_.emplace_back(decoders.of(id, *config.model), *config.model);
    slots += blocks_.back().decoder->slots().size();
    schedule_.add(seconds(interval));
  }
  round_.resize(blocks_.size());
  changes_->make_room(blocks_.size(), slots);
}

bool Station::went_round() const {
  return !round_.empty() && std::ranges::all_of(round_, std::identity{});
}

const schemas::Block* Station::asked() const {
  return blocks_.empty() ? nullptr : &blocks_[last_asked_].block();
}

void Station::succeed(const Station& earlier, TimePoint now) {
  online_ = earlier.online_;
  last_heard_ = earlier.last_heard_;
  late_ = earlier.late_;
  if (earlier.outstanding_) late_.expect(earlier.outstanding_->request, earlier.expected_size(), now);
  held_ = earlier.held_;
}

void Station::session_up(TimePoint now, Duration delay) {
  session_ = true;
  misses_ = 0;
  gentle_until_ = now;
  poll_.reset();
  outstanding_.reset();
  schedule_.restart(now + delay);
  std::fill(round_.begin(), round_.end(), false);
  for (BlockState& block : blocks_) block.begin_session();
}

void Station::session_down(TimePoint now) {
  interrupt_sums();
  session_ = false;
  if (outstanding_ && !outstanding_->missed) late_.expect(outstanding_->request, expected_size(), now);
  poll_.reset();
  outstanding_.reset();
}

Reaction Station::heard(TimePoint now, Reaction reaction) {
  last_heard_ = now;
  misses_ = 0;
  gentle_until_ = now;
  reaction.came_online = !std::exchange(online_, true);
  reaction.updates = changes_->updates;
  reaction.shape_changed = shape_changed_;
  return reaction;
}

std::uint32_t Station::take(std::size_t index, std::span<const std::byte> data, int first_byte, TimePoint at) {
  const std::size_t begin = changes_->slots.size();
  const Duration longest_gap = std::max<Duration>(kLongestGapIntervals * schedule_.interval(index), kLongestGap);
  const Sample sample{.data = data, .first_byte = first_byte, .at = at, .longest_gap = longest_gap};
  const Taken taken = gateway::take(blocks_[index], sample, changes_->slots);
  shape_changed_ |= taken.shape_changed;
  note_changes(index, begin);
  return taken.implausible;
}

void Station::interrupt_sums() {
  for (BlockState& block : blocks_) block.energies.interrupt();
}

void Station::restore_energies(const EnergyReadings& readings) {
  for (BlockState& block : blocks_) block.energies.restore(readings, *block.decoder);
}

bool Station::keep_energies(EnergyReadings& readings) const {
  bool changed = false;
  for (const BlockState& block : blocks_) changed |= block.energies.keep(readings, *block.decoder);
  return changed;
}

void Station::note_changes(std::size_t index, std::size_t begin) {
  Changes& changes = *changes_;
  if (changes.slots.size() > begin) changes.updates.push_back({index, std::span(changes.slots).subspan(begin)});
}

}  // namespace bluetti::gateway
