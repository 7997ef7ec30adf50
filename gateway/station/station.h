// SPDX-License-Identifier: MIT
// One power station: what to ask it and when, which answer belongs to which question, what its values are and which of
// them changed. No I/O and no clock: bytes and times come in, bytes and changes go out. The loop's thread only.
//
// Modbus has no transaction id, so at most one read is in flight. An answer is taken for it if its unit is the
// station's, it is no longer than was asked for (stations answer with the registers they have), the envelope does not
// name another register, it does not repeat the answer before it, its size is not that of another block only, and no
// other read of that size may still be answered. After a time-out the station is left alone for as long again, so that
// a late answer still meets its own question. Pushes name their register and are taken at any time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/station/answer_matching.h"
#include "gateway/station/block_read.h"
#include "gateway/station/block_state.h"
#include "gateway/station/changes.h"
#include "gateway/station/decoder_cache.h"
#include "gateway/station/late_answers.h"
#include "gateway/station/poll_schedule.h"
#include "protocol/envelope.h"
#include "protocol/modbus.h"

namespace bluetti::gateway {

struct Counters {
  std::uint64_t requests = 0;
  std::uint64_t answers = 0;
  std::uint64_t pushes = 0;
  std::uint64_t exceptions = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t implausible = 0;
  std::array<std::uint64_t, kDropKinds> dropped{};
};

// The outcome of a message. Views hold until a station of the same DecoderCache is next called.
struct Reaction {
  std::optional<Drop> dropped;
  std::string_view detail;  // of a drop: "wrong CRC"
  std::span<const Update> updates;
  std::optional<std::size_t> refused_block;  // its polling stops until the next session
  std::uint8_t exception = 0;                // Modbus exception code; 0: none, or answered by asking for less
  bool came_online = false;
  bool shape_changed = false;  // other values exist than before: a first answer, a count, a refusal
};

class Station {
 public:
  static constexpr int kMissesUntilOffline = 3;
  static constexpr std::chrono::seconds kOfflineInterval{60};  // between reads while it does not answer
  static constexpr std::chrono::seconds kStaleAfter{90};       // without a session: how long it counts as online
  // Between two readings of a power, for what is summed up: so many intervals of the block, but a minute at least.
  static constexpr int kLongestGapIntervals = 3;
  static constexpr std::chrono::seconds kLongestGap{60};

  Station(const StationConfig& config, DecoderCache& decoders, Duration answer_timeout);

  // Without a model (StationConfig::model) it has no blocks and asks nothing. Of the wishes `poll` is kept.
  [[nodiscard]] const StationConfig& config() const { return config_; }
  [[nodiscard]] bool online() const { return online_; }
  [[nodiscard]] Duration answer_timeout() const { return answer_timeout_; }
  [[nodiscard]] Duration shortest_interval() const { return schedule_.shortest_interval(); }
  [[nodiscard]] std::span<const BlockState> blocks() const { return blocks_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  // What the energy counters stood at, and what was summed up: from an earlier run, or an earlier self.
  void restore_energies(const EnergyReadings& readings);
  bool keep_energies(EnergyReadings& readings) const;  // true if one of them is not what was there

  // Every block has answered, pushed itself, been refused or timed out since the session began.
  [[nodiscard]] bool went_round() const;

  // Goes on where this earlier description of the same station stands: availability and what may still be answered, not
  // values and not the session.
  void succeed(const Station& earlier, TimePoint now);

  // The first read is due after `delay`: stations of one session shall not all begin at the same instant.
  void session_up(TimePoint now, Duration delay = Duration::zero());
  void session_down(TimePoint now);  // ends the waiting read at once

  // Until then, every block is polled at least at this interval, but not more often than once a second.
  void boost(Duration interval, TimePoint until) { schedule_.boost(interval, until); }

  // While it is held, it begins no read: somebody else asks the same station. Pushes are taken all the same.
  void hold(bool held) { held_ = held; }
  // Shared with whoever else reads from the station.
  [[nodiscard]] LateAnswers& late_answers() { return late_; }
  // A read is in flight, or its late answer may still come.
  [[nodiscard]] bool asking() const { return outstanding_.has_value(); }

  // Whether next_request() would give one: for those who must ask for leave first.
  [[nodiscard]] bool wants_to_ask(TimePoint now) const;

  // The payload to send to the station now, if any. It counts as sent; the view holds until the next call.
  [[nodiscard]] std::optional<std::string_view> next_request(TimePoint now);

  // The time of the next call of tick() and next_request().
  [[nodiscard]] TimePoint next_action() const;

  // Lets time pass: time-outs and staleness. True if the station has just gone offline.
  [[nodiscard]] bool tick(TimePoint now);

  [[nodiscard]] Reaction on_message(std::string_view payload, bool retained, TimePoint now);

  // The block that the last request asked for, for messages.
  [[nodiscard]] const schemas::Block* asked() const;

 private:
  struct Outstanding {
    protocol::ReadRequest request;
    TimePoint deadline;
    TimePoint quiet_until;  // a late answer is still its own until then
    bool missed = false;
    bool is_answered = false;  // by an exception, be it perhaps one to a read before
    std::size_t doubted = 0;   // bytes of an answer that was dropped for its size; 0: none was
  };
  // The poll of a block, which may take several reads.
  struct Poll {
    std::size_t block = 0;
    BlockRead read;
    std::uint32_t implausible = 0;  // values so far
    TimePoint began;
  };
  struct LastAnswer {
    std::uint16_t first_register = 0;
    std::size_t size = 0;  // bytes, the last of collected_
  };

  // Matching: station_matching.cpp.
  Reaction drop(Drop kind, std::string_view detail = {});
  [[nodiscard]] std::optional<Drop> mismatch(const protocol::Opened& opened, const protocol::ReadAnswer& answer,
                                             TimePoint now);
  [[nodiscard]] bool is_repeated(std::span<const std::byte> data) const;
  [[nodiscard]] bool is_size_of_another(std::size_t size) const;
  [[nodiscard]] std::size_t expected_size() const;

  Reaction on_frame(const protocol::Opened& opened, const protocol::ReadAnswer& answer, TimePoint now);
  Reaction on_frame(const protocol::Opened& opened, const protocol::Push& push, TimePoint now);
  Reaction on_frame(const protocol::Opened& opened, const protocol::ExceptionAnswer& exception, TimePoint now);
  Reaction on_frame(const protocol::Opened& opened, const protocol::WriteEcho& echo, TimePoint now);

  // Asking and what becomes of it: station_polling.cpp.
  [[nodiscard]] std::optional<std::size_t> probe() const;
  [[nodiscard]] std::optional<std::size_t> block_to_ask(TimePoint now) const;
  [[nodiscard]] protocol::ReadRequest request_of(const BlockRead::Part& part) const;
  void begin_poll(std::size_t index, TimePoint now);
  [[nodiscard]] bool avoid_late_answers(TimePoint now);
  void miss(TimePoint now);
  void collect(const protocol::ReadAnswer& answer);
  void finish_poll(TimePoint now);
  void deal_with(std::size_t block, TimePoint now);
  void on_refusal(bool fewer_may_do, TimePoint now, Reaction& reaction);
  void on_busy(TimePoint now);
  void count_failure(BlockState& block, TimePoint now);
  void refuse(std::size_t block, Reaction& reaction);
  void note_push(std::size_t block, int first, int end, TimePoint now);

  Reaction heard(TimePoint now, Reaction reaction = {});
  std::uint32_t take(std::size_t block, std::span<const std::byte> data, int first_byte, TimePoint at);
  void interrupt_sums();
  void note_changes(std::size_t block, std::size_t begin);

  StationConfig config_;
  std::uint8_t unit_ = 0;
  protocol::Envelope envelope_ = protocol::Envelope::bare;
  Duration answer_timeout_;
  std::vector<BlockState> blocks_;
  PollSchedule schedule_;
  std::optional<Poll> poll_;  // with no read in flight: its next read is due
  std::optional<Outstanding> outstanding_;
  LateAnswers late_;
  std::vector<std::byte> collected_;  // what the poll under way, or else the last one, was answered
  LastAnswer last_answer_;
  std::size_t last_asked_ = 0;
  std::optional<std::size_t> last_answered_;
  bool session_ = false;
  bool held_ = false;
  bool online_ = false;
  int misses_ = 0;
  TimePoint last_heard_{};
  TimePoint gentle_until_{};  // no read before: later than now while it is offline
  std::vector<bool> round_;   // blocks dealt with since the session began
  Counters counters_;
  bool shape_changed_ = false;
  std::array<std::byte, protocol::kMaxEnvelope + protocol::kRequestSize> request_buffer_{};
  std::shared_ptr<Changes> changes_;  // scratch, shared
};

}  // namespace bluetti::gateway
