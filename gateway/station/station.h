// SPDX-License-Identifier: MIT
// One power station: what to ask it and when, what its values are and which of them changed. What it is asked waits in
// one queue: its polls by their schedule, and the transactions of others. No I/O and no clock: bytes and times come in,
// bytes and changes go out. The loop's thread only.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/station/answer_times.h"
#include "gateway/station/block_read.h"
#include "gateway/station/block_state.h"
#include "gateway/station/changes.h"
#include "gateway/station/decoder_cache.h"
#include "gateway/station/exchange.h"
#include "gateway/station/poll_schedule.h"
#include "gateway/station/transaction.h"

namespace bluetti::gateway {

// What is known of a station beforehand.
struct StationPlan {
  const schemas::Model* model = nullptr;  // owned by the catalogue; nullptr: not known yet, nothing is asked
  std::map<std::uint16_t, double> poll;   // seconds between reads of each block; 0: it is only pushed
  Duration answer_timeout = std::chrono::seconds(5);
  std::vector<schemas::Way> ways{schemas::Way::cloud};  // that can be used; the first is, to begin with
  std::optional<std::uint8_t> lan_unit;                 // instead of the model's over Modbus TCP
  Duration offline_after = std::chrono::seconds(10);    // without a session
};

struct Counters {
  std::uint64_t requests = 0;
  std::uint64_t answers = 0;
  std::uint64_t pushes = 0;
  std::uint64_t exceptions = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t implausible = 0;
  std::array<std::uint64_t, kDropKinds> dropped{};
  AnswerTimes answer_times;  // of `answers`
};

// The outcome of a message. Views hold until a station of the same DecoderCache is next called.
struct Reaction {
  std::optional<Drop> dropped;
  std::string_view detail;  // of a drop: "wrong CRC"
  std::span<const Update> updates;
  std::optional<std::size_t> refused_block;  // its polling stops until the next session
  std::uint8_t exception = 0;                // Modbus exception code; 0: none, or answered by asking for less
  bool gave = false;                         // values, or that a write was taken; not only that it will not
  bool came_online = false;
  bool shape_changed = false;              // other values exist than before: a first answer, a count, a refusal
  std::span<const CounterNotice> notices;  // of energy counters
};

class Station {
 public:
  static constexpr int kMissesUntilOffline = 3;
  static constexpr std::chrono::seconds kOfflineInterval{60};   // between reads while it does not answer
  static constexpr std::chrono::minutes kPushedStaleAfter{15};  // how long one that is not asked counts as online
  // How long none of its blocks may bring anything, while it answers: it refuses them, or says that it is busy.
  static constexpr std::chrono::seconds kFruitless{15};
  static constexpr std::chrono::minutes kForgivenAfter{10};  // until one that refused everything is asked again
  // Until a value has grown old, and between two readings of a power, for what is summed up: so many intervals of the
  // block, but a minute at least.
  static constexpr int kLongestGapIntervals = 3;
  static constexpr std::chrono::seconds kLongestGap{60};
  [[nodiscard]] static Duration longest_gap(Duration interval) {
    return std::max<Duration>(kLongestGapIntervals * interval, kLongestGap);
  }

  // The catalogue's model and the cache must outlive this.
  Station(const StationPlan& plan, DecoderCache& decoders);

  [[nodiscard]] const schemas::Model* model() const { return model_; }
  [[nodiscard]] bool online() const { return online_; }  // gives values
  [[nodiscard]] TimePoint last_heard() const { return last_heard_; }
  [[nodiscard]] Duration answer_timeout() const { return exchange().line().answer_timeout; }
  [[nodiscard]] schemas::Way way() const { return ways_[way_]; }  // by which it is read
  [[nodiscard]] std::span<const schemas::Way> ways() const { return ways_; }
  [[nodiscard]] int misses() const { return misses_; }  // reads in a row that were not answered, in this session
  [[nodiscard]] Duration shortest_interval() const { return schedule_.shortest_interval(); }
  [[nodiscard]] std::span<const BlockState> blocks() const { return blocks_; }
  // Between two reads of a block, whatever its way; zero: it is only pushed.
  [[nodiscard]] Duration interval(std::size_t block) const { return schedule_.interval(block); }
  // The age at which its values have grown old, by the pace at which it is really read: a boost does not shorten it,
  // since the read after it comes when it would have come without. Duration::max(): never, it is not read.
  [[nodiscard]] Duration old_after(std::size_t block) const {
    const bool is_read = schedule_.is_polled(block) && blocks_[block].in_use;
    return is_read ? longest_gap(schedule_.real_interval(block)) : Duration::max();
  }
  [[nodiscard]] bool is_old(std::size_t block, std::size_t slot, TimePoint now) const {
    return now - blocks_[block].time_of(slot) >= old_after(block);
  }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  // What the energy counters stood at, and what was summed up: from an earlier run, or an earlier self.
  void restore_energies(const EnergyReadings& readings);
  bool keep_energies(EnergyReadings& readings) const;  // true if one of them is not what was there

  // The true time at `now`: for how far the station's own clock is off. Not known until then.
  void set_wall_clock(std::chrono::system_clock::time_point wall, TimePoint now) {
    wall_at_start_ = wall - now.time_since_epoch();
  }

  // Every block has answered, pushed itself, been refused or timed out since the session began.
  [[nodiscard]] bool went_round() const;

  // So many reads in a row were not answered in this session that it counts as offline.
  [[nodiscard]] bool is_silent() const { return misses_ >= kMissesUntilOffline; }

  // It counts as offline, and has not answered at all since it was described.
  [[nodiscard]] bool has_never_spoken() const {
    return is_offline_known_ && counters_.answers + counters_.pushes + counters_.exceptions == 0;
  }

  // It answers, but none of its polls has brought a value for kFruitless.
  [[nodiscard]] bool gives_nothing() const { return gives_nothing_; }
  [[nodiscard]] std::uint8_t last_exception() const { return last_exception_; }  // of Modbus; 0: none yet

  // Blocks that have not had their turn in this session, or were put off whenever they had it.
  [[nodiscard]] std::vector<const schemas::Block*> missing() const;

  // Goes on where this earlier description of the same station stands: availability and what may still be answered, not
  // values, transactions and session.
  void succeed(const Station& earlier, TimePoint now);

  // The first read is due after `delay`: stations of one session shall not all begin at the same instant.
  void session_up(TimePoint now, Duration delay = Duration::zero());
  // Ends the waiting read and cancels the transactions.
  void session_down(TimePoint now, std::string_view reason);

  // On the local network: the read of its own serial number, if its model has one or is not known yet.
  [[nodiscard]] std::optional<protocol::ReadRequest> serial_read() const;

  // How it is spoken with by this way, and a read that tells whether it gives values there: one that did, or else
  // another than those that were refused before.
  [[nodiscard]] const Line& line_by(schemas::Way way) const;
  [[nodiscard]] std::optional<protocol::ReadRequest> probe_by(schemas::Way way, std::size_t refused) const;

  // What answers in its place is another one: it is offline from now on. Whether that is news.
  [[nodiscard]] bool turn_away() { return go_offline(); }

  // Goes on by another of its ways, in whose session it is not yet. Values that both ways have stand until the new one
  // brings them; those that only the other has are absent. `online`: whether it still counts as such.
  Reaction use(schemas::Way way, bool online, TimePoint now);

  // Until then, every block is polled once a second, or over Modbus TCP every five, as far as the station keeps up.
  void boost(TimePoint until);

  // Joins the queue. Needs a model and a session.
  void submit(std::unique_ptr<Transaction> transaction) { waiting_.push_back(std::move(transaction)); }
  [[nodiscard]] std::size_t transactions() const { return waiting_.size() + (current_ ? 1U : 0U); }
  void cancel_transactions(std::string_view reason);

  // Whether next_request() would give one: for those who must ask for leave first.
  [[nodiscard]] bool wants_to_ask(TimePoint now) const;

  // The payload to send to the station now, if any. It counts as sent; the view holds until the next call.
  [[nodiscard]] std::optional<std::string_view> next_request(TimePoint now);

  // The time of the next call of tick() and next_request().
  [[nodiscard]] TimePoint next_action() const;

  // Lets time pass: time-outs and staleness. True if the station has just gone offline, or has turned out to be.
  [[nodiscard]] bool tick(TimePoint now);

  [[nodiscard]] Reaction on_message(std::string_view payload, bool retained, TimePoint now);

  // The block is read as soon as its turn comes, whatever its interval says.
  void poll_soon(std::uint16_t block, TimePoint now);

  // The block that the last poll asked for, for messages.
  [[nodiscard]] const schemas::Block* asked() const;

 private:
  enum class Asker : std::uint8_t { nobody, poll, transaction };

  // The poll of a block, which may take several reads.
  struct Poll {
    std::size_t block = 0;
    BlockRead read;
    std::uint32_t implausible = 0;  // values so far
    int segment = 0;                // the register where what was collected begins
    TimePoint began;
  };

  // What is asked next: station_queue.cpp.
  [[nodiscard]] bool is_transactions_turn(TimePoint now) const;
  [[nodiscard]] bool is_polls_turn(TimePoint now) const;
  [[nodiscard]] std::optional<std::string_view> ask_for_transaction(TimePoint now);
  [[nodiscard]] std::optional<std::string_view> ask_for_poll(TimePoint now);
  void expire_transactions(TimePoint now);
  void end_transaction();

  // Polls, and what becomes of them: station_polling.cpp.
  [[nodiscard]] std::optional<std::size_t> probe() const;
  [[nodiscard]] std::optional<std::size_t> block_to_ask(TimePoint now) const;
  [[nodiscard]] protocol::ReadRequest request_of(const BlockRead::Part& part) const;
  [[nodiscard]] std::size_t expected_size() const;
  [[nodiscard]] bool is_size_of_another(std::size_t size) const;
  [[nodiscard]] bool avoid_late_answers(TimePoint now);
  void begin_poll(std::size_t index, TimePoint now);
  void miss_poll(TimePoint now);
  void give_up_poll(TimePoint now);
  void take_answer(std::span<const std::byte> data, TimePoint now);
  void finish_poll(TimePoint now);
  void leave_empty_slot(TimePoint now);
  void deal_with(std::size_t block, TimePoint now);
  void on_refusal(bool fewer_may_do, TimePoint now, Reaction& reaction);
  void on_busy(TimePoint now);
  void note_vain(TimePoint now);
  void count_failure(BlockState& block, TimePoint now);
  void refuse(std::size_t block, Reaction& reaction);
  // What came without being polled: pushed, or read for somebody. False: no block has it.
  bool take_registers(int first, std::span<const std::byte> data, TimePoint now);
  void note_push(std::size_t block, int first, int end, TimePoint now);

  // Messages: station.cpp.
  Reaction on_frame(const protocol::Arrived& arrived, const protocol::ReadAnswer& answer, std::string_view payload,
                    TimePoint now);
  Reaction on_frame(const protocol::Arrived& arrived, const protocol::Push& push, std::string_view, TimePoint now);
  Reaction on_frame(const protocol::Arrived& arrived, const protocol::ExceptionAnswer& exception, std::string_view,
                    TimePoint now);
  Reaction on_frame(const protocol::Arrived& arrived, const protocol::WriteEcho& echo, std::string_view, TimePoint now);
  Reaction on_frame(const protocol::Arrived& arrived, const protocol::BlockWriteEcho& echo, std::string_view,
                    TimePoint now);
  Reaction on_echo(const protocol::Arrived& arrived, const protocol::WriteAnswer& echo, TimePoint now);
  Reaction on_poll_exception(std::uint8_t code, TimePoint now);
  Reaction drop(Drop kind, std::string_view detail = {});
  Reaction answered(TimePoint now, Reaction reaction = {});  // if only that it will not
  Reaction heard(TimePoint now);                             // values, or that a write was taken
  std::uint32_t take(std::size_t block, std::span<const std::byte> data, int first_byte, TimePoint at);
  void interrupt_sums();
  void rest_unused();
  void tell_way();
  [[nodiscard]] bool go_offline();  // whether that is news
  [[nodiscard]] TimePoint stale_at() const;
  [[nodiscard]] TimePoint fruitless_at() const;
  [[nodiscard]] TimePoint forgiven_at() const;
  [[nodiscard]] static bool is_read(const BlockState& block);
  void note_changes(std::size_t block, std::size_t begin);

  const schemas::Model* model_;
  [[nodiscard]] Exchange& exchange() { return exchanges_[way_]; }
  [[nodiscard]] const Exchange& exchange() const { return exchanges_[way_]; }

  [[nodiscard]] std::uint8_t unit_of(const BlockState& block) const;

  std::vector<schemas::Way> ways_;
  std::optional<std::uint8_t> lan_unit_;
  std::size_t way_ = 0;
  std::vector<Exchange> exchanges_;  // by way
  Asker asker_ = Asker::nobody;      // whose request is in flight
  std::unique_ptr<Transaction> current_;
  std::list<std::unique_ptr<Transaction>> waiting_;
  bool polls_are_next_ = false;  // a transaction was the last to have its turn
  std::vector<BlockState> blocks_;
  PollSchedule schedule_;
  std::optional<Poll> poll_;          // with no request in flight: its next read is due
  std::vector<std::byte> collected_;  // what the poll under way was answered
  std::size_t last_asked_ = 0;
  std::optional<std::size_t> last_answered_;
  Duration offline_after_;
  bool session_ = false;
  TimePoint session_lost_at_{};
  bool online_ = false;
  bool is_offline_known_ = false;          // else it may only not have been asked yet
  TimePoint speak_by_ = TimePoint::max();  // of one on the local network that has not spoken yet
  bool gives_nothing_ = false;
  std::uint8_t last_exception_ = 0;
  int misses_ = 0;
  TimePoint last_heard_{};
  TimePoint gentle_until_{};  // no poll before: later than now while it is offline
  std::vector<bool> round_;   // blocks dealt with since the session began
  Counters counters_;
  bool shape_changed_ = false;
  double firmware_ = 0;                                                 // version of its software; 0: not known yet
  std::optional<std::chrono::system_clock::time_point> wall_at_start_;  // when TimePoint began to count
  std::shared_ptr<Changes> changes_;                                    // scratch, shared
};

}  // namespace bluetti::gateway
