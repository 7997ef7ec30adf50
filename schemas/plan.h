// SPDX-License-Identifier: MIT
// The compiled form of a block: one step per slot, in one array, with everything that is rare (sentinels, bounds,
// conditions, long chains) moved out of the step into side tables, behind one flag. compile.cpp makes it, decoder.cpp
// walks it. What is derived has a step without data, and comes in derive.cpp when the walk is over.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "schemas/decoder.h"
#include "schemas/raw.h"

namespace bluetti::schemas {

// What becomes of the raw number.
enum class Finish : std::uint8_t { number, chain, boolean, option, text, swapped_text, serial, version, ipv4 };

// A part of one of the plan's lists.
struct Range {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// The field holds only where the raw code of another one is in the list.
struct Guard {
  int offset = 0;  // bytes from the start of the block
  int size = 0;
  Gather code;
  Range codes;
};

// What few steps have.
struct Extra {
  bool unavailable = false;  // the station's protocol is older than the field
  bool guarded = false;
  Guard guard;
  Range absent;
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

// One value. A number is what is gathered, through a chain of transforms if there is one, less the bias, over
// 10^decimals.
struct Step {
  std::int32_t offset = 0;  // bytes from the start of the block, or of the group behind another
  std::int32_t begin = 0;   // the bytes from here
  std::int32_t end = 0;     // to here must be there; more than its own in an array
  std::int32_t extra = -1;  // index of its Extra
  Load load = Load::none;
  Finish finish = Finish::number;
  std::uint8_t decimals = 0;
  bool wide = false;  // 64 bits: loaded, not gathered
  Gather gather;
  std::int64_t bias = 0;
  std::uint16_t text_length = 0;
  std::uint16_t on_count = 0;
  std::uint32_t text_offset = 0;
  Range chain;  // of Plan::chains
  Range codes;  // of Plan::codes: the options, or `on_count` codes of on and then those of off
};

// Where an input of a derived value stands in the row.
struct Input {
  std::size_t first = 0;  // slot
  std::size_t step = 1;   // slots from one item to the next
  std::size_t count = 1;
  bool is_many = false;  // items without a value are left out
};

// One derived value: what the operation gives, times the factor, rounded, over 10^decimals.
struct DerivedStep {
  std::size_t slot = 0;
  Operation operation = Operation::sum;
  std::uint8_t decimals = 0;
  double factor = 1;
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  Range inputs;  // of Plan::inputs
};

struct GroupPlan {
  std::size_t first_step = 0;
  int steps_per_item = 0;
  int count = 0;  // fixed; 0: the sum of the values of `count_slots`
  std::vector<std::size_t> count_slots;
  int max = 0;
  int after = -1;  // index of the group before it; -1: the steps' offsets count from the start of the block
  int offset = 0;
  int stride = 0;
  bool whole = false;
  bool unavailable = false;  // the station's protocol is older than all of its fields
};

struct Plan {
  Block block;  // as this model has it; slots point into it
  std::vector<Slot> slots;
  std::vector<Step> steps;      // one per slot
  std::size_t plain_steps = 0;  // the first so many stand outside groups
  std::vector<GroupPlan> groups;
  std::vector<Extra> extras;
  std::vector<Transform> chains;
  std::vector<std::int64_t> codes;
  std::vector<DerivedStep> derived;  // in the order of their evaluation: those of groups first
  std::vector<Input> inputs;
  std::vector<Summation> summations;
  std::size_t text_size = 0;
};

// Throws std::invalid_argument for what the catalogue would have refused.
[[nodiscard]] Plan compile(const Block& block, const Model& model, int instance);

// Fills Plan::derived, when all slots are there.
void compile_derivations(Plan& plan);
// The derived values of a row, from the others in it.
void derive(const Plan& plan, Row& row);

// Bytes from the start of the block to the start of the group, by the counts found so far; -1: not known.
[[nodiscard]] int base_of(const Plan& plan, const GroupPlan& group, std::span<const int> counts);

}  // namespace bluetti::schemas
