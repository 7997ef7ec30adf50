// SPDX-License-Identifier: MIT
// What is known of one block of one station: its values, how much of it the station has, how it answers. No times to
// act by and no matching; the station does that. The loop's thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/station/block_energies.h"
#include "gateway/station/decoder_cache.h"
#include "gateway/station/runs.h"
#include "schemas/decoder.h"
#include "schemas/packed_row.h"

namespace bluetti::gateway {

// The kind of the field that tells the version of the station's software.
inline constexpr std::string_view kFirmware = "firmware";

struct BlockState {
  // `place`: of one of several of a kind over Modbus TCP; nothing: the first, where the model has it.
  BlockState(SharedDecoder made, const schemas::Model& model, const std::optional<schemas::LanPlace>& place = {});

  std::shared_ptr<const schemas::Decoder> decoder;  // shared by all stations of the model
  std::shared_ptr<Scratch> scratch;                 // shared as well
  schemas::PackedRow kept;                          // what is known: missing values never overwrite
  BlockEnergies energies;
  std::unique_ptr<Runs> runs;                 // of a block that is read over Modbus TCP
  std::unique_ptr<std::vector<bool>> shared;  // by slot: blocks of other ways publish it too; nullptr: one way only
  int instance = 1;                           // of several of a kind
  std::uint8_t unit = 0;                      // of Modbus
  bool is_empty = false;                      // the slot was, when it last answered
  bool in_use = true;                         // its way is the one by which the station is read now
  bool answered = false;                      // has answered a read at least once
  bool refused = false;                       // the station does not have it, as far as reads go
  int registers = 0;                          // how many the model has
  int extent = 0;                             // registers its fields reach to; pushes may carry more than is asked for
  TimePoint updated{};                        // the last sample, an answer or a push
  std::vector<TimePoint> read_at;  // by slot, where the last sample brought only some; empty: all are of `updated`
  std::size_t answer_size = 0;     // bytes of its last whole poll; 0: none yet
  std::size_t digest = 0;          // of the last sample, if another one like it would change nothing; else 0
  std::uint32_t implausible = 0;   // values of that sample

  // In this session:
  int limit = 0;          // registers to ask for: fewer than `registers` where the station refused more
  int pushed = 0;         // registers, from the first, that pushes brought since the last poll
  int busy = 0;           // times in a row that it said to be busy
  int silent = 0;         // times in a row that it did not answer while other blocks did
  TimePoint missed_at{};  // the last of them
  std::optional<TimePoint> vain_since = {};  // its polls have brought nothing since: refused, put off, not answered
  std::size_t doubted = 0;  // bytes of the answer that was dropped for its size before the last time-out; 0: none was

  [[nodiscard]] const schemas::Block& block() const { return decoder->block(); }
  // What is known, in scratch: it holds until the same block of another station is looked at or takes a sample.
  [[nodiscard]] const schemas::Row& current() const;
  [[nodiscard]] bool has_spoken() const;  // in an answer or in a push
  [[nodiscard]] TimePoint time_of(std::size_t slot) const { return read_at.empty() ? updated : read_at[slot]; }

  // Bytes that a poll brings as far as is known, or as the model has it.
  [[nodiscard]] std::size_t expected_size() const;
  // Whether one of the reads that make up a poll is usually answered with so many bytes.
  [[nodiscard]] bool answers_with(std::size_t size) const;

  // Of a value that blocks of several ways publish: whether it is this block's to publish now.
  [[nodiscard]] bool is_shared(std::size_t slot) const { return shared && (*shared)[slot]; }
  [[nodiscard]] bool shows(std::size_t slot) const { return in_use || !is_shared(slot); }

  void begin_session();
};

// Bytes of a block, and when the station was in the state that they show.
struct Sample {
  std::span<const std::byte> data;
  int first_byte = 0;  // counted from the start of the block
  TimePoint at;
  Duration longest_gap{};  // since the sample before, for what is summed up over time
  double firmware = 0;     // version of the station's software; 0: not known
  std::optional<std::chrono::system_clock::time_point> wall = {};  // the true time at `at`, as far as is known
};

// What a sample did to a block.
struct Taken {
  std::uint32_t implausible = 0;
  bool shape_changed = false;           // other values exist than before, or the station is of another firmware
  std::optional<double> firmware = {};  // the version it tells, if that changed
};

// Decodes a sample; adds the slots that changed.
Taken take(BlockState& block, const Sample& sample, std::vector<std::uint32_t>& changed,
           std::vector<CounterNotice>& notices);

// Another way is used from now on. What blocks of that way publish as well is forgotten, what they do not is absent.
void leave(BlockState& block, std::vector<std::uint32_t>& changed);

// The station has no such block: its values are absent from now on.
void forget(BlockState& block, std::vector<std::uint32_t>& changed);

}  // namespace bluetti::gateway
