// SPDX-License-Identifier: MIT
#include "gateway/station/exchange.h"

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

std::uint8_t unit_of(const protocol::Frame& frame) {
  return std::visit([](const auto& kind) { return kind.unit; }, frame);
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
  if (unit_of(arrived.frame) != line.unit) return Unheard{Drop::other_unit, {}};
  return arrived;
}

std::string_view Exchange::send(const protocol::ReadRequest& request, std::size_t expected, TimePoint now) {
  const TimePoint deadline = now + line_.answer_timeout;
  in_flight_ = InFlight{
      .request = request, .expected = expected, .deadline = deadline, .quiet_until = deadline + line_.answer_timeout};
  const auto payload = line_.framing->wrap(request, ++transaction_, buffer_);
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

std::optional<Drop> Exchange::take(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer,
                                   bool is_size_of_another, TimePoint now) {
  const std::size_t size = answer.data.size();
  const auto refuse = [&](Drop drop) {
    if (drop == Drop::unasked || drop == Drop::other_block) late_.came(size);
    return drop;
  };
  if (!in_flight_ || (arrived.transaction && *arrived.transaction != transaction_)) return refuse(Drop::unasked);
  const protocol::ReadRequest request = in_flight_->request;
  if (size > std::size_t{2} * request.count) return Drop::too_long;
  if (arrived.address != 0 && arrived.address != request.first_register) return refuse(Drop::other_block);
  if (arrived.address == 0 && !arrived.transaction) {
    if (late_.could_be_another(request, size, now)) return refuse(Drop::other_block);
    if (is_size_of_another && size != in_flight_->expected) {
      in_flight_->doubted = size;
      return refuse(Drop::other_block);
    }
    if (is_repeated(answer.data)) return Drop::repeated;
  }
  if (in_flight_->overdue) late_.came(request);
  last_register_ = request.first_register;
  last_answer_.assign(answer.data.begin(), answer.data.end());
  in_flight_.reset();
  return std::nullopt;
}

std::optional<Drop> Exchange::take(const protocol::Arrived& arrived, const protocol::ExceptionAnswer& exception,
                                   TimePoint now) const {
  constexpr std::uint8_t kReadRegisters = 3;
  if (!in_flight_ || exception.function != kReadRegisters) return Drop::unasked;
  if (arrived.transaction) return *arrived.transaction == transaction_ ? std::nullopt : std::optional(Drop::unasked);
  if (late_.could_be_another(in_flight_->request, now)) return Drop::other_block;
  return std::nullopt;
}

// The broker may deliver a message twice.
bool Exchange::is_repeated(std::span<const std::byte> data) const {
  return in_flight_->request.first_register != last_register_ && std::ranges::equal(data, last_answer_) &&
         !is_blank(data);
}

Exchange::Lapse Exchange::tick(TimePoint now) {
  if (!in_flight_) return Lapse::none;
  if (!in_flight_->overdue && now >= in_flight_->deadline) {
    in_flight_->overdue = true;
    if (!in_flight_->is_answered) late_.expect(in_flight_->request, in_flight_->expected, now);
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
  if (in_flight_ && !in_flight_->overdue) late_.expect(in_flight_->request, in_flight_->expected, now);
  in_flight_.reset();
}

void Exchange::succeed(const Exchange& earlier, TimePoint now) {
  late_ = earlier.late_;
  if (earlier.in_flight_) late_.expect(earlier.in_flight_->request, earlier.in_flight_->expected, now);
}

}  // namespace bluetti::gateway
