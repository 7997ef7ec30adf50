// SPDX-License-Identifier: MIT
// One read on demand: a range of registers of one station, in as many Modbus reads and attempts as it takes. Messages
// and times come in, payloads to send and an outcome come out. Nobody else may ask the station meanwhile. An answer
// shorter than asked for is believed when it came twice: the first may have been somebody else's. Where the late answer
// to another read would look like the one to this, it asks for fewer registers at a time. The loop's thread only.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/station/block_read.h"
#include "gateway/station/late_answers.h"
#include "gateway/station/registers.h"
#include "protocol/envelope.h"
#include "protocol/modbus.h"

namespace bluetti::gateway::read {

// What a station answered last: it may be delivered twice.
struct LastAnswer {
  std::uint16_t first_register = 0;
  std::vector<std::byte> data;
};

class RegisterRead {
 public:
  // May ask from `start` on. The range's block must outlive this, and so must `late`, which all who read from the
  // station share. `before`: of the read before this one.
  RegisterRead(const schemas::Model& model, const RegisterRange& range, const ReadPolicy& policy, LateAnswers& late,
               TimePoint start, LastAnswer before = {});

  [[nodiscard]] bool wants_to_ask(TimePoint now) const { return stage_ == Stage::waiting && now >= act_at_; }
  // The payload to send. It counts as sent; the view holds until the next call. Nothing: there is an outcome instead.
  [[nodiscard]] std::optional<std::string_view> next_request(TimePoint now);

  // True: the message was the answer to what was asked.
  bool on_message(std::string_view payload, TimePoint now);
  void tick(TimePoint now);                               // time-outs
  [[nodiscard]] TimePoint next_action() const;            // TimePoint::max(): over
  [[nodiscard]] int attempt() const { return attempt_; }  // counts from 1

  [[nodiscard]] const std::optional<ReadOutcome>& outcome() const { return outcome_; }
  // After the outcome: an answer to this read may still come until then.
  [[nodiscard]] TimePoint quiet_until() const { return quiet_until_; }
  [[nodiscard]] const LastAnswer& last_answer() const { return last_answer_; }

 private:
  enum class Stage : std::uint8_t { waiting, asked, over };

  bool on_answer(const protocol::Opened& opened, const protocol::ReadAnswer& answer, std::string_view payload,
                 TimePoint now);
  [[nodiscard]] protocol::ReadRequest request_of(const BlockRead::Part& part) const;
  bool on_exception(std::uint8_t code, TimePoint now);
  [[nodiscard]] bool is_repeated(std::span<const std::byte> data) const;
  void take(std::span<const std::byte> data, TimePoint now);
  void ask_again_at(TimePoint when);
  void attempt_failed(FailureKind kind, std::string reason, TimePoint now);
  void fail(FailureKind kind, std::string reason);
  void succeed();

  protocol::Envelope envelope_;
  RegisterRange range_;
  ReadPolicy policy_;
  LateAnswers& late_;
  BlockRead read_;
  protocol::ReadRequest request_;
  Stage stage_ = Stage::waiting;
  TimePoint act_at_;  // waiting: when it may ask; asked: the deadline
  TimePoint quiet_until_{};
  int attempt_ = 1;           // of the present part
  bool asked_again_ = false;  // more than one answer to it may come
  std::size_t doubted_ = 0;   // bytes of a short answer that came once
  LastAnswer last_answer_;
  RegisterData data_;
  std::optional<ReadOutcome> outcome_;
  std::array<std::byte, protocol::kMaxEnvelope + protocol::kRequestSize> buffer_{};
};

}  // namespace bluetti::gateway::read
