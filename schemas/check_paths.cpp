// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "schemas/layout.h"
#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

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

}  // namespace

void check_paths(const Block& block, std::vector<Problem>& problems) {
  Paths paths(block, problems);
  for (const Field& field : block.fields) paths.add(nullptr, field, field.count);
  for (const Group& group : block.groups) {
    for (const Field& field : group.fields) paths.add(&group, field, group.is_record() ? 0 : group.max);
  }
}

}  // namespace bluetti::schemas
