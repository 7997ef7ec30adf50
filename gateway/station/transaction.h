// SPDX-License-Identifier: MIT
// Work on one station that is not its polling: a read on demand, a setting to be changed. It waits in the station's
// queue; when its turn comes it has the station to itself until it is over, polls and transactions taking turns. The
// station sends its requests and brings it the answers. No I/O and no clock; the loop's thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gateway/base/time.h"
#include "gateway/station/late_answers.h"
#include "protocol/framing.h"

namespace bluetti::gateway {

class Transaction {
 public:
  // Not begun at the deadline, it is cancelled.
  explicit Transaction(TimePoint deadline) : deadline_(deadline) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  [[nodiscard]] TimePoint deadline() const { return deadline_; }

  [[nodiscard]] virtual bool wants_to_ask(TimePoint now) const = 0;
  // When it wants to ask, or is to be looked at again; TimePoint::max(): it waits for its answer.
  [[nodiscard]] virtual TimePoint next_action() const = 0;

  // Asks only what no late answer could be taken for. Nothing: it is over instead, or waits for something else.
  // Views hold until the next call.
  [[nodiscard]] virtual std::optional<protocol::Request> next_request(const LateAnswers& late, TimePoint now) = 0;

  // What came of the request. `payload` is the whole message. False: it may be the answer to something else.
  virtual bool on_answer(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer, std::string_view payload,
                         TimePoint now) = 0;
  virtual void on_exception(std::uint8_t code, TimePoint now) = 0;
  virtual void on_echo(TimePoint /*now*/) {}  // of a write
  virtual void on_silence(TimePoint now) = 0;

  // Ends it: the session is lost, the station is of another model.
  virtual void cancel(std::string_view reason) = 0;
  [[nodiscard]] virtual bool is_over() const = 0;
  // Called once, when it is over and has left the queue: hands the outcome to who asked.
  virtual void conclude() = 0;

 private:
  TimePoint deadline_;
};

}  // namespace bluetti::gateway
