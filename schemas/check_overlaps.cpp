// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <set>

#include "schemas/layout.h"
#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

struct Claim {
  const Field* field;
  std::uint8_t bits;
};

// Two rows may share bits where they never hold both, or where the user says that they mean different things.
bool may_share(const Field& a, const Field& b) {
  if (a.shares == b.name || b.shares == a.name) return true;
  if (!a.shares.empty() && a.shares == b.shares) return true;
  if (a.min_protocol_version != b.min_protocol_version) return true;
  if (a.when.has_value() != b.when.has_value()) return true;
  if (!a.when) return false;
  if (a.when->field != b.when->field) return true;
  return std::none_of(a.when->codes.begin(), a.when->codes.end(), [&b](std::int64_t code) {
    return std::find(b.when->codes.begin(), b.when->codes.end(), code) != b.when->codes.end();
  });
}

class Claims {
 public:
  explicit Claims(std::vector<Problem>& problems) : problems_(problems) {}

  void add(const Field& field, int offset, bool swapped_bytes) {
    const auto masks = byte_masks(field);
    for (std::size_t index = 0; index < masks.size(); ++index) {
      const int place = offset + static_cast<int>(index);
      add_byte(field, swapped_bytes ? place ^ 1 : place, masks[index]);
    }
  }

 private:
  void add_byte(const Field& field, int place, std::uint8_t bits) {
    auto& claims = bytes_[place];
    for (const Claim& claim : claims) {
      if ((claim.bits & bits) == 0 || claim.field == &field || may_share(*claim.field, field)) continue;
      if (!reported_.insert({claim.field, &field}).second) continue;
      problems_.push_back({field.where, in_quotes(field.name) + " overlaps " + in_quotes(claim.field->name) +
                                            " (line " + std::to_string(claim.field->where.line) + ")"});
    }
    claims.push_back({&field, bits});
  }

  std::map<int, std::vector<Claim>> bytes_;
  std::set<std::pair<const Field*, const Field*>> reported_;
  std::vector<Problem>& problems_;
};

}  // namespace

void check_overlaps(const Block& block, std::vector<Problem>& problems) {
  Claims claims(problems);
  for (const Field& field : block.fields) {
    for (int item = 0; item < std::max(field.count, 1); ++item) {
      claims.add(field, field.offset + item * field.stride, false);
    }
  }
  for (const Group& group : block.groups) {
    if (!group.after.empty()) continue;  // its place depends on the data
    for (int item = 0; item < group.max; ++item) {
      for (const Field& field : group.fields) {
        claims.add(field, group.offset + item * group.stride + field.offset, group.swapped_bytes);
      }
    }
  }
}

}  // namespace bluetti::schemas
