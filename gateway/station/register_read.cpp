// SPDX-License-Identifier: MIT
#include "gateway/station/register_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/station/answer_matching.h"
#include "gateway/station/envelope_of.h"

namespace bluetti::gateway::read {
namespace {

constexpr std::uint8_t kReadRegisters = 3;  // Modbus function

const schemas::Block& layout_of(const RegisterRange& range) {
  static const schemas::Block no_fields{};
  return range.block ? *range.block : no_fields;
}

// Illegal function, address or value: it will say the same again.
bool is_final(std::uint8_t exception) {
  return exception >= 1 && exception <= 3;
}

}  // namespace

RegisterRead::RegisterRead(const schemas::Model& model, const RegisterRange& range, const ReadPolicy& policy,
                           LateAnswers& late, TimePoint start, LastAnswer before)
    : envelope_(envelope_of(model.envelope)),
      range_(range),
      policy_(policy),
      late_(late),
      read_(layout_of(range), range.count),
      request_{.unit = model.unit},
      act_at_(start),
      last_answer_(std::move(before)) {
  data_.first = range.first;
}

protocol::ReadRequest RegisterRead::request_of(const BlockRead::Part& part) const {
  return {request_.unit, static_cast<std::uint16_t>(range_.first + part.first), static_cast<std::uint16_t>(part.count)};
}

std::optional<std::string_view> RegisterRead::next_request(TimePoint now) {
  const bool is_distinct = read_.avoid(
      0, [&](const BlockRead::Part& part) { return late_.could_be_another(request_of(part), part.bytes(), now); });
  if (!is_distinct) {
    quiet_until_ = now;
    outcome_ = ReadFailure{FailureKind::busy, "the late answer to another read may still come, and would look the same",
                           LateAnswers::kMayComeFor};
    stage_ = Stage::over;
    return std::nullopt;
  }
  request_ = request_of(read_.part());
  late_.expect(request_, read_.part().bytes(), now);
  stage_ = Stage::asked;
  act_at_ = now + policy_.answer_timeout;
  const auto frame = protocol::encode(request_);
  const auto payload = protocol::wrap(envelope_, request_.first_register, 0, frame, buffer_);
  return std::string_view(reinterpret_cast<const char*>(payload.data()), payload.size());
}

TimePoint RegisterRead::next_action() const {
  return stage_ == Stage::over ? TimePoint::max() : act_at_;
}

void RegisterRead::tick(TimePoint now) {
  if (stage_ == Stage::asked && now >= act_at_) attempt_failed(FailureKind::silent, "no answer", now);
}

bool RegisterRead::on_message(std::string_view payload, TimePoint now) {
  if (stage_ != Stage::asked) return false;
  const HearResult result = hear(envelope_, request_.unit, payload);
  const auto* heard = std::get_if<Heard>(&result);
  if (!heard) return false;
  if (const auto* exception = std::get_if<protocol::ExceptionAnswer>(&heard->frame)) {
    return exception->function == kReadRegisters && on_exception(exception->code, now);
  }
  const auto* answer = std::get_if<protocol::ReadAnswer>(&heard->frame);
  return answer && on_answer(heard->opened, *answer, payload, now);
}

bool RegisterRead::on_answer(const protocol::Opened& opened, const protocol::ReadAnswer& answer,
                             std::string_view payload, TimePoint now) {
  const std::size_t size = answer.data.size();
  const bool is_anothers = mismatch(request_, opened, answer) || late_.could_be_another(request_, size, now);
  if (is_anothers) late_.came(size);
  if (is_anothers || is_repeated(answer.data)) return false;
  const bool is_short = size < std::size_t{2} * request_.count;
  if (is_short && opened.address == 0 && doubted_ != size) {
    if (doubted_ != 0) return false;
    doubted_ = size;
    ask_again_at(now);
    return true;
  }
  late_.came(request_);
  const auto bytes = std::as_bytes(std::span(payload));
  data_.payloads.emplace_back(bytes.begin(), bytes.end());
  take(answer.data, now);
  return true;
}

bool RegisterRead::is_repeated(std::span<const std::byte> data) const {
  return last_answer_.first_register != request_.first_register && repeats(data, last_answer_.data);
}

void RegisterRead::take(std::span<const std::byte> data, TimePoint now) {
  data_.data.insert(data_.data.end(), data.begin(), data.end());
  last_answer_ = {request_.first_register, {data.begin(), data.end()}};
  quiet_until_ = asked_again_ ? act_at_ : now;
  if (!read_.on_answer(static_cast<int>(data.size() / 2))) return succeed();
  attempt_ = 1;
  doubted_ = 0;
  asked_again_ = false;
  stage_ = Stage::waiting;
  act_at_ = quiet_until_;
}

bool RegisterRead::on_exception(std::uint8_t code, TimePoint now) {
  if (late_.could_be_another(request_, now)) return false;  // it does not say to which read it is the answer
  late_.came(request_);
  std::string reason = fmt::format("Modbus exception {} ({})", code, protocol::exception_name(code));
  quiet_until_ = asked_again_ ? act_at_ : now;
  if (!is_final(code)) {
    attempt_failed(FailureKind::busy, std::move(reason), now);
  } else if (range_.block && code != 1 && read_.on_refusal()) {
    stage_ = Stage::waiting;
    act_at_ = quiet_until_;
  } else if (range_.block && read_.reached() > 0) {
    succeed();
  } else {
    fail(FailureKind::refused, std::move(reason));
  }
  return true;
}

void RegisterRead::ask_again_at(TimePoint when) {
  asked_again_ = true;
  stage_ = Stage::waiting;
  act_at_ = when;
}

void RegisterRead::attempt_failed(FailureKind kind, std::string reason, TimePoint now) {
  quiet_until_ = now + policy_.answer_timeout;
  if (attempt_ < policy_.attempts) return ask_again_at(now + policy_.delay_after(attempt_++));
  if (attempt_ > 1) reason += fmt::format(" in {} attempts", attempt_);
  fail(kind, std::move(reason));
}

void RegisterRead::fail(FailureKind kind, std::string reason) {
  stage_ = Stage::over;
  outcome_ = ReadFailure{kind, std::move(reason)};
}

void RegisterRead::succeed() {
  stage_ = Stage::over;
  outcome_ = std::move(data_);
}

}  // namespace bluetti::gateway::read
