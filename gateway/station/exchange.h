// SPDX-License-Identifier: MIT
// One request in flight to one station, and which message is believed to be its answer.
//
// Modbus RTU has no transaction id, and others may ask the same station, such as the phone app. So at most one request
// is in flight. An answer is taken for it if its unit is the station's, it is no longer than was asked for (stations
// answer with the registers they have), the envelope does not name another register, it does not repeat the answer
// before it, its size is not that of another block only, and no other request of that size may still be answered. After
// a time-out the station is left alone for as long again, so that a late answer still meets its own question. Where the
// framing tells requests apart (Modbus TCP), only that counts. No I/O and no clock; the loop's thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/station/late_answers.h"
#include "protocol/framing.h"
#include "protocol/write.h"

namespace bluetti::gateway {

// Why a message was put aside.
enum class Drop : std::uint8_t {
  retained,  // an old message kept by the broker, not the station speaking
  wrong_envelope,
  broken_frame,  // CRC, length or function
  other_unit,
  unasked,      // an answer to no request
  too_long,     // longer than what was asked for
  cut,          // over Modbus TCP: not as long as what was asked for
  other_block,  // an answer to another question, by its register or size
  repeated,     // the answer before it once more
  no_schema     // a push of registers no block of the model covers
};
inline constexpr std::size_t kDropKinds = 10;
[[nodiscard]] std::string_view describe(Drop drop);

// How to speak with a station.
struct Line {
  const protocol::Framing* framing = nullptr;
  std::uint8_t unit = 0;
  Duration answer_timeout{};
  bool is_exact = false;  // Modbus TCP: answers name their request and are as long as was asked for; none comes late
};

struct Unheard {
  Drop kind;
  std::string_view detail;  // "wrong CRC"
};
// A sound message of this unit, or why it is none. Views into the payload.
using HearResult = std::variant<protocol::Arrived, Unheard>;
[[nodiscard]] HearResult hear(const Line& line, std::string_view payload);

class Exchange {
 public:
  explicit Exchange(const Line& line) : line_(line) {}

  [[nodiscard]] const Line& line() const { return line_; }
  [[nodiscard]] const LateAnswers& late_answers() const { return late_; }

  // Nothing is in flight, and no late answer is waited for.
  [[nodiscard]] bool is_idle() const { return !in_flight_; }
  // Its answer did not come in time; a late one still meets it.
  [[nodiscard]] bool is_overdue() const { return in_flight_ && in_flight_->overdue; }

  // The payload to send, which counts as sent. `expected`: bytes that the answer to a read is known to have; the view
  // holds until the next call. Needs is_idle(), or is_overdue() and the same request again.
  [[nodiscard]] std::string_view send(const protocol::Request& request, std::size_t expected, TimePoint now);

  // An answer that came. Nothing: it is the one that was waited for, and the request is over.
  // `is_size_of_another`: answers to other requests are known to have this size, those to this one are not.
  [[nodiscard]] std::optional<Drop> take(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer,
                                         bool is_size_of_another, TimePoint now);
  // An exception that came, which does not say to which request it is the answer. As above, but that the caller ends
  // the request, by finish() or give_up().
  [[nodiscard]] std::optional<Drop> take(const protocol::Arrived& arrived, const protocol::ExceptionAnswer& exception,
                                         TimePoint now) const;
  // The echo of a write that came. Nothing: it is that of the write in flight, which is over. It may name another
  // register than the one that was written (stations have two addresses for some settings): no proof that it was taken.
  [[nodiscard]] std::optional<Drop> take(const protocol::Arrived& arrived, const protocol::WriteAnswer& echo);
  void finish() { in_flight_.reset(); }
  // It was answered with the news that there will be no answer: tick() goes on as if it had not come.
  void give_up(TimePoint now);

  // What time has brought: to be called until it brings nothing more.
  enum class Lapse : std::uint8_t {
    none,
    missed,   // the answer did not come in time
    given_up  // nor did it come late: the request is over
  };
  [[nodiscard]] Lapse tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const;  // TimePoint::max(): nothing is in flight

  // Of the request in flight: bytes of an answer that was dropped for its size; 0: none was.
  [[nodiscard]] std::size_t doubted() const { return in_flight_ ? in_flight_->doubted : 0; }

  [[nodiscard]] Duration last_took() const { return last_took_; }               // from that request to its answer
  [[nodiscard]] std::uint16_t last_register() const { return last_register_; }  // the first one of the last answer

  // The session ended: its answer may still come in the next one.
  void abandon(TimePoint now);
  // Goes on where this one stands, of the same station.
  void succeed(const Exchange& earlier, TimePoint now);

 private:
  struct InFlight {
    protocol::Request request;  // of a write the values are in values_
    std::size_t expected = 0;
    TimePoint sent;
    TimePoint deadline;
    TimePoint quiet_until;  // a late answer is still its own until then
    bool overdue = false;
    bool is_answered = false;  // by an exception: nothing will come late
    std::size_t doubted = 0;
  };

  [[nodiscard]] bool is_repeated(const protocol::ReadRequest& request, std::span<const std::byte> data) const;
  [[nodiscard]] bool names_another(const protocol::Arrived& arrived) const;
  void keep(protocol::WriteRequest& write);
  void expect_late_answer(const InFlight& request, TimePoint now);

  Line line_;
  std::optional<InFlight> in_flight_;
  LateAnswers late_;
  std::uint16_t transaction_ = 0;
  std::uint16_t last_register_ = 0;  // of the last answer: it may be delivered twice
  Duration last_took_{};
  std::vector<std::byte> last_answer_;
  std::vector<std::uint16_t> values_;                 // of the last write
  std::vector<std::uint16_t> previous_values_;        // of the one before it, whose echo may come once more
  std::optional<protocol::WriteRequest> last_write_;  // views into these
  std::optional<protocol::WriteRequest> previous_write_;
  std::array<std::byte, protocol::kMaxRequest> buffer_{};
};

}  // namespace bluetti::gateway
