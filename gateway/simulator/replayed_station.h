// SPDX-License-Identifier: MIT
// A station as a record shows it: sends what it sent at its times, and answers a read with the answer that the same
// read was given nearest to that time. At the end it starts over. No clock: times are seconds since the start of the
// replay. What a real station would not answer, and what the record does not know, is met with silence.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/capture/record.h"
#include "gateway/simulator/simulated_station.h"
#include "protocol/cloud_topics.h"
#include "protocol/envelope.h"
#include "protocol/modbus.h"

namespace bluetti::gateway::simulator {

class ReplayedStation {
 public:
  // `length` of one round, in seconds, longer than the time of any message.
  ReplayedStation(std::string model, std::string serial, double length);

  // The next message of the record, of either sender.
  void add(const capture::RecordedMessage& message);

  [[nodiscard]] protocol::CloudAddress address() const { return {.model = model_, .serial = serial_}; }
  [[nodiscard]] std::size_t answers() const { return answers_; }
  [[nodiscard]] std::size_t pushes() const { return pushes_.size(); }

  [[nodiscard]] std::span<const std::byte> on_request(std::span<const std::byte> payload, double time,
                                                      PayloadBuffer& out);

  // What it sends unasked, one after the other; the view holds as long as this. Infinite time: nothing.
  [[nodiscard]] double next_push_time() const;
  [[nodiscard]] std::span<const std::byte> next_push();
  void skip_pushes_before(double time);

 private:
  struct Payload {
    double time = 0;
    std::vector<std::byte> bytes;
  };
  struct Question {
    std::uint8_t unit = 0;
    std::uint16_t first_register = 0;
    std::uint16_t count = 0;
    friend auto operator<=>(const Question&, const Question&) = default;
  };
  using Answers = std::map<Question, std::vector<Payload>>;

  [[nodiscard]] bool take_answer(const capture::RecordedMessage& message, const protocol::Opened& opened);
  // To the same question, else to one for more registers from the same one on.
  [[nodiscard]] Answers::const_iterator answers_to(const Question& question) const;
  [[nodiscard]] const Payload& nearest(const std::vector<Payload>& answers, double time) const;
  [[nodiscard]] std::span<const std::byte> cut(std::span<const std::byte> payload, std::uint16_t count,
                                               PayloadBuffer& out) const;

  std::string model_;
  std::string serial_;
  double length_;
  std::optional<protocol::Envelope> envelope_;  // of the requests it was sent
  std::optional<Question> waiting_;             // while messages are added: the last read, not answered yet
  Answers answers_to_;
  std::size_t answers_ = 0;
  std::vector<Payload> pushes_;
  std::size_t next_push_ = 0;
  double round_ = 0;                 // start of the round of the next push
  std::set<Question> unanswerable_;  // has been said
};

// The stations of a record, in the order of their first messages. Messages that only kept their shape and those the
// broker had retained are left out.
[[nodiscard]] std::vector<ReplayedStation> replayed_stations(std::span<const capture::RecordedMessage> messages);

}  // namespace bluetti::gateway::simulator
