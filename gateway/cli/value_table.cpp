// SPDX-License-Identifier: MIT
#include "gateway/cli/value_table.h"

#include <array>

namespace bluetti::gateway::cli {

Table value_table(const schemas::Decoder& decoder, const schemas::Row& row) {
  Table table({{"field", "Field"}, {"value", "Value"}, {"unit", "Unit"}});
  std::array<char, schemas::kMaxFormatted> buffer;
  const auto slots = decoder.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const schemas::Field& field = *slots[i].field;
    const schemas::Value& value = row.values[i];
    if (field.secret || value.kind == schemas::ValueKind::missing) continue;
    const auto text = value.present() ? schemas::format(field, row, value, buffer) : "-";
    table.add({slots[i].path, std::string(text), field.unit});
  }
  return table;
}

}  // namespace bluetti::gateway::cli
