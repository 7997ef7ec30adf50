// SPDX-License-Identifier: MIT
#include "gateway/control/write_transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Duration kBusyRetry = 1s;
constexpr std::size_t kReadsBack = 3;  // at once, after it has settled, and
constexpr Duration kLastLook = 2s;     // once more: stations take up to six seconds to show what they took

std::string hex_of(const schemas::RegisterWrite& write) {
  std::string hex = fmt::format("{:02x}{:02x}{:04x}", write.unit, write.function, write.first_register);
  for (const std::uint16_t value : write.values) hex += fmt::format("{:04x}", value);
  return hex;
}

}  // namespace

WriteTransaction::WriteTransaction(const Place& place, ControlWish wish, Duration answer_timeout, TimePoint begin,
                                   TimePoint deadline, Done done)
    : Transaction(deadline),
      place_(place),
      wish_(std::move(wish)),
      policy_{.retry = {.attempts = 2}, .answer_timeout = answer_timeout},
      done_(std::move(done)) {
  begin_read(Step::read_before, begin);
}

bool WriteTransaction::is_reading() const {
  return step_ == Step::read_before || step_ == Step::read_probe || step_ == Step::read_back;
}

Duration WriteTransaction::settle() const {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(place_.setting->facts().settle));
}

bool WriteTransaction::wants_to_ask(TimePoint now) const {
  if (is_over() || asked_ || now < at_) return false;
  return !read_ || read_->wants_to_ask(now);
}

TimePoint WriteTransaction::next_action() const {
  if (is_over() || asked_) return TimePoint::max();
  return read_ ? std::max(at_, read_->next_action()) : at_;
}

bool WriteTransaction::look_again(TimePoint now) {
  if (++looks_ >= kReadsBack) return false;
  begin_read(Step::read_back, now + (looks_ == 1 ? settle() : kLastLook));
  return true;
}

void WriteTransaction::begin_read(Step step, TimePoint at) {
  step_ = step;
  at_ = at;
  came_.reset();
  const RegisterRange range{
      .first = place_.block->id, .count = place_.model->registers_of(*place_.block), .block = place_.block};
  read_ = std::make_unique<ReadTransaction>(*place_.model, range, policy_, TimePoint::max(),
                                            [this](ReadOutcome outcome) { came_ = std::move(outcome); });
}

void WriteTransaction::begin_write(Step step, TimePoint at) {
  step_ = step;
  at_ = at;
  read_.reset();
  outcome_.frame = hex_of(write_);
}

std::optional<protocol::Request> WriteTransaction::next_request(const LateAnswers& late, TimePoint now) {
  begun_ = true;
  if (read_) {
    auto request = read_->next_request(late, now);
    asked_ = request.has_value();
    if (!request) look_after_read(now);
    return request;
  }
  if (step_ == Step::write) {
    ++tries_;
    looks_ = 0;
    outcome_.written = outcome_.uncertain = true;
  }
  asked_ = true;
  return protocol::WriteRequest{.unit = write_.unit,
                                .function = write_.function,
                                .first_register = write_.first_register,
                                .values = write_.values};
}

bool WriteTransaction::on_answer(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer,
                                 std::string_view payload, TimePoint now) {
  asked_ = false;
  const bool is_believed = read_->on_answer(arrived, answer, payload, now);
  look_after_read(now);
  return is_believed;
}

void WriteTransaction::look_after_read(TimePoint now) {
  if (!read_->is_over()) return;
  read_->conclude();
  read_.reset();
  if (const auto* failure = std::get_if<ReadFailure>(&*came_)) return on_read_failure(*failure, now);
  const std::vector<std::byte> data = std::move(std::get<RegisterData>(*came_).data);
  on_data(data, now);
}

void WriteTransaction::on_data(schemas::BlockData data, TimePoint now) {
  if (step_ == Step::read_before) return on_before(data, now);
  if (step_ == Step::read_probe) return on_probed(data, now);
  on_read_back(data, now);
}

void WriteTransaction::on_before(schemas::BlockData data, TimePoint now) {
  outcome_.before = place_.setting->read(data);
  if (outcome_.before->empty()) outcome_.before.reset();
  outcome_.after = outcome_.before;
  if (!encode_wish(data)) return;
  if (place_.setting->holds(wish_.value, data)) {
    return end(ControlOutcome::confirmed, "it has this value already: nothing was written");
  }
  const bool is_proven = place_.setting->facts().evidence == schemas::Evidence::verified;
  if (wish_.dry_run) {
    outcome_.frame = hex_of(write_);
    return end(ControlOutcome::refused, "dry run: nothing was written");
  }
  if (is_proven && !wish_.probe) return begin_write(Step::write, now);
  const auto unchanged = place_.setting->unchanged(data);
  if (!unchanged) return end(ControlOutcome::refused, "its present value cannot be read, so that it cannot be probed");
  write_ = *unchanged;
  begin_write(Step::write_probe, now);
}

bool WriteTransaction::encode_wish(schemas::BlockData data) {
  auto encoded = place_.setting->encode(wish_.value, data);
  if (auto* refused = std::get_if<schemas::WishRefused>(&encoded)) {
    end(ControlOutcome::refused, std::move(refused->reason));
    return false;
  }
  write_ = std::get<schemas::RegisterWrite>(std::move(encoded));
  return true;
}

void WriteTransaction::on_probed(schemas::BlockData data, TimePoint now) {
  const std::string still = place_.setting->read(data);
  if (!outcome_.before || !place_.setting->is_same(still, *outcome_.before)) {
    outcome_.after = still;
    return end(ControlOutcome::failed, "writing its present value changed it: this model takes such a write otherwise");
  }
  if (encode_wish(data)) begin_write(Step::write, now);
}

void WriteTransaction::on_read_back(schemas::BlockData data, TimePoint now) {
  outcome_.uncertain = false;
  outcome_.after = place_.setting->read(data);
  if (place_.setting->holds(wish_.value, data)) return end(ControlOutcome::confirmed, {});
  if (look_again(now)) return;
  if (tries_ >= kTries) {
    return end(ControlOutcome::failed, fmt::format("written {} times, and the station still says {}", tries_,
                                                   outcome_.after->empty() ? "nothing" : *outcome_.after));
  }
  if (encode_wish(data)) begin_write(Step::write, now);
}

void WriteTransaction::on_read_failure(const ReadFailure& failure, TimePoint now) {
  if (!outcome_.written) {
    return end(ControlOutcome::failed, fmt::format("its present value cannot be read: {}", failure.reason));
  }
  if (look_again(now)) return;
  end(ControlOutcome::failed, fmt::format("written, not confirmed: {}", failure.reason));
}

void WriteTransaction::on_echo(TimePoint now) {
  asked_ = false;
  if (step_ == Step::write_probe) return begin_read(Step::read_probe, now + settle());
  begin_read(Step::read_back, now);
}

void WriteTransaction::on_exception(std::uint8_t code, TimePoint now) {
  asked_ = false;
  if (read_) {
    read_->on_exception(code, now);
    return look_after_read(now);
  }
  if (protocol::puts_off(code) && ++put_off_ < kTries) return begin_write(step_, now + kBusyRetry);
  outcome_.uncertain = false;
  end(ControlOutcome::refused,
      fmt::format("the station refuses: Modbus exception {} ({})", code, protocol::exception_name(code)));
}

// A write without an echo may have been taken: reading back tells.
void WriteTransaction::on_silence(TimePoint now) {
  asked_ = false;
  if (!read_) return on_echo(now);
  read_->on_silence(now);
  look_after_read(now);
}

void WriteTransaction::cancel(std::string_view reason) {
  if (is_over()) return;
  end(ControlOutcome::failed,
      outcome_.written ? fmt::format("written, not confirmed: {}", reason) : fmt::format("not written: {}", reason));
}

bool WriteTransaction::replace() {
  if (begun_ || is_over()) return false;
  end(ControlOutcome::refused, "replaced by a newer wish");
  return true;
}

void WriteTransaction::end(ControlOutcome outcome, std::string reason) {
  step_ = Step::over;
  outcome_.outcome = outcome;
  outcome_.reason = std::move(reason);
}

}  // namespace bluetti::gateway
