// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "schemas/never_write.h"
#include "schemas/parse.h"
#include "schemas/setting_rules.h"

namespace bluetti::schemas {
namespace {

constexpr int kLastRegister = 65535;

// Of the bytes from `first_byte` to `end_byte`, counted from the start of the block. Reports the first register only.
void check_never_written(const Block& block, int first_byte, int end_byte, const Location& where,
                         std::vector<Problem>& problems) {
  for (int address = block.id + first_byte / 2; address <= block.id + (end_byte - 1) / 2; ++address) {
    const std::string name = "register " + std::to_string(address);
    if (address > kLastRegister) return problems.push_back({where, name + " cannot be written: the last one is 65535"});
    const std::string_view reason = never_written(static_cast<std::uint32_t>(address));
    if (!reason.empty()) return problems.push_back({where, name + " is never written: " + std::string(reason)});
  }
}

// Reports against one `write`.
class WriteCheck {
 public:
  WriteCheck(const Block& block, const WriteRule& rule, std::vector<Problem>& problems)
      : block_(block), rule_(rule), problems_(problems) {}

  void field(const Field& field);
  void group(const Group& group);

 private:
  void refuse(std::string message) { problems_.push_back({rule_.where, std::move(message)}); }
  void kind_of(const Field& field);
  void bounds(const Field& field);
  void function(int registers);
  void requirement(const Requirement& requirement, const Field& field);

  const Block& block_;
  const WriteRule& rule_;
  std::vector<Problem>& problems_;
};

bool is_undone(const Transform& transform) {
  using Kind = Transform::Kind;
  return transform.kind == Kind::scale || transform.kind == Kind::minus || transform.kind == Kind::shift ||
         transform.kind == Kind::bitmask;
}

bool is_writable_type(const Field& field) {
  return field.type <= Type::s32 || field.type == Type::boolean || field.type == Type::enumeration;
}

void WriteCheck::kind_of(const Field& field) {
  if (!is_writable_type(field)) refuse("only numbers of up to 32 bits, bool and enum can be written");
  if (field.count != 0) refuse("an array cannot be written");
  if (field.secret) refuse("a secret cannot be written");
  if (field.when) refuse("a field that holds only sometimes ('when') cannot be written");
  if (!field.scales.empty() || field.direction)
    refuse("a value whose scale or sign depends on others cannot be written");
  if (!std::all_of(field.transforms.begin(), field.transforms.end(), is_undone)) {
    refuse("a value can be written behind 'bits', 'scale' and 'minus', and no other transforms");
  }
}

void WriteCheck::bounds(const Field& field) {
  if (std::string mistake = mistake_in_kind(field, rule_); !mistake.empty()) refuse(std::move(mistake));
  if (field.is_numeric() && !rule_.min) refuse("a number that can be written needs 'min'");
  const std::string unknown = unknown_option(field, rule_.options);
  if (!unknown.empty() && field.type == Type::enumeration) refuse(unknown);
}

void WriteCheck::function(int registers) {
  if (registers == 1 || rule_.function.value_or(16) == 16) return;
  refuse("function 6 writes one register, and this is " + std::to_string(registers));
}

void WriteCheck::requirement(const Requirement& requirement, const Field& field) {
  const Field* other = block_.field(requirement.field);
  if (other == nullptr) return refuse("the block has no field " + in_quotes(requirement.field));
  if (other == &field) return refuse(in_quotes(requirement.field) + " is compared with itself");
  const bool is_single = other->count == 0 && !other->is_derived() && !other->when;
  if (!is_single) return refuse(in_quotes(requirement.field) + " is no single value that is always read");
  if (requirement.kind != Requirement::Kind::is) {
    if (!other->is_numeric() || !field.is_numeric()) refuse("'below' and 'above' compare numbers");
  } else if (other->type == Type::enumeration) {
    const std::string unknown = unknown_option(*other, requirement.values);
    if (!unknown.empty()) refuse(unknown);
  }
}

void WriteCheck::field(const Field& field) {
  if (!block_.instance.empty()) refuse("a block of which there are several cannot be written");
  kind_of(field);
  bounds(field);
  function(registers_of(field));
  for (const Requirement& requirement : rule_.requirements) this->requirement(requirement, field);
  check_never_written(block_, field.offset, field.offset + field.size, rule_.where, problems_);
}

void WriteCheck::group(const Group& group) {
  if (!block_.instance.empty()) refuse("a block of which there are several cannot be written");
  if (group.count == 0 || !group.after.empty() || group.swapped_bytes) {
    return refuse("a group is written where its items lie at fixed places");
  }
  for (const std::string_view part : kTimeSlotFields) {
    if (find_part(group, part) == nullptr) refuse("a time slot needs the field " + in_quotes(part));
  }
  if (std::string mistake = mistake_in_time_slot(rule_); !mistake.empty()) refuse(std::move(mistake));
  function(registers_of_item(group));
  check_never_written(block_, group.offset, group.offset + group.count * group.stride, rule_.where, problems_);
}

// What only looks as if it were written; `access` alone allows nothing, but must not say so of these either.
void check_access(const Block& block, const Field& field, int offset, int end, std::vector<Problem>& problems) {
  if (field.access != Access::read_write) return;
  check_never_written(block, offset, end, field.where, problems);
}

}  // namespace

void check_writes(const Block& block, std::vector<Problem>& problems) {
  for (const Field& field : block.fields) {
    if (field.write) {
      WriteCheck(block, *field.write, problems).field(field);
    } else {
      check_access(block, field, field.offset, field.offset + field.size, problems);
    }
  }
  for (const Group& group : block.groups) {
    if (group.write) WriteCheck(block, *group.write, problems).group(group);
    const int end = group.offset + std::max(group.max, 1) * group.stride;
    for (const Field& field : group.fields) {
      if (field.write) problems.push_back({field.write->where, "what repeats is written as a whole: by its group"});
      check_access(block, field, group.offset, end, problems);
    }
  }
}

}  // namespace bluetti::schemas
