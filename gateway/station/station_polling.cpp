// SPDX-License-Identifier: MIT
// What is asked next, and what becomes of it: answered, pushed, refused, or not heard of.
#include <algorithm>
#include <utility>

#include "gateway/station/station.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kBusyRetry{1};  // doubling, as long as it stays below the block's interval
constexpr int kMostBusy = 12;
constexpr int kSilentForGood = 2;  // so many times in a row are no accident

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

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
    case 5:  // acknowledge
    case 6:  // device busy
      return Remedy::ask_again_soon;
    case 10:  // gateway path unavailable
    case 11:  // gateway target device failed to respond
      return Remedy::count_as_miss;
    default:  // 4, device failure, and what no station is known to say
      return Remedy::ask_less_often;
  }
}

}  // namespace

bool Station::wants_to_ask(TimePoint now) const {
  return session_ && !held_ && !outstanding_ && now >= gentle_until_ && (poll_ || block_to_ask(now));
}

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

std::optional<std::string_view> Station::next_request(TimePoint now) {
  if (!wants_to_ask(now)) return std::nullopt;
  if (!poll_) begin_poll(*block_to_ask(now), now);
  if (!avoid_late_answers(now)) {
    schedule_.done(poll_->block, now);
    poll_.reset();
    gentle_until_ = now + answer_timeout_;
    return std::nullopt;
  }
  const protocol::ReadRequest request = request_of(poll_->read.part());
  const TimePoint deadline = now + answer_timeout_;
  outstanding_ = Outstanding{.request = request, .deadline = deadline, .quiet_until = deadline + answer_timeout_};
  ++counters_.requests;
  const auto frame = protocol::encode(request);
  return text_of(protocol::wrap(envelope_, request.first_register, 0, frame, request_buffer_));
}

void Station::begin_poll(std::size_t index, TimePoint now) {
  BlockState& block = blocks_[index];
  poll_ = Poll{.block = index, .read = BlockRead(block.block(), block.limit), .began = now};
  block.pushed = 0;
  last_asked_ = index;
}

protocol::ReadRequest Station::request_of(const BlockRead::Part& part) const {
  const int first = blocks_[poll_->block].block().id + part.first;
  return {unit_, static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(part.count)};
}

// Asks for fewer registers at a time where the late answer to another read would look like the one to this.
bool Station::avoid_late_answers(TimePoint now) {
  const int known = static_cast<int>(blocks_[poll_->block].answer_size / 2);
  return poll_->read.avoid(
      known, [&](const BlockRead::Part& part) { return late_.could_be_another(request_of(part), part.bytes(), now); });
}

TimePoint Station::next_action() const {
  TimePoint next = TimePoint::max();
  if (outstanding_) {
    next = outstanding_->missed ? outstanding_->quiet_until : outstanding_->deadline;
  } else if (session_ && !held_) {
    next = poll_ || probe() ? gentle_until_ : std::max(schedule_.next(), gentle_until_);
  }
  if (!session_ && online_) next = std::min(next, last_heard_ + kStaleAfter);
  return next;
}

bool Station::tick(TimePoint now) {
  if (!session_) {
    if (!online_ || now < last_heard_ + kStaleAfter) return false;
    online_ = false;
    return true;
  }
  if (!outstanding_) return false;
  bool went_offline = false;
  if (!outstanding_->missed && now >= outstanding_->deadline) {
    miss(now);
    if (misses_ >= kMissesUntilOffline) went_offline = std::exchange(online_, false);
    if (went_offline) interrupt_sums();
  }
  if (outstanding_->missed && now >= outstanding_->quiet_until) {
    outstanding_.reset();
    poll_.reset();
    if (misses_ >= kMissesUntilOffline) gentle_until_ = now + kOfflineInterval;
  }
  return went_offline;
}

// Its turn is over, however that came about, until its interval is.
void Station::deal_with(std::size_t index, TimePoint now) {
  round_[index] = true;
  schedule_.done(index, now);
}

void Station::miss(TimePoint now) {
  outstanding_->missed = true;
  if (!outstanding_->is_answered) late_.expect(outstanding_->request, expected_size(), now);
  ++counters_.timeouts;
  ++misses_;
  BlockState& block = blocks_[poll_->block];
  deal_with(poll_->block, now);
  if (block.silent == 0 || last_heard_ > block.missed_at) count_failure(block, now);
  block.missed_at = now;
  // Its true answer may be what was dropped as another block's, twice now: of one register less, the size is its own.
  const std::size_t doubted = std::exchange(block.doubted, outstanding_->doubted);
  if (doubted > 2 && doubted == block.doubted) block.limit = static_cast<int>(doubted / 2) - 1;
}

// A block that fails again and again must not hold up the others.
void Station::count_failure(BlockState& block, TimePoint now) {
  block.silent = std::min(block.silent + 1, kSilentForGood + PollSchedule::kMostDoublings);
  if (block.silent >= kSilentForGood) schedule_.back_off(poll_->block, block.silent - kSilentForGood + 1, now);
}

Reaction Station::on_frame(const protocol::Opened& opened, const protocol::ReadAnswer& answer, TimePoint now) {
  if (const auto wrong = mismatch(opened, answer, now)) {
    if (*wrong == Drop::unasked || *wrong == Drop::other_block) late_.came(answer.data.size());
    if (*wrong == Drop::unasked) gentle_until_ = std::min(gentle_until_, now);  // too late, but it is there
    return drop(*wrong);
  }
  if (outstanding_->missed) late_.came(outstanding_->request);
  ++counters_.answers;
  const std::size_t index = poll_->block;
  BlockState& block = blocks_[index];
  collect(answer);
  outstanding_.reset();
  last_answered_ = index;
  block.silent = block.busy = 0;
  block.doubted = 0;
  shape_changed_ = !std::exchange(block.answered, true);
  // Decoded from the block's start, since a group's count may lie in an earlier part than the group.
  const std::uint32_t implausible = take(index, collected_, 0, poll_->began);
  counters_.implausible += implausible - std::min(implausible, std::exchange(poll_->implausible, implausible));
  if (!poll_->read.on_answer(static_cast<int>(answer.data.size() / 2))) finish_poll(now);
  return heard(now);
}

void Station::collect(const protocol::ReadAnswer& answer) {
  if (poll_->read.part().first == 0) collected_.clear();
  collected_.insert(collected_.end(), answer.data.begin(), answer.data.end());
  last_answer_ = {.first_register = outstanding_->request.first_register, .size = answer.data.size()};
}

void Station::finish_poll(TimePoint now) {
  BlockState& block = blocks_[poll_->block];
  block.answer_size = 2 * static_cast<std::size_t>(poll_->read.reached());
  if (poll_->read.was_refused()) block.limit = poll_->read.reached();
  deal_with(poll_->block, now);
  poll_.reset();
}

Reaction Station::on_frame(const protocol::Opened&, const protocol::Push& push, TimePoint now) {
  const int first = push.first_register;
  const int end = first + static_cast<int>(push.data.size() / 2);
  bool described = false;
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    const BlockState& block = blocks_[index];
    const int id = block.block().id;
    if (end <= id || first >= id + block.extent) continue;
    described = true;
    counters_.implausible += take(index, push.data, (first - id) * 2, now);
    note_push(index, first - id, end - id, now);
  }
  if (!described) return drop(Drop::no_schema);
  ++counters_.pushes;
  return heard(now);
}

// A block that came whole, in one push or in several, is not asked for until its interval is over. One that refuses to
// be read may push itself all the same.
void Station::note_push(std::size_t index, int first, int end, TimePoint now) {
  BlockState& block = blocks_[index];
  shape_changed_ |= std::exchange(block.refused, false);
  if (first > block.pushed) return;
  block.pushed = std::max(block.pushed, end);
  if (2 * static_cast<std::size_t>(block.pushed) < block.expected_size()) return;
  block.pushed = 0;
  deal_with(index, now);
}

Reaction Station::on_frame(const protocol::Opened&, const protocol::ExceptionAnswer& exception, TimePoint now) {
  if (!outstanding_ || exception.function != 3) return drop(Drop::unasked);
  ++counters_.exceptions;
  // It does not say to which read it is the answer.
  if (late_.could_be_another(outstanding_->request, now)) {
    outstanding_->is_answered = true;
    return drop(Drop::other_block);
  }
  Reaction reaction;
  reaction.exception = exception.code;
  const Remedy remedy = remedy_for(exception.code);
  if (remedy == Remedy::count_as_miss) {
    outstanding_->deadline = outstanding_->quiet_until = now;  // the rest is up to tick()
    outstanding_->is_answered = true;
    return reaction;
  }
  outstanding_.reset();
  if (remedy == Remedy::stop || remedy == Remedy::ask_for_less) {
    on_refusal(remedy == Remedy::ask_for_less, now, reaction);
  } else if (remedy == Remedy::ask_again_soon) {
    on_busy(now);
  } else {
    deal_with(poll_->block, now);
    count_failure(blocks_[poll_->block], now);
    poll_.reset();
  }
  return heard(now, reaction);
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

Reaction Station::on_frame(const protocol::Opened&, const protocol::WriteEcho&, TimePoint) {
  return drop(Drop::unasked);  // nothing is written yet: some other client's doing
}

}  // namespace bluetti::gateway
