// SPDX-License-Identifier: MIT
#include "schema_support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace bluetti::schemas::testing {
namespace {

std::vector<std::string> texts(const std::vector<Problem>& problems) {
  std::vector<std::string> result;
  result.reserve(problems.size());
  for (const Problem& problem : problems) result.push_back(problem.text());
  return result;
}

}  // namespace

std::vector<std::byte> bytes(std::string_view hex) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::vector<std::byte> result;
  std::size_t digits = 0;
  for (const char letter : hex) {
    const std::size_t digit = kDigits.find(letter);
    if (digit == std::string_view::npos) continue;
    if (digits++ % 2 == 0) result.push_back(std::byte{0});
    result.back() = result.back() << 4 | static_cast<std::byte>(digit);
  }
  return result;
}

Block block_from(std::string_view text) {
  std::vector<Problem> problems;
  auto block = parse_block("test.toml", text, problems);
  if (!block) throw std::runtime_error(problems.front().text());
  return *block;
}

const Catalog& built_in_catalog() {
  static const Catalog kCatalog = Catalog::built_in();
  return kCatalog;
}

Block block_with(std::string_view rows, std::string_view groups) {
  return block_from("id = 100\nname = \"test\"\nprefix = \"\"\npoll = \"core\"\nevidence = \"inferred\"\nfields = [\n" +
                    std::string(rows) + "]\n" + std::string(groups));
}

std::vector<std::string> problems_of_block(std::string_view text) {
  std::vector<Problem> problems;
  const bool taken = parse_block("test.toml", text, problems).has_value();
  EXPECT_EQ(taken, problems.empty());
  return texts(problems);
}

std::vector<std::string> problems_of_model(std::string_view text) {
  std::vector<Problem> problems;
  const bool taken = parse_model("test.toml", text, problems).has_value();
  EXPECT_EQ(taken, problems.empty());
  return texts(problems);
}

std::size_t Decoded::slot(std::string_view path) const {
  const auto slots = decoder.slots();
  const auto found = std::find_if(slots.begin(), slots.end(), [path](const Slot& s) { return s.path == path; });
  if (found == slots.end()) throw std::runtime_error("no slot " + std::string(path));
  return static_cast<std::size_t>(found - slots.begin());
}

std::string Decoded::shown(std::string_view path) const {
  const std::size_t index = slot(path);
  const Value& value = row.values[index];
  if (value.kind == ValueKind::missing) return "missing";
  if (value.kind == ValueKind::absent) return "absent";
  std::array<char, kMaxFormatted> buffer;
  return std::string(format(*decoder.slots()[index].field, row, value, buffer));
}

std::string shown(std::string_view row, std::string_view hex, const Model& model) {
  return Decoded(block_with(row), model).decode(hex).shown("value");
}

}  // namespace bluetti::schemas::testing
