// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>

#include "schemas/parse.h"

namespace bluetti::schemas {
namespace {

constexpr int kMostPlaces = 63;

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

// Hexadecimal, "0x3FFF" or "0X3FFF": "10" alone may be meant either way.
std::optional<std::uint64_t> parse_mask(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  text.remove_prefix(2);
  std::uint64_t mask = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mask, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return mask;
}

std::optional<Transform> parse_one_number(Transform::Kind kind, std::string_view argument) {
  const auto value = parse_number(argument);
  if (!value || (kind == Transform::Kind::scale && *value == 0)) return std::nullopt;
  return Transform{.kind = kind, .first = *value};
}

std::optional<Transform> parse_clamp(std::string_view lowest, std::string_view highest) {
  const auto low = parse_number(lowest);
  const auto high = parse_number(highest);
  if (!low || !high || *low > *high) return std::nullopt;
  return Transform{.kind = Transform::Kind::clamp, .first = *low, .second = *high};
}

std::optional<Transform> parse_shift(std::string_view argument) {
  const auto places = parse_integer(argument);
  if (!places || *places < 0 || *places > kMostPlaces) return std::nullopt;
  return Transform{.kind = Transform::Kind::shift, .bits = static_cast<std::uint64_t>(*places)};
}

std::optional<Transform> parse_enable_list(std::string_view mode, std::string_view index) {
  const auto mode_number = parse_integer(mode);
  const auto index_number = parse_integer(index);
  if (!mode_number || !index_number || *mode_number < 0 || *mode_number > 255) return std::nullopt;
  // The first bit of the group must be one of the 16.
  const int width = *mode_number == 3 ? 3 : 2;
  if (*index_number < 0 || *index_number * width > 15) return std::nullopt;
  return Transform{.kind = Transform::Kind::hex_enable_list,
                   .mode = static_cast<int>(*mode_number),
                   .index = static_cast<int>(*index_number)};
}

std::vector<Transform> read_chain(TableReader& row) {
  std::vector<Transform> chain;
  for (const std::string& text : row.texts("transforms").value_or(std::vector<std::string>())) {
    if (const auto transform = parse_transform(text)) {
      chain.push_back(*transform);
    } else {
      const bool is_mask = text.starts_with("bitmask:");
      row.report("transforms",
                 in_quotes(text) + (is_mask ? ": a mask is hexadecimal, as in bitmask:0x3FFF" : " is not a transform"));
    }
  }
  return chain;
}

void read_bits(TableReader& row, int size, std::vector<Transform>& chain) {
  const auto bits = row.integers("bits");
  if (!bits) return;
  if (bits->size() != 2 || bits->front() < 0 || bits->front() > bits->back() ||
      bits->back() >= std::int64_t{size} * 8) {
    row.report("bits", "'bits' must be [first, last] within the " + std::to_string(size * 8) + " bits of the value");
    return;
  }
  const auto first = static_cast<std::uint64_t>(bits->front());
  const auto width = static_cast<unsigned>(bits->back() - bits->front() + 1);
  if (first != 0) chain.push_back({.kind = Transform::Kind::shift, .bits = first});
  chain.push_back({.kind = Transform::Kind::bitmask, .bits = ~std::uint64_t{0} >> (64 - width)});
}

void read_scale(TableReader& row, std::vector<Transform>& chain) {
  const Node* node = row.find("scale");
  if (node == nullptr || std::holds_alternative<Node::Array>(node->value)) return;
  if (std::holds_alternative<std::string>(node->value)) {
    if (const auto name = row.name("scale")) chain.push_back({.kind = Transform::Kind::scale, .parameter = *name});
    return;
  }
  const auto factor = row.number("scale");
  if (factor && *factor == 0) row.report("scale", "'scale' must not be 0");
  if (factor && *factor != 1) chain.push_back({.kind = Transform::Kind::scale, .first = *factor});
}

std::vector<Transform> read_transforms(TableReader& row, const Field& field) {
  std::vector<Transform> chain;
  const bool shorthand = row.has("bits") || row.has("scale") || row.has("minus");
  if (row.has("transforms")) {
    if (shorthand) row.report("transforms", "'transforms' stands instead of 'bits', 'scale' and 'minus'");
    chain = read_chain(row);
  } else {
    read_bits(row, field.size, chain);
    read_scale(row, chain);
    if (const auto subtrahend = row.number("minus")) {
      chain.push_back({.kind = Transform::Kind::minus, .first = *subtrahend});
    }
  }
  return chain;
}

}  // namespace

std::optional<Transform> parse_transform(std::string_view text) {
  const auto parts = split(text);
  const auto arguments = parts.size() - 1;
  const std::string_view kind = parts.front();
  if (kind == "abs" && arguments == 0) return Transform{.kind = Transform::Kind::abs};
  if (kind == "scale" && arguments == 1) return parse_one_number(Transform::Kind::scale, parts[1]);
  if (kind == "minus" && arguments == 1) return parse_one_number(Transform::Kind::minus, parts[1]);
  if (kind == "shift" && arguments == 1) return parse_shift(parts[1]);
  if (kind == "clamp" && arguments == 2) return parse_clamp(parts[1], parts[2]);
  if (kind == "hex_enable_list" && arguments == 2) return parse_enable_list(parts[1], parts[2]);
  if (kind == "bitmask" && arguments == 1) {
    if (const auto mask = parse_mask(parts[1])) return Transform{.kind = Transform::Kind::bitmask, .bits = *mask};
  }
  return std::nullopt;
}

std::vector<VersionedScale> read_versioned_scales(TableReader& table) {
  const Node* node = table.find("scale");
  const auto* list = node == nullptr ? nullptr : std::get_if<Node::Array>(&node->value);
  std::vector<VersionedScale> scales;
  if (list == nullptr) return scales;
  for (const Node& item : *list) {
    TableReader entry(item, "a scale", table.problems());
    VersionedScale scale;
    if (entry.require("factor")) scale.factor = entry.number("factor").value_or(1);
    if (scale.factor <= 0) entry.report("factor", "'factor' must be greater than 0");
    scale.from = entry.number("from").value_or(scale.from);
    scale.until = entry.number("until").value_or(scale.until);
    if (scale.from > scale.until) entry.report("from", "'from' is greater than 'until'");
    entry.finish();
    scales.push_back(scale);
  }
  if (scales.empty()) table.report("scale", "a list of scales needs one at least");
  return scales;
}

std::string refusal_of_scales(const Field& field) {
  if (field.scales.empty()) return {};
  if (field.type > Type::u32 || field.count != 0) return "several scales belong to single numbers of up to 32 bits";
  if (!field.transforms.empty()) return "several scales stand instead of 'bits', 'minus' and 'transforms'";
  if (!field.min || !field.max || *field.min <= 0) return "several scales need 'min' and 'max', both above 0";
  for (std::size_t a = 0; a < field.scales.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const auto [less, more] = std::minmax(field.scales[a].factor, field.scales[b].factor);
      if (*field.max / more >= *field.min / less) return "a number between 'min' and 'max' is plausible by two scales";
    }
  }
  return {};
}

void read_scaling(TableReader& row, Field& field) {
  field.scales = read_versioned_scales(row);
  if (!field.scales.empty() && !row.has("bits") && !row.has("minus") && !row.has("transforms")) return;
  field.transforms = read_transforms(row, field);
}

}  // namespace bluetti::schemas
