// SPDX-License-Identifier: MIT
// A setting is changed and proven: its block is read, the wish is checked against it, written and read back: at once,
// for some stations show it then, and again when it has had time to settle, up to three tries. Where nobody has seen
// this model take such a write, its present value is written first. What happened is known at every point: a
// transaction that is cut off says whether something was written. The loop's thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/control/outcome.h"
#include "gateway/station/read_transaction.h"
#include "gateway/station/transaction.h"
#include "schemas/setting.h"

namespace bluetti::gateway {

// What a transaction has come to.
struct WriteOutcome {
  ControlOutcome outcome = ControlOutcome::failed;
  std::string reason;
  std::optional<std::string> before;
  std::optional<std::string> after;
  std::string frame;
  bool written = false;    // a request to write was sent
  bool uncertain = false;  // whether the station has taken it is not known
};

class WriteTransaction final : public Transaction {
 public:
  using Done = std::function<void(WriteOutcome)>;
  // All must outlive this: they belong to the catalogue and to the station's settings.
  struct Place {
    const schemas::Model* model = nullptr;
    const schemas::Block* block = nullptr;  // the setting's
    const schemas::Setting* setting = nullptr;
  };
  static constexpr int kTries = 3;

  // Begins at `begin` at the earliest.
  WriteTransaction(const Place& place, ControlWish wish, Duration answer_timeout, TimePoint begin, TimePoint deadline,
                   Done done);

  [[nodiscard]] bool wants_to_ask(TimePoint now) const override;
  [[nodiscard]] TimePoint next_action() const override;
  [[nodiscard]] std::optional<protocol::Request> next_request(const LateAnswers& late, TimePoint now) override;
  bool on_answer(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer, std::string_view payload,
                 TimePoint now) override;
  void on_exception(std::uint8_t code, TimePoint now) override;
  void on_echo(TimePoint now) override;
  void on_silence(TimePoint now) override;
  void cancel(std::string_view reason) override;
  [[nodiscard]] bool is_over() const override { return step_ == Step::over; }
  void conclude() override { done_(std::move(outcome_)); }

  // A newer wish for the same setting has come: this one is not begun any more. One that has begun goes on.
  bool replace();

 private:
  // Each read is followed by what it decides: the write of the probe, the wish itself, the end.
  enum class Step : std::uint8_t { read_before, write_probe, read_probe, write, read_back, over };

  [[nodiscard]] bool is_reading() const;
  [[nodiscard]] Duration settle() const;
  [[nodiscard]] bool look_again(TimePoint now);
  void begin_read(Step step, TimePoint at);
  void begin_write(Step step, TimePoint at);
  void look_after_read(TimePoint now);
  void on_data(schemas::BlockData data, TimePoint now);
  void on_before(schemas::BlockData data, TimePoint now);
  void on_probed(schemas::BlockData data, TimePoint now);
  void on_read_back(schemas::BlockData data, TimePoint now);
  void on_read_failure(const ReadFailure& failure, TimePoint now);
  [[nodiscard]] bool encode_wish(schemas::BlockData data);
  void end(ControlOutcome outcome, std::string reason);

  Place place_;
  ControlWish wish_;
  ReadPolicy policy_;
  Done done_;
  Step step_ = Step::read_before;
  TimePoint at_;  // not before
  bool begun_ = false;
  bool asked_ = false;                     // a request is in flight
  std::unique_ptr<ReadTransaction> read_;  // while it reads
  std::optional<ReadOutcome> came_;        // of that read
  schemas::RegisterWrite write_;           // what is written in this step
  int tries_ = 0;                          // writes of the wish
  int put_off_ = 0;                        // times that the station was busy
  std::size_t looks_ = 0;                  // at what became of this try
  WriteOutcome outcome_;
};

}  // namespace bluetti::gateway
