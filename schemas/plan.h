// SPDX-License-Identifier: MIT
// The compiled form of a block: a step per value that is read, sorted so that steps of a kind stand together and each
// kind has its own short loop: plain numbers, numbers with bounds, all others. What a plain number has no use for is
// moved out of the step into a side table. compile.cpp makes the plan, decoder.cpp walks it, and what is derived comes
// in derive.cpp when the walk is over.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "schemas/decoder.h"
#include "schemas/raw.h"

namespace bluetti::schemas {

inline constexpr double kLargestMantissa = 9e15;  // every integer up to here is a double

// What becomes of the raw number.
enum class Finish : std::uint8_t {
  number,
  chain,
  boolean,
  option,
  numeral,
  text,
  swapped_text,
  ipv4,
  clock,
  versioned_scale,
  real
};

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

// Of a number, as mantissas: absent where it is one of the sentinels, or below or above.
struct Bounds {
  std::int64_t sentinel = std::numeric_limits<std::int64_t>::min();
  std::int64_t ones = std::numeric_limits<std::int64_t>::max();  // above `greatest`, and no fault
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
};

// What steps have that are more than a number.
struct Detail {
  Range codes;  // of Plan::codes: the options, or `on_count` codes of on and then those of off
  std::uint16_t on_count = 0;
  std::uint16_t text_length = 0;
  std::uint32_t text_offset = 0;

  Range chain;            // of Plan::chains
  Range scales;           // of Plan::scales
  double factor = 1;      // of an f32: what makes a mantissa of it
  std::int64_t bias = 0;  // subtracted behind the chain
  bool is_chained = false;
  bool wide = false;             // 64 bits: loaded, not gathered
  bool ones_are_absent = false;  // of a numeral

  bool conditional = false;  // any of what follows
  bool unavailable = false;  // the station's protocol is older than the field
  bool guarded = false;
  Guard guard;
  Range absent;  // of Plan::codes
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

// One value. A number is what is gathered, or what a chain of transforms makes of it, over 10^decimals.
struct Step {
  Gather gather;
  std::int32_t offset = 0;  // bytes from the start of the block, or of the group behind another
  std::int32_t begin = 0;   // the bytes from here
  std::int32_t end = 0;     // to here must be there; more than its own in an array
  std::uint32_t slot = 0;
  std::uint32_t more = 0;  // of Plan::bounds or Plan::details, whichever its list in the section needs
  Load load = Load::none;
  Finish finish = Finish::number;
  ValueKind kind = ValueKind::integer;  // of a number
  std::uint8_t decimals = 0;
};

// The steps of a group, or of all that stands outside groups. Each list goes item by item; counted are those of one
// item. Where all bytes from begin to end are there, no step of a number needs to look.
struct Section {
  std::int32_t begin = 0;
  std::int32_t end = 0;
  Range numbers;
  Range bounded;
  Range others;
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

// A magnitude that gets its sign from a code elsewhere in the row.
struct DirectedStep {
  std::size_t slot = 0;
  std::size_t code = 0;  // slot
  Range positive;        // of Plan::codes
  Range negative;
};

struct GroupPlan {
  Section section;
  std::size_t first_slot = 0;
  int slots_per_item = 0;
  int count = 0;  // fixed; 0: the sum of the values of `count_slots`
  std::vector<std::size_t> count_slots;
  int max = 0;
  int after = -1;  // index of the group before it; -1: the steps' offsets count from the start of the block
  int offset = 0;
  int stride = 0;
  int item_size = 0;  // bytes, where an item whose bits are all set has no values; else 0
  bool whole = false;
  bool unavailable = false;  // the station's protocol is older than all of its fields
};

struct Plan {
  Block block;  // as this model has it; slots point into it
  std::vector<Slot> slots;
  std::vector<Step> steps;
  std::vector<Bounds> bounds;
  std::vector<Detail> details;
  Section plain;                      // what stands outside groups
  std::size_t plain_slots = 0;        // the first so many
  std::optional<std::size_t> needed;  // the slot without whose value there are none
  std::vector<GroupPlan> groups;
  std::vector<Transform> chains;
  std::vector<VersionedScale> scales;
  std::vector<DirectedStep> directed;
  std::vector<std::int64_t> codes;
  std::vector<DerivedStep> derived;  // in the order of their evaluation: those of groups first
  std::vector<Input> inputs;
  std::vector<Summation> summations;
  std::vector<Drift> drifts;
  std::size_t text_size = 0;
};

// Throws std::invalid_argument for what the catalogue would have refused.
[[nodiscard]] Plan compile(const Block& block, const Model& model, int instance);

// Which of a field's scales holds for this number, by the version of the station's software (0: not known) or else by
// what is plausible; nullptr: none.
[[nodiscard]] const VersionedScale* chosen_scale(const Plan& plan, const Detail& detail, double raw, double firmware);

// Fills Plan::directed, when all slots are there.
void compile_directions(Plan& plan);
// Puts the signs to the magnitudes of a row.
void direct(const Plan& plan, Row& row);

// Fills Plan::derived, when all slots are there.
void compile_derivations(Plan& plan);
// The derived values of a row, from the others in it.
void derive(const Plan& plan, Row& row);

// Bytes from the start of the block to the start of the group, by the counts found so far; -1: not known.
[[nodiscard]] int base_of(const Plan& plan, const GroupPlan& group, std::span<const int> counts);

}  // namespace bluetti::schemas
