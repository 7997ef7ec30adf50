// SPDX-License-Identifier: MIT
#include "gateway/client/values.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "schemas/json_text.h"

namespace bluetti::gateway::client {
namespace {

using schemas::Type;
using schemas::ValueKind;

ValueType type_of(const schemas::Field& field) {
  switch (field.type) {
    case Type::boolean:
      return ValueType::boolean;
    case Type::enumeration:
      return ValueType::option;
    case Type::text:
    case Type::serial:
    case Type::version:
    case Type::ipv4:
    case Type::clock:
      return ValueType::text;
    default:
      return ValueType::number;
  }
}

bluetti::Value::Content content_of(const schemas::Field& field, const schemas::Row& row, const schemas::Value& value) {
  switch (value.kind) {
    case ValueKind::missing:
    case ValueKind::absent:
      return std::monostate();
    case ValueKind::boolean:
      return value.integer != 0;
    case ValueKind::integer:
      return value.integer;
    case ValueKind::unsigned_integer:
      return value.unsigned_integer;
    case ValueKind::decimal:
    case ValueKind::real:
      return value.number();
    case ValueKind::option:
      if (value.option < 0) return std::to_string(value.integer);
      [[fallthrough]];
    default: {
      std::array<char, schemas::kMaxFormatted> buffer;
      return std::string(schemas::format(field, row, value, buffer));
    }
  }
}

Presence presence_of(const schemas::Value& value) {
  if (value.present()) return Presence::present;
  return value.kind == ValueKind::absent ? Presence::absent : Presence::missing;
}

}  // namespace

bluetti::Value value_of(const schemas::Slot& slot, const schemas::Row& row, const schemas::Value& value) {
  const schemas::Field& field = *slot.field;
  return {.path = slot.path,
          .title = field.title,
          .unit = field.unit,
          .type = type_of(field),
          .presence = presence_of(value),
          .verified = field.evidence == schemas::Evidence::verified,
          .content = content_of(field, row, value)};
}

namespace {

void merge(const schemas::Row& part, schemas::Row& whole) {
  for (std::size_t index = 0; index < part.values.size(); ++index) {
    const schemas::Value& value = part.values[index];
    if (value.kind == ValueKind::missing) continue;
    if (value.kind == ValueKind::text) {
      std::copy_n(part.text.begin() + value.text_offset, value.text_length, whole.text.begin() + value.text_offset);
    }
    whole.values[index] = value;
  }
  for (std::size_t group = 0; group < part.group_counts.size(); ++group) {
    if (part.group_counts[group] >= 0) whole.group_counts[group] = part.group_counts[group];
  }
}

// What was not read between the stretches is missing, not 0.
schemas::Row decoded_by_stretch(const SharedDecoder& shared, const RegisterData& data) {
  const schemas::Decoder& decoder = *shared.decoder;
  const int first = data.first - decoder.block().id;
  schemas::Row row = decoder.make_row();
  for (const Stretch& stretch : data.read) {
    const auto bytes = std::span(data.data).subspan(2 * static_cast<std::size_t>(stretch.first),
                                                    2 * static_cast<std::size_t>(stretch.count));
    decoder.decode(bytes, 2 * (first + stretch.first), shared.scratch->incoming);
    merge(shared.scratch->incoming, row);
  }
  return row;
}

}  // namespace

BlockValues block_values(const SharedDecoder& shared, const RegisterData& data, const std::string& station,
                         WallTime time) {
  const schemas::Decoder& decoder = *shared.decoder;
  const schemas::Block& block = decoder.block();
  std::optional<schemas::Row> whole;
  if (data.read.empty()) {
    decoder.decode(data.data, 2 * (data.first - block.id), shared.scratch->incoming);
  } else {
    whole = decoded_by_stretch(shared, data);
  }
  const schemas::Row& row = whole ? *whole : shared.scratch->incoming;
  BlockValues values{.station = station,
                     .block = block.id,
                     .name = block.name,
                     .time = time,
                     .values = {},
                     .first_register = data.first,
                     .registers = words_of(data.data)};
  values.values.reserve(decoder.slots().size());
  for (std::size_t index = 0; index < decoder.slots().size(); ++index) {
    const schemas::Slot& slot = decoder.slots()[index];
    if (!slot.field->secret) values.values.push_back(value_of(slot, row, row.values[index]));
  }
  return values;
}

std::string json_of(const bluetti::Value& value) {
  if (!value.is_present()) return "null";
  if (const bool* on = std::get_if<bool>(&value.content)) return *on ? "true" : "false";
  if (value.number()) return value.text();
  std::string text;
  schemas::append_json_text(value.text(), text);
  return text;
}

std::vector<std::uint16_t> words_of(std::span<const std::byte> data) {
  std::vector<std::uint16_t> words;
  words.reserve(data.size() / 2);
  for (std::size_t at = 0; at + 1 < data.size(); at += 2) {
    words.push_back(
        static_cast<std::uint16_t>(std::to_integer<unsigned>(data[at]) << 8 | std::to_integer<unsigned>(data[at + 1])));
  }
  return words;
}

}  // namespace bluetti::gateway::client
