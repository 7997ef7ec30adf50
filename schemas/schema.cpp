// SPDX-License-Identifier: MIT
#include "schemas/schema.h"

#include <algorithm>
#include <array>
#include <span>

namespace bluetti::schemas {
namespace {

struct TypeFacts {
  std::string_view name;
  int size;
};

constexpr std::array<TypeFacts, 16> kTypeFacts{{{"u8", 1},
                                                {"s8", 1},
                                                {"u16", 2},
                                                {"s16", 2},
                                                {"u32", 4},
                                                {"s32", 4},
                                                {"u64", 8},
                                                {"f32", 4},
                                                {"bool", 2},
                                                {"enum", 2},
                                                {"bitmap", 2},
                                                {"text", 0},
                                                {"serial", 8},
                                                {"version", 4},
                                                {"ipv4", 4},
                                                {"clock", 6}}};

constexpr std::array<std::string_view, 40> kUpperCase{
    "lan", "ac",  "ai", "sos", "arm", "ats", "bms", "bmu",  "can", "dc",  "dcdc", "dsp", "eco",  "ev",
    "gps", "hmi", "id", "iot", "ip",  "l1",  "l2",  "l3",   "led", "mac", "mcu",  "mos", "mppt", "ntc",
    "ota", "pd",  "pv", "rf",  "sn",  "soc", "soh", "ssid", "ups", "usb", "rssi", "bcu"};

std::string word_of(std::string_view word, bool first) {
  std::string result(word);
  const bool upper = std::find(kUpperCase.begin(), kUpperCase.end(), word) != kUpperCase.end();
  const std::size_t letters = upper ? result.size() : first ? std::min<std::size_t>(1, result.size()) : 0;
  for (char& letter : std::span(result).first(letters)) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  // PV1, MPPT2: an abbreviation with a number behind it.
  const auto digit = word.find_first_of("0123456789");
  if (!upper && digit != std::string_view::npos && digit > 0 &&
      word.find_first_not_of("0123456789", digit) == std::string_view::npos) {
    return word_of(word.substr(0, digit), first) + std::string(word.substr(digit));
  }
  if (word == "hz") return "Hz";
  return word == "wifi" ? "Wi-Fi" : result;
}

template <typename T>
const T* find_named(const std::vector<T>& items, std::string_view name) {
  const auto found = std::find_if(items.begin(), items.end(), [name](const T& item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

std::string Problem::text() const {
  std::string result = where.file;
  if (where.line != 0)
    result.append(":").append(std::to_string(where.line)).append(":").append(std::to_string(where.column));
  return result.empty() ? message : result + ": " + message;
}

bool Field::is_numeric() const {
  return type <= Type::f32;
}

int Field::end() const {
  return offset + size + std::max(count - 1, 0) * stride;
}

int Group::item_size() const {
  int size = 0;
  for (const Field& field : fields) size = std::max(size, field.end());
  return size;
}

int Group::size() const {
  return interleaved ? (max - 1) * stride + item_size() : max * stride;
}

int Block::extent() const {
  int bytes = 0;
  for (const Field& field : fields) bytes = std::max(bytes, field.end());
  for (const Group& group : groups) bytes = std::max(bytes, group.offset + group.size());
  return (bytes + 1) / 2;
}

const Field* Block::field(std::string_view wanted) const {
  return find_named(fields, wanted);
}
const Group* Block::group(std::string_view wanted) const {
  return find_named(groups, wanted);
}

double Model::interval(const Block& block) const {
  if (const auto own = poll_block.find(block.id); own != poll_block.end()) return own->second;
  const auto shared = poll.find(block.poll);
  return shared == poll.end() ? 0 : shared->second;
}

int Model::registers_of(const Block& block) const {
  const auto own = registers.find(block.id);
  return own == registers.end() ? block.registers : own->second;
}

bool Model::has_block(std::uint16_t id) const {
  return std::ranges::find(blocks, id) != blocks.end() || std::ranges::find(lan.blocks, id) != lan.blocks.end();
}

std::uint8_t LanPlan::unit_of(std::uint16_t block) const {
  const auto own = units.find(block);
  return own == units.end() ? unit : own->second;
}

std::vector<LanPlace> LanPlan::places_of(std::uint16_t block) const {
  std::vector<LanPlace> places{{.block = block, .instance = 1, .unit = unit_of(block)}};
  const auto further = further_units.find(block);
  if (further == further_units.end()) return places;
  for (const std::uint8_t other : further->second) {
    places.push_back({.block = block, .instance = static_cast<int>(places.size()) + 1, .unit = other});
  }
  return places;
}

bool LanPlan::has(Quirk quirk) const {
  return std::ranges::find(quirks, quirk) != quirks.end();
}

int size_of(Type type) {
  return kTypeFacts[static_cast<std::size_t>(type)].size;
}
std::string_view name_of(Type type) {
  return kTypeFacts[static_cast<std::size_t>(type)].name;
}

std::string_view name_of(Evidence evidence) {
  return evidence == Evidence::verified ? "verified" : "inferred";
}

std::string_view name_of(Way way) {
  return way == Way::lan ? "lan" : "cloud";
}

std::size_t count_fields(const Block& block) {
  std::size_t count = block.fields.size();
  for (const Group& group : block.groups) count += group.fields.size();
  return count;
}

std::string title_of(std::string_view name) {
  std::string result;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('_'), name.size());
    const std::string_view word = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (word.empty()) continue;
    if (!result.empty()) result += ' ';
    result += word_of(word, result.empty());
  }
  return result;
}

}  // namespace bluetti::schemas
