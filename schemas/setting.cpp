// SPDX-License-Identifier: MIT
#include "schemas/setting.h"

#include <algorithm>
#include <array>

#include "schemas/decoder.h"
#include "schemas/reader.h"
#include "schemas/setting_rules.h"
#include "schemas/time_slot.h"
#include "schemas/wish.h"

namespace bluetti::schemas {
namespace {

std::uint16_t register_at(BlockData data, std::size_t byte) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(data[byte]) << 8 |
                                    std::to_integer<unsigned>(data[byte + 1]));
}

constexpr std::string_view kUnknownOption = "other";  // what format() makes of a code without a name

// Where a part of a time slot stands in the row, counted from its first.
std::size_t part(const Decoder& decoder, std::size_t first, std::string_view name) {
  const auto& slots = decoder.slots();
  std::size_t slot = first;
  while (slot < slots.size() && slots[slot].field->name != name) ++slot;
  return slot;
}

std::string quoted_list(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : " or ") + in_quotes(value);
  return list;
}

}  // namespace

Setting::Setting(Facts facts, std::shared_ptr<const Decoder> decoder)
    : facts_(std::move(facts)), decoder_(std::move(decoder)) {}

bool Setting::needs_limit() const {
  return facts_.kind == SettingKind::number && !facts_.rule.max;
}

bool Setting::narrow(std::optional<double> min, std::optional<double> max) {
  WriteRule& rule = facts_.rule;
  const double least = min.value_or(rule.min.value_or(0));
  const auto greatest = max ? max : rule.max;
  const bool widens = least < rule.min.value_or(0) || (rule.max && greatest && *greatest > *rule.max);
  if (facts_.kind != SettingKind::number || widens || (greatest && least > *greatest)) return false;
  rule.min = least;
  rule.max = greatest;
  return true;
}

std::optional<WishRefused> Setting::check(std::string_view wish) const {
  auto mistake = mistake_in_wish(facts_, wish);
  if (!mistake) return std::nullopt;
  return WishRefused{std::move(*mistake)};
}

Row Setting::decoded(BlockData current) const {
  Row row = decoder_->make_row();
  decoder_->decode(current, 0, row);
  return row;
}

std::optional<std::string> Setting::read_slot(std::size_t slot, const Row& row) const {
  if (slot >= row.values.size()) return std::nullopt;
  const Value& value = row.values[slot];
  if (!value.present()) return std::nullopt;
  std::array<char, kMaxFormatted> buffer{};
  return std::string(format(*decoder_->slots()[slot].field, row, value, buffer));
}

std::optional<TimeSlot> Setting::time_slot_at(int item, const Row& row) const {
  const Group* group = decoder_->slots()[facts_.slot].group;
  const std::ptrdiff_t distance = (item - facts_.item) * std::ssize(group->fields);
  const auto first = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(facts_.slot) + distance);
  std::array<std::string, kTimeSlotFields.size()> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto text = read_slot(part(*decoder_, first, kTimeSlotFields[i]), row);
    if (!text) return std::nullopt;
    texts[i] = std::move(*text);
  }
  const auto minutes = [&texts](std::size_t hour) {
    return static_cast<int>(plain_number(texts[hour]).value_or(0)) * 60 +
           static_cast<int>(plain_number(texts[hour + 1]).value_or(0));
  };
  return TimeSlot{.action = texts[0], .start = minutes(1), .end = minutes(3)};
}

std::string Setting::read(BlockData current) const {
  return read(decoded(current));
}

std::string Setting::read(const Row& row) const {
  if (facts_.kind == SettingKind::time_slot) {
    const auto slot = time_slot_at(facts_.item, row);
    return slot && slot->action != kUnknownOption ? slot->text() : std::string();
  }
  std::string text = read_slot(facts_.slot, row).value_or("");
  return facts_.kind == SettingKind::option && text == kUnknownOption ? std::string() : text;
}

bool Setting::is_same(std::string_view one, std::string_view other) const {
  if (facts_.kind != SettingKind::number) return one == other;
  const auto a = plain_number(one);
  const auto b = plain_number(other);
  return a && b && *a == *b;
}

bool Setting::holds(std::string_view wish, BlockData read_back) const {
  const std::string now = read(read_back);
  return !now.empty() && is_same(wish, now);
}

std::optional<RegisterWrite> Setting::unchanged(BlockData current) const {
  const std::size_t first = std::size_t{2} * (facts_.first_register - facts_.block);
  if (current.size() < first + std::size_t{2} * facts_.registers) return std::nullopt;
  RegisterWrite write{
      .unit = facts_.modbus_unit, .function = facts_.function, .first_register = facts_.first_register, .values = {}};
  for (std::size_t i = 0; i < facts_.registers; ++i) write.values.push_back(register_at(current, first + 2 * i));
  return write;
}

std::optional<WishRefused> Setting::check_requirement(const Requirement& requirement, std::string_view wish,
                                                      const Row& now) const {
  const auto slots = decoder_->slots();
  const auto slot = std::ranges::find_if(slots, [&requirement](const Slot& candidate) {
    return candidate.group == nullptr && candidate.field->name == requirement.field;
  });
  const auto other = read_slot(static_cast<std::size_t>(slot - slots.begin()), now);
  const std::string name = slot == slots.end() ? in_quotes(requirement.field) : in_quotes(slot->path);
  if (!other) return WishRefused{name + " is not known, and this depends on it"};
  if (requirement.kind == Requirement::Kind::is) {
    if (std::ranges::find(requirement.values, *other) != requirement.values.end()) return std::nullopt;
    return WishRefused{name + " must be " + quoted_list(requirement.values) + ", and is " + in_quotes(*other)};
  }
  const double limit = plain_number(*other).value_or(0);
  const double number = plain_number(wish).value_or(0);
  const bool is_below = requirement.kind == Requirement::Kind::below;
  if (is_below ? number < limit : number > limit) return std::nullopt;
  return WishRefused{(is_below ? "must be below " : "must be above ") + name + ", which is " + *other};
}

std::optional<WishRefused> Setting::check_requirements(std::string_view wish, const Row& now) const {
  for (const Requirement& requirement : facts_.rule.requirements) {
    if (auto refused = check_requirement(requirement, wish, now)) return refused;
  }
  return std::nullopt;
}

// Slots must not overlap.
std::optional<WishRefused> Setting::check_neighbours(const TimeSlot& wish, const Row& now) const {
  const Group* group = decoder_->slots()[facts_.slot].group;
  for (int item = 1; item <= group->count && !wish.is_off(); ++item) {
    if (item == facts_.item) continue;
    const auto other = time_slot_at(item, now);
    if (!other) return WishRefused{"time slot " + std::to_string(item) + " is not known, and the two must not overlap"};
    if (wish.overlaps(*other)) {
      return WishRefused{"overlaps time slot " + std::to_string(item) + ", " + other->text()};
    }
  }
  return std::nullopt;
}

bool Setting::put_time_slot(const TimeSlot& slot, std::span<std::byte> data) const {
  const auto number = [](int value) { return Simulated(static_cast<double>(value)); };
  const std::array<Simulated, kTimeSlotFields.size()> values{
      slot.action, number(slot.start / 60), number(slot.start % 60), number(slot.end / 60), number(slot.end % 60)};
  bool done = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    done = decoder_->encode(part(*decoder_, facts_.slot, kTimeSlotFields[i]), values[i], data) && done;
  }
  return done;
}

bool Setting::put(std::string_view wish, std::span<std::byte> data) const {
  const Simulated value =
      facts_.kind == SettingKind::number ? Simulated(plain_number(wish).value_or(0)) : Simulated(std::string(wish));
  return decoder_->encode(facts_.slot, value, data);
}

std::variant<RegisterWrite, WishRefused> Setting::encode(std::string_view wish, BlockData current) const {
  if (auto refused = check(wish)) return std::move(*refused);
  std::vector<std::byte> data(current.begin(), current.end());
  if (!unchanged(data)) return WishRefused{"the present registers are not known"};
  const Row now = decoded(current);
  if (auto refused = check_requirements(wish, now)) return std::move(*refused);
  bool done = false;
  if (facts_.kind == SettingKind::time_slot) {
    const TimeSlot slot = std::get<TimeSlot>(parse_time_slot(wish, facts_.options));  // checked above
    if (auto refused = check_neighbours(slot, now)) return std::move(*refused);
    done = put_time_slot(slot, data);
  } else {
    done = put(wish, data);
  }
  // What cannot be read back as it was wished cannot be proven, and is not sent.
  if (!done || !holds(wish, data)) return WishRefused{"the station's registers cannot hold this value"};
  return *unchanged(data);
}

}  // namespace bluetti::schemas
