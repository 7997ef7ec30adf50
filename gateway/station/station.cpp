// SPDX-License-Identifier: MIT
#include "gateway/station/station.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "gateway/station/envelope_of.h"
#include "gateway/station/own_serial.h"
#include "protocol/mbap.h"

namespace bluetti::gateway {
namespace {

Duration seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

constexpr std::uint16_t kConnection = 65535;          // the block that holds which way is used; no station has it
constexpr std::chrono::seconds kLeastLanInterval{5};  // between two rounds

Line line_of(const StationPlan& plan, schemas::Way way) {
  const schemas::Model* model = plan.model;
  if (way == schemas::Way::lan) {
    return {.framing = &protocol::modbus_tcp(), .answer_timeout = plan.answer_timeout, .is_exact = true};
  }
  return {.framing = &protocol::framing_of(model ? envelope_of(model->envelope) : protocol::Envelope::bare),
          .unit = model ? model->unit : std::uint8_t{0},
          .answer_timeout = plan.answer_timeout};
}

std::vector<Exchange> exchanges_of(const StationPlan& plan) {
  std::vector<Exchange> exchanges;
  for (const schemas::Way way : plan.ways) exchanges.emplace_back(line_of(plan, way));
  return exchanges;
}

// Notes of each value whether blocks of other ways publish it too.
void mark_shared(std::vector<BlockState>& blocks) {
  std::map<std::string_view, std::set<schemas::Way>> ways;
  for (const BlockState& block : blocks) {
    for (const schemas::Slot& slot : block.decoder->slots()) ways[slot.id].insert(block.block().way);
  }
  for (BlockState& block : blocks) {
    block.shared = std::make_unique<std::vector<bool>>();
    for (const schemas::Slot& slot : block.decoder->slots()) block.shared->push_back(ways[slot.id].size() > 1);
  }
}

}  // namespace

Station::Station(const StationPlan& plan, DecoderCache& decoders)
    : model_(plan.model),
      ways_(plan.ways),
      lan_unit_(plan.lan_unit),
      exchanges_(exchanges_of(plan)),
      offline_after_(plan.offline_after),
      changes_(decoders.changes()) {
  if (model_ == nullptr) return;
  blocks_.reserve(plan.poll.size());
  std::size_t slots = 0;
  for (const auto& [id, interval] : plan.poll) {
    blocks_.emplace_back(decoders.of(id, *model_), *model_);
    const bool is_lan = blocks_.back().block().way == schemas::Way::lan;
    const Duration wished = seconds(interval);
    const Duration between = is_lan && interval > 0 ? std::max<Duration>(wished, kLeastLanInterval) : wished;
    schedule_.add(between);
    if (!is_lan || lan_unit_) continue;
    const auto places = model_->lan.places_of(id);
    for (std::size_t other = 1; other < places.size(); ++other) {
      blocks_.emplace_back(decoders.of(id, *model_, places[other].instance), *model_, places[other]);
      schedule_.add(between);
    }
  }
  for (const BlockState& block : blocks_) slots += block.decoder->slots().size();
  if (ways_.size() > 1) {
    blocks_.emplace_back(decoders.of(kConnection, *model_), *model_);
    schedule_.add(Duration::zero());
    mark_shared(blocks_);
  }
  for (BlockState& block : blocks_) block.in_use = block.block().way == way() || block.block().id == kConnection;
  round_.resize(blocks_.size());
  changes_->make_room(blocks_.size(), slots + 1);
  tell_way();
  changes_->clear();
}

bool Station::went_round() const {
  return !round_.empty() && std::ranges::all_of(round_, std::identity{});
}

std::vector<const schemas::Block*> Station::missing() const {
  std::vector<const schemas::Block*> missing;
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    const BlockState& block = blocks_[index];
    const bool is_missing = block.instance == 1 && (!round_[index] || block.busy > 0);
    if (is_missing && is_read(block) && schedule_.is_polled(index)) missing.push_back(&block.block());
  }
  return missing;
}

const schemas::Block* Station::asked() const {
  return blocks_.empty() ? nullptr : &blocks_[last_asked_].block();
}

void Station::succeed(const Station& earlier, TimePoint now) {
  online_ = earlier.online_;
  last_heard_ = earlier.last_heard_;
  session_lost_at_ = earlier.session_ ? now : earlier.session_lost_at_;
  if (ways_ == earlier.ways_) {
    for (std::size_t way = 0; way < ways_.size(); ++way) exchanges_[way].succeed(earlier.exchanges_[way], now);
  }
}

void Station::session_up(TimePoint now, Duration delay) {
  session_ = true;
  gives_nothing_ = false;
  misses_ = 0;
  gentle_until_ = now;
  poll_.reset();
  exchange().abandon(now);
  schedule_.restart(now + delay);
  for (std::size_t index = 0; index < round_.size(); ++index) round_[index] = !schedule_.is_polled(index);
  for (BlockState& block : blocks_) {
    if (block.in_use) block.begin_session();
  }
  rest_unused();
}

std::optional<protocol::ReadRequest> Station::serial_read() const {
  const auto has_it = [](const BlockState& block) {
    return block.block().way == schemas::Way::lan && std::ranges::any_of(block.block().fields, [&](const auto& field) {
             return field.type == schemas::Type::serial &&
                    block.block().id + field.offset / 2 == kOwnSerial.first_register;
           });
  };
  if (!model_ || !(model_->is_abstract || std::ranges::any_of(blocks_, has_it))) return std::nullopt;
  protocol::ReadRequest request = kOwnSerial;
  request.unit = lan_unit_.value_or(model_->lan.unit);
  return request;
}

const Line& Station::line_by(schemas::Way way) const {
  return exchanges_[static_cast<std::size_t>(std::ranges::find(ways_, way) - ways_.begin())].line();
}

std::optional<protocol::ReadRequest> Station::probe_by(schemas::Way way, std::size_t refused) const {
  std::vector<const BlockState*> candidates;
  for (const BlockState& block : blocks_) {
    const bool has_any = !block.runs || block.runs->has_any();
    const bool is_candidate =
        block.block().way == way && block.instance == 1 && block.block().id != kConnection && has_any;
    if (is_candidate) candidates.push_back(&block);
  }
  if (candidates.empty()) return std::nullopt;
  std::ranges::stable_partition(candidates, [](const BlockState* block) { return block->answered && !block->refused; });
  const BlockState& block = *candidates[refused % candidates.size()];
  const BlockRead::Part part =
      block.runs ? BlockRead::first_of(*block.runs) : BlockRead(block.block(), block.limit).part();
  return protocol::ReadRequest{.unit = unit_of(block),
                               .first_register = static_cast<std::uint16_t>(block.block().id + part.first),
                               .count = static_cast<std::uint16_t>(part.count)};
}

std::uint8_t Station::unit_of(const BlockState& block) const {
  const bool is_stations_own = block.block().way == schemas::Way::lan && block.unit == model_->lan.unit;
  return is_stations_own ? lan_unit_.value_or(block.unit) : block.unit;
}

bool Station::is_read(const BlockState& block) {
  return block.in_use && block.block().id != kConnection && (!block.runs || block.runs->has_any());
}

void Station::rest_unused() {
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    if (is_read(blocks_[index])) continue;
    round_[index] = true;
    schedule_.stop(index);
  }
}

void Station::tell_way() {
  if (ways_.size() < 2) return;
  const std::array<std::byte, 2> code{std::byte{0}, static_cast<std::byte>(way())};
  (void)take(blocks_.size() - 1, code, 0, last_heard_);
}

Reaction Station::use(schemas::Way way, bool online, TimePoint now) {
  changes_->clear();
  shape_changed_ = true;
  interrupt_sums();
  EnergyReadings readings;
  (void)keep_energies(readings);
  exchange().abandon(now);
  poll_.reset();
  asker_ = Asker::nobody;
  session_ = false;
  cancel_transactions("the station is read by another way from now on");
  way_ = static_cast<std::size_t>(std::ranges::find(ways_, way) - ways_.begin());
  for (std::size_t index = 0; index + 1 < blocks_.size(); ++index) {
    BlockState& block = blocks_[index];
    const std::size_t begin = changes_->slots.size();
    if (block.block().way == way) {
      block.in_use = true;
    } else if (block.in_use) {
      leave(block, changes_->slots);
      block.begin_session();  // what it refused may be there when this way is looked at again
      note_changes(index, begin);
    }
  }
  for (BlockState& block : blocks_) {
    if (!block.in_use) continue;
    block.energies.take_over(readings, *block.decoder, last_heard_);
    block.digest = 0;
  }
  online_ = online;
  is_offline_known_ = false;
  speak_by_ = TimePoint::max();
  gives_nothing_ = false;
  misses_ = 0;
  last_answered_.reset();
  last_asked_ = 0;
  tell_way();
  Reaction reaction;
  reaction.updates = changes_->updates;
  reaction.shape_changed = true;
  return reaction;
}

void Station::boost(TimePoint until) {
  const bool is_lan = way() == schemas::Way::lan;
  schedule_.boost(is_lan ? Duration(kLeastLanInterval) : Duration(std::chrono::seconds(1)), until);
}

void Station::session_down(TimePoint now, std::string_view reason) {
  interrupt_sums();
  if (session_) session_lost_at_ = now;
  session_ = gives_nothing_ = false;
  exchange().abandon(now);
  poll_.reset();
  cancel_transactions(reason);
}

Reaction Station::on_message(std::string_view payload, bool retained, TimePoint now) {
  changes_->clear();
  shape_changed_ = false;
  if (retained) return drop(Drop::retained);
  const HearResult result = hear(exchange().line(), payload);
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
  if (const auto wrong = exchange().take(arrived, answer, is_anothers, now)) {
    if (*wrong == Drop::cut) exchange().give_up(now);                           // the rest is up to tick()
    if (*wrong == Drop::unasked) gentle_until_ = std::min(gentle_until_, now);  // too late, but it is there
    return drop(*wrong);
  }
  const Asker asker = std::exchange(asker_, Asker::nobody);
  if (asker == Asker::nobody) return drop(Drop::unasked);
  ++counters_.answers;
  counters_.answer_times.add(exchange().last_took());
  if (asker == Asker::poll) {
    take_answer(answer.data, now);
  } else {
    const bool is_believed = current_->on_answer(arrived, answer, payload, now);
    if (is_believed) (void)take_registers(exchange().last_register(), answer.data, now);
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
    if (end <= id || first >= id + block.extent || block.instance > 1) continue;
    described = true;
    counters_.implausible += take(index, data, (first - id) * 2, now);
    note_push(index, first - id, end - id, now);
  }
  return described;
}

Reaction Station::on_frame(const protocol::Arrived& arrived, const protocol::ExceptionAnswer& exception,
                           std::string_view, TimePoint now) {
  const auto wrong = exchange().take(arrived, exception, now);
  if (wrong != Drop::unasked) ++counters_.exceptions;
  if (wrong) return drop(*wrong);
  last_exception_ = exception.code;
  if (asker_ == Asker::poll) return on_poll_exception(exception.code, now);
  exchange().finish();
  if (std::exchange(asker_, Asker::nobody) == Asker::transaction) {
    current_->on_exception(exception.code, now);
    end_transaction();
  }
  return answered(now);
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
  if (const auto wrong = exchange().take(arrived, echo)) return drop(*wrong);
  if (std::exchange(asker_, Asker::nobody) == Asker::transaction) {
    current_->on_echo(now);
    end_transaction();
  }
  return heard(now);
}

void Station::poll_soon(std::uint16_t block, TimePoint now) {
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    if (blocks_[index].block().id == block && !blocks_[index].refused && blocks_[index].in_use)
      schedule_.retry(index, now);
  }
}

Reaction Station::heard(TimePoint now) {
  Reaction reaction = answered(now);
  gives_nothing_ = false;
  reaction.gave = true;
  is_offline_known_ = false;
  reaction.came_online = !std::exchange(online_, true);
  return reaction;
}

Reaction Station::answered(TimePoint now, Reaction reaction) {
  last_heard_ = now;
  misses_ = 0;
  gentle_until_ = now;
  reaction.updates = changes_->updates;
  reaction.shape_changed = shape_changed_;
  reaction.notices = changes_->notices;
  return reaction;
}

std::uint32_t Station::take(std::size_t index, std::span<const std::byte> data, int first_byte, TimePoint at) {
  const std::size_t begin = changes_->slots.size();
  Sample sample{.data = data,
                .first_byte = first_byte,
                .at = at,
                .longest_gap = longest_gap(schedule_.interval(index)),
                .firmware = firmware_,
                .wall = {}};
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
  for (BlockState& block : blocks_) {
    block.energies.restore(readings, *block.decoder);
    block.digest = 0;
  }
}

bool Station::keep_energies(EnergyReadings& readings) const {
  bool changed = false;
  for (const BlockState& block : blocks_) {
    if (block.in_use) changed |= block.energies.keep(readings, *block.decoder, block.shared.get());
  }
  return changed;
}

}  // namespace bluetti::gateway
