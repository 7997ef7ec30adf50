// SPDX-License-Identifier: MIT
#include "gateway/station/read_transaction.h"

#include <fmt/format.h>

#include <utility>

namespace bluetti::gateway {
namespace {

const schemas::Block& layout_of(const RegisterRange& range) {
  static const schemas::Block no_fields{};
  return range.block ? *range.block : no_fields;
}

std::optional<Runs> runs_of(const schemas::Model& model, const RegisterRange& range) {
  if (!range.block || range.block->way != schemas::Way::lan) return std::nullopt;
  return Runs(*range.block, model.lan);
}

std::uint8_t unit_of(const schemas::Model& model, const RegisterRange& range) {
  if (range.block) return model.unit_of(*range.block);
  return range.way == schemas::Way::lan ? model.lan.unit : model.unit;
}

// Illegal function, address or value: it will say the same again.
bool is_final(std::uint8_t exception) {
  return exception >= 1 && exception <= 3;
}

}  // namespace

ReadTransaction::ReadTransaction(const schemas::Model& model, const RegisterRange& range, const ReadPolicy& policy,
                                 TimePoint deadline, Done done)
    : Transaction(deadline),
      unit_(unit_of(model, range)),
      range_(range),
      policy_(policy),
      done_(std::move(done)),
      runs_(runs_of(model, range)),
      read_(runs_ ? BlockRead(*runs_) : BlockRead(layout_of(range), range.count)) {
  data_.first = range.first;
}

TimePoint ReadTransaction::next_action() const {
  return stage_ == Stage::waiting ? ask_at_ : TimePoint::max();
}

protocol::ReadRequest ReadTransaction::request_of(const BlockRead::Part& part) const {
  return {unit_, static_cast<std::uint16_t>(range_.first + part.first), static_cast<std::uint16_t>(part.count)};
}

std::optional<protocol::Request> ReadTransaction::next_request(const LateAnswers& late, TimePoint now) {
  const bool is_distinct = read_.avoid(
      0, [&](const BlockRead::Part& part) { return late.could_be_another(request_of(part), part.bytes(), now); });
  if (!is_distinct) {
    end(ReadFailure{FailureKind::busy, "the late answer to another read may still come, and would look the same",
                    LateAnswers::kMayComeFor});
    return std::nullopt;
  }
  stage_ = Stage::asked;
  return request_of(read_.part());
}

bool ReadTransaction::on_answer(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer,
                                std::string_view payload, TimePoint now) {
  if (is_over()) return true;  // cancelled while its request was in flight
  const std::size_t size = answer.data.size();
  const bool is_named = arrived.address != 0 || arrived.transaction;
  if (size < read_.part().bytes() && !is_named && doubted_ != size) {
    if (std::exchange(doubted_, size) == 0) {
      ask_again_at(now);
    } else {
      attempt_failed(FailureKind::silent, "answers of different lengths", now);
    }
    return false;
  }
  const auto bytes = std::as_bytes(std::span(payload));
  data_.payloads.emplace_back(bytes.begin(), bytes.end());
  take(answer.data);
  return true;
}

void ReadTransaction::take(std::span<const std::byte> data) {
  const BlockRead::Part part = read_.part();
  data_.data.resize(2 * static_cast<std::size_t>(part.first));  // registers that nobody describes are zeros
  data_.data.insert(data_.data.end(), data.begin(), data.end());
  if (runs_) note_read(part);
  if (!read_.on_answer(static_cast<int>(data.size() / 2))) return end(std::move(data_));
  attempt_ = 1;
  doubted_ = 0;
  ask_again_at(TimePoint::min());
}

// Values may need registers of two runs that meet.
void ReadTransaction::note_read(const BlockRead::Part& part) {
  if (data_.read.empty() || data_.read.back().first + data_.read.back().count != part.first) {
    data_.read.push_back({.first = part.first, .count = 0});
  }
  data_.read.back().count += part.count;
}

void ReadTransaction::on_exception(std::uint8_t code, TimePoint now) {
  if (is_over()) return;
  std::string reason = fmt::format("Modbus exception {} ({})", code, protocol::exception_name(code));
  if (!is_final(code)) return attempt_failed(FailureKind::busy, std::move(reason), now);
  if (range_.block && code != 1 && read_.on_refusal()) return ask_again_at(now);
  if (range_.block && read_.reached() > 0) return end(std::move(data_));
  end(ReadFailure{FailureKind::refused, std::move(reason)});
}

void ReadTransaction::on_silence(TimePoint now) {
  if (is_over()) return;
  attempt_failed(FailureKind::silent, "no answer", now);
}

void ReadTransaction::cancel(std::string_view reason) {
  end(ReadFailure{FailureKind::disconnected, std::string(reason)});
}

void ReadTransaction::ask_again_at(TimePoint when) {
  stage_ = Stage::waiting;
  ask_at_ = when;
}

void ReadTransaction::attempt_failed(FailureKind kind, std::string reason, TimePoint now) {
  if (attempt_ < policy_.retry.attempts) return ask_again_at(now + policy_.retry.delay_after(attempt_++));
  if (attempt_ > 1) reason += fmt::format(" in {} attempts", attempt_);
  end(ReadFailure{kind, std::move(reason)});
}

void ReadTransaction::end(ReadOutcome outcome) {
  stage_ = Stage::over;
  outcome_ = std::move(outcome);
}

}  // namespace bluetti::gateway
