// SPDX-License-Identifier: MIT
#include <algorithm>

#include "schemas/plan.h"

namespace bluetti::schemas {
namespace {

class RowWriter {
 public:
  RowWriter(const Plan& plan, const Row& row) : plan_(plan), row_(row) {}

  std::string run() {
    out_ += '{';
    for (std::size_t slot = 0; slot < plan_.plain_slots;) slot = plain(slot);
    for (std::size_t index = 0; index < plan_.groups.size(); ++index) group(index);
    out_ += '}';
    return std::move(out_);
  }

 private:
  void separate() {
    if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  }

  void key(const std::string& name) {
    separate();
    out_ += '"' + name + "\":";
  }

  void value(std::size_t slot) { append_json(*plan_.slots[slot].field, row_, row_.values[slot], out_); }

  // One field with all of its items; returns the slot behind it.
  std::size_t plain(std::size_t slot) {
    const Field& field = *plan_.slots[slot].field;
    const std::size_t end = slot + static_cast<std::size_t>(std::max(field.count, 1));
    if (field.secret) return end;
    key(field.name);
    const bool nothing = std::all_of(row_.values.begin() + static_cast<std::ptrdiff_t>(slot),
                                     row_.values.begin() + static_cast<std::ptrdiff_t>(end),
                                     [](const Value& item) { return !item.present(); });
    if (field.count == 0 || nothing) {
      value(slot);
      return end;
    }
    out_ += '[';
    for (std::size_t item = slot; item < end; ++item) {
      separate();
      value(item);
    }
    out_ += ']';
    return end;
  }

  void item(const GroupPlan& group, std::size_t first_slot) {
    out_ += '{';
    for (std::size_t slot = first_slot; slot < first_slot + static_cast<std::size_t>(group.slots_per_item); ++slot) {
      const Field& field = *plan_.slots[slot].field;
      if (field.secret) continue;
      key(field.name);
      value(slot);
    }
    out_ += '}';
  }

  void group(std::size_t index) {
    const GroupPlan& group = plan_.groups[index];
    const Group& definition = plan_.block.groups[index];
    key(definition.name);
    const int count = row_.group_counts[index];
    if (count < 0) {
      out_ += "null";
    } else if (definition.is_record()) {
      item(group, group.first_slot);
    } else {
      out_ += '[';
      for (int number = 0; number < count; ++number) {
        separate();
        item(group, group.first_slot + static_cast<std::size_t>(number * group.slots_per_item));
      }
      out_ += ']';
    }
  }

  const Plan& plan_;
  const Row& row_;
  std::string out_;
};

}  // namespace

std::string Decoder::to_json(const Row& row) const {
  return RowWriter(*plan_, row).run();
}

}  // namespace bluetti::schemas
