// SPDX-License-Identifier: MIT
// One read on demand: a range of registers of one station, in as many Modbus reads and attempts as it takes. An answer
// shorter than asked for is believed when it came twice: the first may have been somebody else's. Where the late answer
// to another read would look like the one to this, it asks for fewer registers at a time. The loop's thread only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/station/block_read.h"
#include "gateway/station/registers.h"
#include "gateway/station/transaction.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

class ReadTransaction final : public Transaction {
 public:
  using Done = std::function<void(ReadOutcome)>;

  // The range's block must outlive this.
  ReadTransaction(const schemas::Model& model, const RegisterRange& range, const ReadPolicy& policy, TimePoint deadline,
                  Done done);

  [[nodiscard]] bool wants_to_ask(TimePoint now) const override { return stage_ == Stage::waiting && now >= ask_at_; }
  [[nodiscard]] TimePoint next_action() const override;
  [[nodiscard]] std::optional<protocol::Request> next_request(const LateAnswers& late, TimePoint now) override;
  bool on_answer(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer, std::string_view payload,
                 TimePoint now) override;
  void on_exception(std::uint8_t code, TimePoint now) override;
  void on_silence(TimePoint now) override;
  void cancel(std::string_view reason) override;
  [[nodiscard]] bool is_over() const override { return stage_ == Stage::over; }
  void conclude() override { done_(*std::move(outcome_)); }

  [[nodiscard]] int attempt() const { return attempt_; }  // counts from 1

 private:
  enum class Stage : std::uint8_t { waiting, asked, over };

  [[nodiscard]] protocol::ReadRequest request_of(const BlockRead::Part& part) const;
  void take(std::span<const std::byte> data);
  void note_read(const BlockRead::Part& part);
  void ask_again_at(TimePoint when);
  void attempt_failed(FailureKind kind, std::string reason, TimePoint now);
  void end(ReadOutcome outcome);

  std::uint8_t unit_;
  RegisterRange range_;
  ReadPolicy policy_;
  Done done_;
  std::optional<Runs> runs_;  // of a block that is read over Modbus TCP
  BlockRead read_;
  Stage stage_ = Stage::waiting;
  TimePoint ask_at_ = TimePoint::min();
  int attempt_ = 1;          // of the present part
  std::size_t doubted_ = 0;  // bytes of a short answer that came once
  RegisterData data_;
  std::optional<ReadOutcome> outcome_;
};

}  // namespace bluetti::gateway
