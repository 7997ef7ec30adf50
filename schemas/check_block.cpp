// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

template <typename T>
void check_names(const std::vector<T>& items, std::string_view what, std::vector<Problem>& problems) {
  std::set<std::string_view> names;
  for (const T& item : items) {
    if (names.insert(item.name).second) continue;
    problems.push_back({item.where, "there is already a " + std::string(what) + " " + in_quotes(item.name)});
  }
}

std::string unknown_field(const Block& block, const std::string& name) {
  std::vector<std::string_view> names;
  for (const Field& field : block.fields) names.push_back(field.name);
  return "the block has no field " + in_quotes(name) + suggestion(name, names);
}

std::string needs_a_read_field(std::string_view key, const std::string& name) {
  return in_quotes(key) + " needs a field that is read, and " + in_quotes(name) + " is derived";
}

void check_conditions(const Block& block, const std::vector<Field>& fields, std::vector<Problem>& problems) {
  for (const Field& field : fields) {
    if (!field.when) continue;
    const Field* other = block.field(field.when->field);
    if (other == nullptr) {
      problems.push_back({field.where, unknown_field(block, field.when->field)});
    } else if (other->is_derived()) {
      problems.push_back({field.where, needs_a_read_field("when", other->name)});
    } else if (other->count != 0 || other->type > Type::bitmap || other->type == Type::f32 || other->size > 4) {
      problems.push_back(
          {field.where, "'when' needs a single number of up to 32 bits, and " + in_quotes(other->name) + " is none"});
    }
  }
}

// Of the same item, else of the block.
const Field* direction_field(const Block& block, const std::vector<Field>& fields, const std::string& name) {
  const auto beside = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  return beside == fields.end() ? block.field(name) : &*beside;
}

void check_directions(const Block& block, const std::vector<Field>& fields, std::vector<Problem>& problems) {
  for (const Field& field : fields) {
    if (!field.direction) continue;
    const std::string& name = field.direction->field;
    const Field* other = direction_field(block, fields, name);
    if (other == nullptr) {
      problems.push_back({field.where, unknown_field(block, name)});
    } else if (other->type != Type::enumeration || other->count != 0) {
      problems.push_back({field.where, "'direction' needs a single enum, and " + in_quotes(name) + " is none"});
    }
  }
}

void check_shares(const std::vector<Field>& fields, std::vector<Problem>& problems) {
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  for (const Field& field : fields) {
    if (field.shares.empty() || std::find(names.begin(), names.end(), field.shares) != names.end()) continue;
    problems.push_back(
        {field.where, "'shares' names no row beside it: " + in_quotes(field.shares) + suggestion(field.shares, names)});
  }
}

// Those of an array are counted on through its items.
void check_bit_names(const std::vector<Field>& fields, std::vector<Problem>& problems) {
  for (const Field& field : fields) {
    if (field.type != Type::bitmap) continue;
    const int bits = field.size * 8 * std::max(field.count, 1);
    for (const Option& name : field.options) {
      if (name.code >= 0 && name.code < bits) continue;
      problems.push_back({field.where, in_quotes(field.name) + " has no bit " + std::to_string(name.code)});
    }
  }
}

void check_count_fields(const Block& block, const Group& group, std::vector<Problem>& problems) {
  for (const std::string& name : group.count_fields) {
    const Field* field = block.field(name);
    if (field == nullptr) {
      problems.push_back({group.where, unknown_field(block, name)});
    } else if (field->is_derived()) {
      problems.push_back({group.where, needs_a_read_field("count", name)});
    } else if (!field->is_numeric() || field->count != 0) {
      problems.push_back({group.where, "'count' needs a single number, and " + in_quotes(name) + " is none"});
    }
  }
}

void check_needed(const Block& block, std::vector<Problem>& problems) {
  if (block.needed.empty()) return;
  const Field* field = block.field(block.needed);
  if (field == nullptr) {
    problems.push_back({block.where, unknown_field(block, block.needed)});
  } else if (field->is_derived() || field->count != 0) {
    problems.push_back(
        {block.where, "'empty_without' needs a single field that is read, and " + in_quotes(field->name) + " is none"});
  }
}

void check_after(const Block& block, const Group& group, std::vector<Problem>& problems) {
  if (group.after.empty()) return;
  std::vector<std::string_view> earlier;
  for (const Group& other : block.groups) {
    if (&other == &group) break;
    if (other.interleaved) continue;  // its items have no common end
    earlier.push_back(other.name);
  }
  if (std::find(earlier.begin(), earlier.end(), group.after) != earlier.end()) return;
  problems.push_back({group.where, "'after' must name a group above, not " + in_quotes(group.after) +
                                       suggestion(group.after, earlier)});
}

}  // namespace

void check_block(const Block& block, std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  check_names(block.fields, "field", problems);
  check_names(block.groups, "group", problems);
  check_conditions(block, block.fields, problems);
  check_directions(block, block.fields, problems);
  check_shares(block.fields, problems);
  check_bit_names(block.fields, problems);
  check_needed(block, problems);
  for (const Group& group : block.groups) {
    check_names(group.fields, "field", problems);
    check_conditions(block, group.fields, problems);
    check_directions(block, group.fields, problems);
    check_shares(group.fields, problems);
    check_bit_names(group.fields, problems);
    check_count_fields(block, group, problems);
    check_after(block, group, problems);
  }
  if (problems.size() != before) return;
  check_paths(block, problems);
  check_overlaps(block, problems);
  check_writes(block, problems);
}

}  // namespace bluetti::schemas
