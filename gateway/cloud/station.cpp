// SPDX-License-Identifier: MIT
#include "gateway/cloud/station.h"

#include <algorithm>
#include <utility>

#include "gateway/cloud/envelope_of.h"

namespace bluetti::gateway {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Duration seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

// Registers from the block's start to the end of its last field.
int extent_of(const schemas::Block& block) {
  int bytes = 0;
  for (const schemas::Field& field : block.fields) {
    bytes = std::max(bytes, field.offset + field.size + std::max(field.count - 1, 0) * field.stride);
  }
  for (const schemas::Group& group : block.groups) bytes = std::max(bytes, group.offset + group.max * group.stride);
  return (bytes + 1) / 2;
}

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
    case Drop::no_schema:
      return "registers that no block of this model describes";
  }
  return "unknown";
}

Station::Station(const StationConfig& config, const schemas::Catalog& catalog, Duration answer_timeout)
    : config_(config), answer_timeout_(answer_timeout) {
  if (config.model == nullptr) return;
  unit_ = config.model->unit;
  envelope_ = envelope_of(config.model->envelope);
  std::size_t slots = 0;
  for (const auto& [id, interval] : config.poll) {
    const schemas::Block& block = *catalog.block(id);
    schemas::Decoder decoder(block, *config.model);
    slots += decoder.slots().size();
    schemas::Row row = decoder.make_row();
    const int registers = std::min<int>(config.model->registers_of(block), protocol::kMaxReadRegisters);
    blocks_.push_back({.decoder = std::move(decoder),
                       .registers = registers,
                       .extent = std::max(registers, extent_of(block)),
                       .incoming = row,
                       .current = row});
    schedule_.add(seconds(interval));
  }
  round_.resize(blocks_.size());
  changed_.reserve(slots);
  updates_.reserve(blocks_.size());
}

bool Station::went_round() const {
  return !round_.empty() && std::ranges::all_of(round_, std::identity{});
}

const schemas::Block* Station::asked() const {
  return blocks_.empty() ? nullptr : &blocks_[last_asked_].decoder.block();
}

void Station::succeed(const Station& earlier, TimePoint now) {
  online_ = earlier.online_;
  last_heard_ = earlier.last_heard_;
  if (earlier.session_) session_up(now);
}

void Station::session_up(TimePoint now) {
  session_ = true;
  misses_ = 0;
  gentle_until_ = now;
  outstanding_.reset();
  schedule_.restart(now);
  std::fill(round_.begin(), round_.end(), false);
  for (BlockState& block : blocks_) block.refused = false;
}

void Station::session_down() {
  session_ = false;
  outstanding_.reset();
}

std::optional<std::string_view> Station::next_request(TimePoint now) {
  if (!session_ || outstanding_ || now < gentle_until_) return std::nullopt;
  const std::optional<std::size_t> due = schedule_.due(now);
  if (!due) return std::nullopt;
  const BlockState& block = blocks_[*due];
  const protocol::ReadRequest request{unit_, block.decoder.block().id, static_cast<std::uint16_t>(block.registers)};
  const TimePoint deadline = now + answer_timeout_;
  outstanding_ = Outstanding{*due, request, deadline, deadline + answer_timeout_};
  last_asked_ = *due;
  ++counters_.requests;
  const auto frame = protocol::encode(request);
  return text_of(protocol::wrap(envelope_, request.first_register, 0, frame, request_buffer_));
}

TimePoint Station::next_action() const {
  TimePoint next = TimePoint::max();
  if (outstanding_)
    next = outstanding_->missed ? outstanding_->quiet_until : outstanding_->deadline;
  else if (session_)
    next = std::max(schedule_.next(), gentle_until_);
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
    outstanding_->missed = true;
    ++counters_.timeouts;
    round_[outstanding_->block] = true;
    schedule_.done(outstanding_->block, now);
    if (++misses_ >= kMissesUntilOffline) went_offline = std::exchange(online_, false);
  }
  if (outstanding_->missed && now >= outstanding_->quiet_until) {
    outstanding_.reset();
    if (misses_ >= kMissesUntilOffline) gentle_until_ = now + kOfflineInterval;
  }
  return went_offline;
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

std::optional<Drop> Station::mismatch(const protocol::Opened& opened, const protocol::ReadAnswer& answer) const {
  if (!outstanding_) return Drop::unasked;
  const protocol::ReadRequest& request = outstanding_->request;
  if (answer.data.size() > std::size_t{2} * request.count) return Drop::too_long;
  if (opened.address != 0 && opened.address != request.first_register) return Drop::other_block;
  if (is_size_of_another(outstanding_->block, answer.data.size())) return Drop::other_block;
  return std::nullopt;
}

bool Station::is_size_of_another(std::size_t block, std::size_t size) const {
  const std::size_t own = blocks_[block].answer_size;
  if (own == size) return false;
  // The first answer may well be as long as another block's; only one as long as asked for is above doubt.
  if (own == 0 && size == 2 * static_cast<std::size_t>(blocks_[block].registers)) return false;
  return std::ranges::any_of(blocks_, [size](const BlockState& other) { return other.answer_size == size; });
}

Reaction Station::heard(TimePoint now, Reaction reaction) {
  last_heard_ = now;
  misses_ = 0;
  gentle_until_ = now;
  reaction.came_online = !std::exchange(online_, true);
  reaction.updates = updates_;
  reaction.shape_changed = shape_changed_;
  return reaction;
}

Reaction Station::on_frame(const protocol::Opened& opened, const protocol::ReadAnswer& answer, TimePoint now) {
  if (const auto wrong = mismatch(opened, answer)) return drop(*wrong);
  const std::size_t index = outstanding_->block;
  outstanding_.reset();
  BlockState& block = blocks_[index];
  shape_changed_ = !std::exchange(block.answered, true);
  block.answer_size = answer.data.size();
  round_[index] = true;
  schedule_.done(index, now);
  ++counters_.answers;
  take(index, answer.data, 0);
  return heard(now);
}

Reaction Station::on_frame(const protocol::Opened&, const protocol::Push& push, TimePoint now) {
  const int first = push.first_register;
  const int end = first + static_cast<int>(push.data.size() / 2);
  bool described = false;
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    BlockState& block = blocks_[index];
    const int id = block.decoder.block().id;
    if (end <= id || first >= id + block.extent) continue;
    described = true;
    take(index, push.data, (first - id) * 2);
    const std::size_t whole = block.answered ? block.answer_size : 2 * static_cast<std::size_t>(block.registers);
    const std::size_t reached = end > id ? 2 * static_cast<std::size_t>(end - id) : 0;
    if (first <= id && reached >= whole) schedule_.done(index, now);
  }
  if (!described) return drop(Drop::no_schema);
  ++counters_.pushes;
  return heard(now);
}

Reaction Station::on_frame(const protocol::Opened&, const protocol::ExceptionAnswer& exception, TimePoint now) {
  if (!outstanding_ || exception.function != 3) return drop(Drop::unasked);
  const std::size_t index = outstanding_->block;
  outstanding_.reset();
  round_[index] = true;
  ++counters_.exceptions;
  Reaction reaction;
  reaction.exception = exception.code;
  if (exception.code == protocol::kIllegalDataAddress) {
    blocks_[index].refused = true;
    schedule_.stop(index);
    forget(index);
    reaction.refused_block = index;
  } else {
    schedule_.done(index, now);
  }
  return heard(now, reaction);
}

Reaction Station::on_frame(const protocol::Opened&, const protocol::WriteEcho&, TimePoint) {
  return drop(Drop::unasked);  // nothing is written yet: some other client's doing
}

void Station::take(std::size_t index, std::span<const std::byte> data, int first_byte) {
  BlockState& block = blocks_[index];
  block.decoder.decode(data, first_byte, block.incoming);
  counters_.implausible += block.incoming.implausible;
  const std::size_t begin = changed_.size();
  for (std::size_t slot = 0; slot < block.incoming.values.size(); ++slot) {
    const schemas::Value& value = block.incoming.values[slot];
    schemas::Value& known = block.current.values[slot];
    if (value.kind == schemas::ValueKind::missing) continue;
    if (schemas::Row::same(block.incoming, value, block.current, known)) continue;
    shape_changed_ |= known.kind == schemas::ValueKind::missing;
    if (value.kind == schemas::ValueKind::text) {
      std::copy_n(block.incoming.text.begin() + value.text_offset, value.text_length,
                  block.current.text.begin() + value.text_offset);
    }
    known = value;
    changed_.push_back(static_cast<std::uint32_t>(slot));
  }
  for (std::size_t group = 0; group < block.incoming.group_counts.size(); ++group) {
    const int count = block.incoming.group_counts[group];
    if (count < 0 || count == block.current.group_counts[group]) continue;
    block.current.group_counts[group] = count;
    shape_changed_ = true;
  }
  if (changed_.size() > begin) updates_.push_back({index, std::span(changed_).subspan(begin)});
}

void Station::forget(std::size_t index) {
  BlockState& block = blocks_[index];
  shape_changed_ = true;
  const std::size_t begin = changed_.size();
  for (std::size_t slot = 0; slot < block.current.values.size(); ++slot) {
    schemas::Value& known = block.current.values[slot];
    if (known.present()) changed_.push_back(static_cast<std::uint32_t>(slot));
    if (known.kind != schemas::ValueKind::missing) known.kind = schemas::ValueKind::absent;
  }
  if (changed_.size() > begin) updates_.push_back({index, std::span(changed_).subspan(begin)});
}

}  // namespace bluetti::gateway
