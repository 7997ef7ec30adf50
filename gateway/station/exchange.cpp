// SPDX-License-Identifier: MIT
#include "gateway/station/exchange.h"

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::uint8_t kReadRegisters = 3;  // Modbus function

std::uint8_t unit_of(const protocol::Message& message) {
  return std::visit([](const auto& kind) { return kind.unit; }, message);
}

std::uint8_t function_of(const protocol::Request& request) {
  const auto* write = std::get_if<protocol::WriteRequest>(&request);
  return write ? write->function : kReadRegisters;
}

Drop drop_of(protocol::FramingError error) {
  return error == protocol::FramingError::wrong_envelope ? Drop::wrong_envelope : Drop::broken_frame;
}

// Two ranges that are all zero are alike for good reason.
bool is_blank(std::span<const std::byte> data) {
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
      return "unexpected answer";
    case Drop::too_long:
      return "an answer longer than what was asked for";
    case Drop::cut:
      return "an answer of another length than what was asked for";
    case Drop::other_block:
      return "an answer to another question";
    case Drop::repeated:
      return "an answer that was there already";
    case Drop::no_schema:
      return "registers that no block of this model describes";
  }
  return "unknown";
}

HearResult hear(const Line& line, std::string_view payload) {
  const auto opened = line.framing->open(std::as_bytes(std::span(payload)));
  if (const auto* error = std::get_if<protocol::NotAFrame>(&opened)) {
    return Unheard{drop_of(error->kind), error->detail};
  }
  const auto& arrived = std::get<protocol::Arrived>(opened);
  if (!line.is_exact && unit_of(arrived.frame) != line.unit) return Unheard{Drop::other_unit, {}};
  return arrived;
}

std::string_view Exchange::send(const protocol::Request& request, std::size_t expected, TimePoint now) {
  const TimePoint deadline = now + line_.answer_timeout;
  in_flight_ = InFlight{.request = request,
                        .expected = expected,
                        .sent = now,
                        .deadline = deadline,
                        .quiet_until = line_.is_exact ? deadline : deadline + line_.answer_timeout};
  if (auto* write = std::get_if<protocol::WriteRequest>(&in_flight_->request)) keep(*write);
  const auto payload = line_.framing->wrap(in_flight_->request, ++transaction_, buffer_);
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

void Exchange::keep(protocol::WriteRequest& write) {
  std::swap(values_, previous_values_);
  previous_write_ = last_write_;
  values_.assign(write.values.begin(), write.values.end());
  write.values = values_;
  last_write_ = write;
}

bool Exchange::names_another(const protocol::Arrived& arrived) const {
  return arrived.transaction && *arrived.transaction != transaction_;
}

std::optional<Drop> Exchange::take(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer,
                                   bool is_size_of_another, TimePoint now) {
  const std::size_t size = answer.data.size();
  const auto refuse = [&](Drop drop) {
    if (drop == Drop::unasked || drop == Drop::other_block) late_.came(size);
    return drop;
  };
  const auto* request = in_flight_ ? std::get_if<protocol::ReadRequest>(&in_flight_->request) : nullptr;
  if (!request || names_another(arrived)) return refuse(Drop::unasked);
  if (line_.is_exact && answer.unit != request->unit) return Drop::other_unit;
  if (line_.is_exact && size != std::size_t{2} * request->count) return Drop::cut;
  if (size > std::size_t{2} * request->count) return Drop::too_long;
  if (arrived.address != 0 && arrived.address != request->first_register) return refuse(Drop::other_block);
  if (arrived.address == 0 && !arrived.transaction) {
    if (late_.could_be_another(*request, size, now)) return refuse(Drop::other_block);
    if (is_size_of_another && size != in_flight_->expected) {
      in_flight_->doubted = size;
      return refuse(Drop::other_block);
    }
    if (is_repeated(*request, answer.data)) return Drop::repeated;
  }
  if (in_flight_->overdue) late_.came(*request);
  last_register_ = request->first_register;
  last_took_ = now - in_flight_->sent;
  last_answer_.assign(answer.data.begin(), answer.data.end());
  in_flight_.reset();
  return std::nullopt;
}

std::optional<Drop> Exchange::take(const protocol::Arrived& arrived, const protocol::ExceptionAnswer& exception,
                                   TimePoint now) const {
  if (!in_flight_ || exception.function != function_of(in_flight_->request)) return Drop::unasked;
  const std::uint8_t unit = std::visit([](const auto& request) { return request.unit; }, in_flight_->request);
  if (line_.is_exact && exception.unit != unit) return Drop::other_unit;
  if (arrived.transaction) return names_another(arrived) ? std::optional(Drop::unasked) : std::nullopt;
  const auto* read = std::get_if<protocol::ReadRequest>(&in_flight_->request);
  if (read && late_.could_be_another(*read, now)) return Drop::other_block;
  return std::nullopt;
}

std::optional<Drop> Exchange::take(const protocol::Arrived& arrived, const protocol::WriteAnswer& echo) {
  const auto* write = in_flight_ ? std::get_if<protocol::WriteRequest>(&in_flight_->request) : nullptr;
  if (!write || names_another(arrived)) return Drop::unasked;
  const auto verdict = protocol::match_write({.request = *write, .echoed = false, .previous = previous_write_}, echo);
  if (verdict.match == protocol::WriteMatch::repeated) return Drop::repeated;
  if (verdict.match == protocol::WriteMatch::not_ours) return Drop::unasked;
  in_flight_.reset();
  return std::nullopt;
}

// The broker may deliver a message twice.
bool Exchange::is_repeated(const protocol::ReadRequest& request, std::span<const std::byte> data) const {
  return request.first_register != last_register_ && std::ranges::equal(data, last_answer_) && !is_blank(data);
}

// A late echo of a write cannot be taken for the answer to anything else.
void Exchange::expect_late_answer(const InFlight& request, TimePoint now) {
  const auto* read = std::get_if<protocol::ReadRequest>(&request.request);
  if (read && !request.is_answered && !line_.is_exact) late_.expect(*read, request.expected, now);
}

Exchange::Lapse Exchange::tick(TimePoint now) {
  if (!in_flight_) return Lapse::none;
  if (!in_flight_->overdue && now >= in_flight_->deadline) {
    in_flight_->overdue = true;
    expect_late_answer(*in_flight_, now);
    return Lapse::missed;
  }
  if (!in_flight_->overdue || now < in_flight_->quiet_until) return Lapse::none;
  in_flight_.reset();
  return Lapse::given_up;
}

void Exchange::give_up(TimePoint now) {
  in_flight_->deadline = in_flight_->quiet_until = now;
  in_flight_->is_answered = true;
}

TimePoint Exchange::next_action() const {
  if (!in_flight_) return TimePoint::max();
  return in_flight_->overdue ? in_flight_->quiet_until : in_flight_->deadline;
}

void Exchange::abandon(TimePoint now) {
  if (in_flight_ && !in_flight_->overdue) expect_late_answer(*in_flight_, now);
  in_flight_.reset();
}

void Exchange::succeed(const Exchange& earlier, TimePoint now) {
  late_ = earlier.late_;
  if (earlier.in_flight_) expect_late_answer(*earlier.in_flight_, now);
}

}  // namespace bluetti::gateway
