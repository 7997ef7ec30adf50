// SPDX-License-Identifier: MIT
// Polls, and what becomes of them: answered, pushed, refused, or not heard of.
#include <algorithm>
#include <utility>

#include "gateway/station/station.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kBusyRetry{1};  // doubling, as long as it stays below the block's interval
constexpr int kMostBusy = 12;
constexpr int kSilentForGood = 2;  // so many times in a row are no accident

// Modbus exception codes by what to do about them.
enum class Remedy : std::uint8_t {
  stop,            // the station cannot do it: not asked again in this session
  ask_for_less,    // the registers are not all there
  ask_again_soon,  // not now
  count_as_miss,   // the unit behind the station's own gateway does not answer
  ask_less_often
};

Remedy remedy_for(std::uint8_t code) {
  switch (code) {
    case 1:  // illegal function
      return Remedy::stop;
    case protocol::kIllegalDataAddress:
    case 3:  // illegal data value: so many registers
      return Remedy::ask_for_less;
    case protocol::kAcknowledge:
    case protocol::kServerDeviceBusy:
      return Remedy::ask_again_soon;
    case 10:  // gateway path unavailable
    case 11:  // gateway target device failed to respond
      return Remedy::count_as_miss;
    default:  // 4, device failure, and what no station is known to say
      return Remedy::ask_less_often;
  }
}

}  // namespace

// After a miss, the block that answered last: it tells whether the station is there at all, or only does not answer
// that one question.
std::optional<std::size_t> Station::probe() const {
  if (misses_ == 0 || !last_answered_ || *last_answered_ == last_asked_) return std::nullopt;
  return blocks_[*last_answered_].refused ? std::nullopt : last_answered_;
}

std::optional<std::size_t> Station::block_to_ask(TimePoint now) const {
  const std::optional<std::size_t> probed = probe();
  return probed ? probed : schedule_.due(now);
}

void Station::begin_poll(std::size_t index, TimePoint now) {
  BlockState& block = blocks_[index];
  poll_ = Poll{.block = index,
               .read = block.runs ? BlockRead(*block.runs) : BlockRead(block.block(), block.limit),
               .began = now};
  collected_.clear();
  block.pushed = 0;
  last_asked_ = index;
}

protocol::ReadRequest Station::request_of(const BlockRead::Part& part) const {
  const BlockState& block = blocks_[poll_->block];
  const int first = block.block().id + part.first;
  return {unit_of(block), static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(part.count)};
}

// Asks for fewer registers at a time where the late answer to another read would look like the one to this.
bool Station::avoid_late_answers(TimePoint now) {
  const int known = static_cast<int>(blocks_[poll_->block].answer_size / 2);
  return poll_->read.avoid(known, [&](const BlockRead::Part& part) {
    return exchange().late_answers().could_be_another(request_of(part), part.bytes(), now);
  });
}

// Its turn is over, however that came about, until its interval is.
void Station::deal_with(std::size_t index, TimePoint now) {
  round_[index] = true;
  schedule_.done(index, now);
}

void Station::miss_poll(TimePoint now) {
  ++misses_;
  BlockState& block = blocks_[poll_->block];
  deal_with(poll_->block, now);
  note_vain(now);
  if (block.silent == 0 || last_heard_ > block.missed_at) count_failure(block, now);
  block.missed_at = now;
  // Its true answer may be what was dropped as another block's, twice now: of one register less, the size is its own.
  const std::size_t doubted = std::exchange(block.doubted, exchange().doubted());
  if (doubted > 2 && doubted == block.doubted) block.limit = static_cast<int>(doubted / 2) - 1;
}

void Station::give_up_poll(TimePoint now) {
  // A unit that may not be there must not be asked so often that the station seems to be gone.
  const bool may_be_missing = blocks_[poll_->block].instance > 1;
  if (may_be_missing || !poll_->read.on_silence()) poll_.reset();
  asker_ = Asker::nobody;
  if (misses_ >= kMissesUntilOffline) poll_.reset();
  if (misses_ >= kMissesUntilOffline) gentle_until_ = now + kOfflineInterval;
}

// The poll under way has brought nothing so far.
void Station::note_vain(TimePoint now) {
  BlockState& block = blocks_[poll_->block];
  if (poll_->read.reached() == 0 && !block.vain_since) block.vain_since = now;
}

// A block that fails again and again must not hold up the others.
void Station::count_failure(BlockState& block, TimePoint now) {
  block.silent = std::min(block.silent + 1, kSilentForGood + PollSchedule::kMostDoublings);
  if (block.silent >= kSilentForGood) schedule_.back_off(poll_->block, block.silent - kSilentForGood + 1, now);
}

// The values of a part are decoded from the block's start on, since a group's count may lie in an earlier part.
void Station::take_answer(std::span<const std::byte> data, TimePoint now) {
  const std::size_t index = poll_->block;
  BlockState& block = blocks_[index];
  // What lies behind a gap stands alone.
  const int first = poll_->read.part().first;
  if (first != poll_->segment + static_cast<int>(collected_.size() / 2)) {
    collected_.clear();
    poll_->implausible = 0;
  }
  if (collected_.empty()) poll_->segment = first;
  collected_.insert(collected_.end(), data.begin(), data.end());
  last_answered_ = index;
  block.silent = block.busy = 0;
  block.vain_since.reset();
  block.doubted = 0;
  shape_changed_ = !std::exchange(block.answered, true);
  const std::uint32_t implausible = take(index, collected_, 2 * poll_->segment, poll_->began);
  counters_.implausible += implausible - std::min(implausible, std::exchange(poll_->implausible, implausible));
  if (block.is_empty && block.instance > 1) return leave_empty_slot(now);
  if (!poll_->read.on_answer(static_cast<int>(data.size() / 2))) finish_poll(now);
}

// One in which there has never been anything is looked at now and then.
void Station::leave_empty_slot(TimePoint now) {
  const std::size_t index = std::exchange(poll_, std::nullopt)->block;
  deal_with(index, now);
  if (!blocks_[index].has_spoken()) schedule_.back_off(index, PollSchedule::kMostDoublings, now);
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
  const BlockState& own = blocks_[poll_->block];
  return std::ranges::any_of(blocks_, [&](const BlockState& other) {
    return &other != &own && !other.refused && other.in_use && other.answers_with(size);
  });
}

void Station::finish_poll(TimePoint now) {
  BlockState& block = blocks_[poll_->block];
  block.answer_size = 2 * static_cast<std::size_t>(poll_->read.reached());
  if (poll_->read.was_refused()) block.limit = poll_->read.reached();
  schedule_.answered(poll_->block, poll_->began);
  deal_with(poll_->block, now);
  poll_.reset();
}

// A block that came whole, in one push or in several, is not asked for until its interval is over. One that refuses to
// be read may push itself all the same.
void Station::note_push(std::size_t index, int first, int end, TimePoint now) {
  BlockState& block = blocks_[index];
  shape_changed_ |= std::exchange(block.refused, false);
  block.vain_since.reset();
  if (first > block.pushed) return;
  block.pushed = std::max(block.pushed, end);
  if (2 * static_cast<std::size_t>(block.pushed) < block.expected_size()) return;
  block.pushed = 0;
  deal_with(index, now);
}

Reaction Station::on_poll_exception(std::uint8_t code, TimePoint now) {
  Reaction reaction;
  reaction.exception = code;
  const Remedy remedy = remedy_for(code);
  if (remedy == Remedy::count_as_miss) {
    exchange().give_up(now);  // the rest is up to tick()
    return reaction;
  }
  exchange().finish();
  asker_ = Asker::nobody;
  note_vain(now);
  if (remedy == Remedy::stop || remedy == Remedy::ask_for_less) {
    on_refusal(remedy == Remedy::ask_for_less, now, reaction);
  } else if (remedy == Remedy::ask_again_soon) {
    on_busy(now);
  } else {
    deal_with(poll_->block, now);
    count_failure(blocks_[poll_->block], now);
    poll_.reset();
  }
  return answered(now, reaction);
}

void Station::on_refusal(bool fewer_may_do, TimePoint now, Reaction& reaction) {
  const bool asks_for_less = fewer_may_do && poll_->read.on_refusal();
  if (poll_->read.reached() == 0 && !asks_for_less) return refuse(std::exchange(poll_, std::nullopt)->block, reaction);
  reaction.exception = 0;
  if (!asks_for_less) finish_poll(now);
}

void Station::refuse(std::size_t index, Reaction& reaction) {
  const std::size_t begin = changes_->slots.size();
  blocks_[index].refused = true;
  round_[index] = true;
  schedule_.stop(index);
  forget(blocks_[index], changes_->slots);
  shape_changed_ = true;
  note_changes(index, begin);
  reaction.refused_block = index;
}

// Not a miss: it answers, if only to put off. When the waits have grown to the block's interval, this poll is over.
void Station::on_busy(TimePoint now) {
  const std::size_t index = std::exchange(poll_, std::nullopt)->block;
  BlockState& block = blocks_[index];
  const Duration wait = kBusyRetry * (1 << std::min(block.busy, kMostBusy));
  if (wait < schedule_.interval(index)) {
    ++block.busy;
    return schedule_.retry(index, now + wait);
  }
  deal_with(index, now);
}

}  // namespace bluetti::gateway
