// SPDX-License-Identifier: MIT
// One power station: what to ask it and when, which answer belongs to which question, what its values are and which of
// them changed. No I/O and no clock: bytes and times come in, bytes and changes go out. The loop's thread only.
//
// Modbus has no transaction id, so at most one read is in flight. An answer is taken for it if its unit is the
// station's, it is no longer than was asked for (stations answer with the registers they have), the envelope does not
// name another register, and its size is not the known size of another block only. After a time-out the station is left
// alone for as long again, so that a late answer still meets its own question. Pushes name their register and are taken
// at any time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/cloud/poll_schedule.h"
#include "gateway/config/config.h"
#include "gateway/event.h"
#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "schemas/decoder.h"

namespace bluetti::gateway {

// Why a message from the cloud was put aside.
enum class Drop : std::uint8_t {
  retained,  // an old message kept by the broker, not the station speaking
  wrong_envelope,
  broken_frame,  // CRC, length or function
  other_unit,
  unasked,      // an answer nobody waits for
  too_long,     // longer than what was asked for
  other_block,  // an answer to another question, by its register or size
  no_schema     // a push of registers no block of the model covers
};
inline constexpr std::size_t kDropKinds = 8;
[[nodiscard]] std::string_view describe(Drop drop);

struct BlockState {
  schemas::Decoder decoder;
  int registers = 0;            // how many to ask for
  int extent = 0;               // registers its fields reach to; pushes may carry more than is asked for
  schemas::Row incoming;        // the last decode
  schemas::Row current;         // what is known: missing values never overwrite
  bool answered = false;        // has answered a read at least once
  bool refused = false;         // the station does not have it: "illegal data address"
  std::size_t answer_size = 0;  // bytes of its last answer; 0: none yet
};

// What changed in one block: indices of its slots.
struct Update {
  std::size_t block = 0;
  std::span<const std::uint32_t> slots;
};

struct Counters {
  std::uint64_t requests = 0;
  std::uint64_t answers = 0;
  std::uint64_t pushes = 0;
  std::uint64_t exceptions = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t implausible = 0;
  std::array<std::uint64_t, kDropKinds> dropped{};
};

// The outcome of a message. Views hold until the station is next called.
struct Reaction {
  std::optional<Drop> dropped;
  std::string_view detail;  // of a drop: "wrong CRC"
  std::span<const Update> updates;
  std::optional<std::size_t> refused_block;  // its polling stops until the next session
  std::uint8_t exception = 0;                // Modbus exception code of the answer; 0: none
  bool came_online = false;
  bool shape_changed = false;  // other values exist than before: a first answer, a count, a refusal
};

class Station {
 public:
  static constexpr int kMissesUntilOffline = 3;
  static constexpr std::chrono::seconds kOfflineInterval{60};  // between reads while it does not answer
  static constexpr std::chrono::seconds kStaleAfter{90};       // without a session: how long it counts as online

  Station(const StationConfig& config, const schemas::Catalog& catalog, Duration answer_timeout);

  // Without a model (StationConfig::model) it has no blocks and asks nothing.
  [[nodiscard]] const StationConfig& config() const { return config_; }
  [[nodiscard]] bool online() const { return online_; }
  [[nodiscard]] std::span<const BlockState> blocks() const { return blocks_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  // Every block has answered, been refused or timed out since the session began.
  [[nodiscard]] bool went_round() const;

  // Goes on where this earlier description of the same station stands: session and availability, not values.
  void succeed(const Station& earlier, TimePoint now);

  void session_up(TimePoint now);
  void session_down();  // ends the waiting read at once

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
    std::size_t block = 0;
    protocol::ReadRequest request;
    TimePoint deadline;
    TimePoint quiet_until;  // a late answer is still its own until then
    bool missed = false;
  };

  Reaction drop(Drop kind, std::string_view detail = {});
  Reaction on_frame(const protocol::Opened& opened, const protocol::ReadAnswer& answer, TimePoint now);
  Reaction on_frame(const protocol::Opened& opened, const protocol::Push& push, TimePoint now);
  Reaction on_frame(const protocol::Opened& opened, const protocol::ExceptionAnswer& exception, TimePoint now);
  Reaction on_frame(const protocol::Opened& opened, const protocol::WriteEcho& echo, TimePoint now);
  [[nodiscard]] std::optional<Drop> mismatch(const protocol::Opened& opened, const protocol::ReadAnswer& answer) const;
  [[nodiscard]] bool is_size_of_another(std::size_t block, std::size_t size) const;

  Reaction heard(TimePoint now, Reaction reaction = {});
  void take(std::size_t block, std::span<const std::byte> data, int first_byte);
  void forget(std::size_t block);

  StationConfig config_;
  std::uint8_t unit_ = 0;
  protocol::Envelope envelope_ = protocol::Envelope::bare;
  Duration answer_timeout_;
  std::vector<BlockState> blocks_;
  PollSchedule schedule_;
  std::optional<Outstanding> outstanding_;
  std::size_t last_asked_ = 0;
  bool session_ = false;
  bool online_ = false;
  int misses_ = 0;
  TimePoint last_heard_{};
  TimePoint gentle_until_{};  // while offline: no read before
  std::vector<bool> round_;   // blocks dealt with since the session began
  Counters counters_;
  bool shape_changed_ = false;
  std::array<std::byte, protocol::kMaxEnvelope + protocol::kRequestSize> request_buffer_{};
  std::vector<Update> updates_;
  std::vector<std::uint32_t> changed_;
};

}  // namespace bluetti::gateway
