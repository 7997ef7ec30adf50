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

Line line_of(const StationPlan& plan) {
  const schemas::Model* model = plan.model;
  return {.framing = &protocol::framing_of(model ? envelope_of(model->envelope) : protocol::Envelope::bare),
          .unit = model ? model->unit : std::uint8_t{0},
          .answer_timeout = plan.answer_timeout};
}

}  // namespace

Station::Station(const StationPlan& plan, DecoderCache& decoders)
    : model_(plan.model), exchange_(line_of(plan)), changes_(decoders.changes()) {
  if (model_ == nullptr) return;
  blocks_.reserve(plan.poll.size());
  std::size_t slots = 0;
  for (const auto& [id, interval] : plan.poll) {
    blocks_.emplace_back(decoders.of(id, *model_), *model_);
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
  exchange_.succeed(earlier.exchange_, now);
}

void Station::session_up(TimePoint now, Duration delay) {
  session_ = true;
  misses_ = 0;
  gentle_until_ = now;
  poll_.reset();
  exchange_.abandon(now);
  schedule_.restart(now + delay);
  std::fill(round_.begin(), round_.end(), false);
  for (BlockState& block : blocks_) block.begin_session();
}

void Station::session_down(TimePoint now, std::string_view reason) {
  interrupt_sums();
  session_ = false;
  exchange_.abandon(now);
  poll_.reset();
  cancel_transactions(reason);
}

Reaction Station::on_message(std::string_view payload, bool retained, TimePoint now) {
  changes_->clear();
  shape_changed_ = false;
  if (retained) return drop(Drop::retained);
  const HearResult result = hear(exchange_.line(), payload);
  if (const auto* unheard = std::get_if<Unheard>(&result)) return drop(unheard->kind, unheard->detail);
  const auto& arrived = std::get<protocol::Arrived>(result);
  return std::visit([&](const auto& kind) { return on_frame(arrived, kind, payload, now); }, arrived.frame);
}

Reaction Station::drop(Drop kind, std::string_view detail) {
  ++counters_.dropped[static_cast<std::size_t>(kind)];
  Reaction reaction;
  reaction.dropped = kind;
  reaction.detail = detail;
  return reaction;
}

Reaction Station::on_frame(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer,
                           std::string_view payload, TimePoint now) {
  const bool is_anothers = asker_ == Asker::poll && poll_ && is_size_of_another(answer.data.size());
  if (const auto wrong = exchange_.take(arrived, answer, is_anothers, now)) {
    if (*wrong == Drop::unasked) gentle_until_ = std::min(gentle_until_, now);  // too late, but it is there
    return drop(*wrong);
  }
  const Asker asker = std::exchange(asker_, Asker::nobody);
  if (asker == Asker::nobody) return drop(Drop::unasked);
  ++counters_.answers;
  if (asker == Asker::poll) {
    take_answer(answer.data, now);
  } else {
    const bool is_believed = current_->on_answer(arrived, answer, payload, now);
    if (is_believed) (void)take_registers(exchange_.last_register(), answer.data, now);
    end_transaction();
  }
  return heard(now);
}

Reaction Station::on_frame(const protocol::Arrived&, const protocol::Push& push, std::string_view, TimePoint now) {
  if (!take_registers(push.first_register, push.data, now)) return drop(Drop::no_schema);
  ++counters_.pushes;
  return heard(now);
}

bool Station::take_registers(int first, std::span<const std::byte> data, TimePoint now) {
  const int end = first + static_cast<int>(data.size() / 2);
  bool described = false;
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    const BlockState& block = blocks_[index];
    const int id = block.block().id;
    if (end <= id || first >= id + block.extent) continue;
    described = true;
    counters_.implausible += take(index, data, (first - id) * 2, now);
    note_push(index, first - id, end - id, now);
  }
  return described;
}

Reaction Station::on_frame(const protocol::Arrived& arrived, const protocol::ExceptionAnswer& exception,
                           std::string_view, TimePoint now) {
  const auto wrong = exchange_.take(arrived, exception, now);
  if (wrong != Drop::unasked) ++counters_.exceptions;
  if (wrong) return drop(*wrong);
  if (asker_ == Asker::poll) return on_poll_exception(exception.code, now);
  exchange_.finish();
  if (std::exchange(asker_, Asker::nobody) == Asker::transaction) {
    current_->on_exception(exception.code, now);
    end_transaction();
  }
  return heard(now);
}

Reaction Station::on_frame(const protocol::Arrived& arrived, const protocol::WriteEcho& echo, std::string_view,
                           TimePoint now) {
  return on_echo(arrived, echo, now);
}

Reaction Station::on_frame(const protocol::Arrived& arrived, const protocol::BlockWriteEcho& echo, std::string_view,
                           TimePoint now) {
  return on_echo(arrived, echo, now);
}

Reaction Station::on_echo(const protocol::Arrived& arrived, const protocol::WriteAnswer& echo, TimePoint now) {
  if (const auto wrong = exchange_.take(arrived, echo)) return drop(*wrong);
  if (std::exchange(asker_, Asker::nobody) == Asker::transaction) {
    current_->on_echo(now);
    end_transaction();
  }
  return heard(now);
}

void Station::poll_soon(std::uint16_t block, TimePoint now) {
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    if (blocks_[index].block().id == block && !blocks_[index].refused) schedule_.retry(index, now);
  }
}

Reaction Station::heard(TimePoint now, Reaction reaction) {
  last_heard_ = now;
  misses_ = 0;
  gentle_until_ = now;
  reaction.came_online = !std::exchange(online_, true);
  reaction.updates = changes_->updates;
  reaction.shape_changed = shape_changed_;
  reaction.notices = changes_->notices;
  return reaction;
}

std::uint32_t Station::take(std::size_t index, std::span<const std::byte> data, int first_byte, TimePoint at) {
  const std::size_t begin = changes_->slots.size();
  const Duration longest_gap = std::max<Duration>(kLongestGapIntervals * schedule_.interval(index), kLongestGap);
  Sample sample{
      .data = data, .first_byte = first_byte, .at = at, .longest_gap = longest_gap, .firmware = firmware_, .wall = {}};
  if (wall_at_start_) sample.wall = *wall_at_start_ + at.time_since_epoch();
  const std::size_t told = changes_->notices.size();
  const Taken taken = gateway::take(blocks_[index], sample, changes_->slots, changes_->notices);
  for (CounterNotice& notice : std::span(changes_->notices).subspan(told)) notice.block = index;
  shape_changed_ |= taken.shape_changed;
  firmware_ = taken.firmware.value_or(firmware_);
  note_changes(index, begin);
  return taken.implausible;
}

void Station::note_changes(std::size_t index, std::size_t begin) {
  Changes& changes = *changes_;
  if (changes.slots.size() > begin) changes.updates.push_back({index, std::span(changes.slots).subspan(begin)});
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

}  // namespace bluetti::gateway
