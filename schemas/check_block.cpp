// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "schemas/layout.h"
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

class Paths {
 public:
  Paths(const Block& block, std::vector<Problem>& problems) : block_(block), problems_(problems) {}

  // Reports the first clash only: the items of a group clash all at once.
  void add(const Group* group, const Field& field, int items) {
    for (int item = items == 0 ? 0 : 1; item <= items; ++item) {
      const std::string id = id_of(path_of(block_, group, field, item, 1));
      if (ids_.insert(id).second) continue;
      problems_.push_back({field.where, in_quotes(field.name) + " would be published as " + in_quotes(id) +
                                            ", where another value is already"});
      return;
    }
  }

 private:
  const Block& block_;
  std::vector<Problem>& problems_;
  std::set<std::string> ids_;
};

void check_paths(const Block& block, std::vector<Problem>& problems) {
  Paths paths(block, problems);
  for (const Field& field : block.fields) paths.add(nullptr, field, field.count);
  for (const Group& group : block.groups) {
    for (const Field& field : group.fields) paths.add(&group, field, group.is_record() ? 0 : group.max);
  }
}

std::string unknown_field(const Block& block, const std::string& name) {
  std::vector<std::string_view> names;
  for (const Field& field : block.fields) names.push_back(field.name);
  return "the block has no field " + in_quotes(name) + suggestion(name, names);
}

void check_conditions(const Block& block, const std::vector<Field>& fields, std::vector<Problem>& problems) {
  for (const Field& field : fields) {
    if (!field.when) continue;
    const Field* other = block.field(field.when->field);
    if (other == nullptr) {
      problems.push_back({field.where, unknown_field(block, field.when->field)});
    } else if (other->count != 0 || other->type > Type::bitmap || other->size > 4) {
      problems.push_back(
          {field.where, "'when' needs a single number of up to 32 bits, and " + in_quotes(other->name) + " is none"});
    }
  }
}

void check_count_fields(const Block& block, const Group& group, std::vector<Problem>& problems) {
  for (const std::string& name : group.count_fields) {
    const Field* field = block.field(name);
    if (field == nullptr) {
      problems.push_back({group.where, unknown_field(block, name)});
    } else if (!field->is_numeric() || field->count != 0) {
      problems.push_back({group.where, "'count' needs a single number, and " + in_quotes(name) + " is none"});
    }
  }
}

void check_after(const Block& block, const Group& group, std::vector<Problem>& problems) {
  if (group.after.empty()) return;
  std::vector<std::string_view> earlier;
  for (const Group& other : block.groups) {
    if (&other == &group) break;
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
  for (const Group& group : block.groups) {
    check_names(group.fields, "field", problems);
    check_conditions(block, group.fields, problems);
    check_count_fields(block, group, problems);
    check_after(block, group, problems);
  }
  if (problems.size() != before) return;
  check_paths(block, problems);
  check_overlaps(block, problems);
}

}  // namespace bluetti::schemas
