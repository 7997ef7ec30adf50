// SPDX-License-Identifier: MIT
#include "discovery/entity_name.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <unordered_map>

#include "discovery/phrases.h"

namespace bluetti::discovery {
namespace {

using schemas::Block;
using schemas::Field;
using schemas::Group;
using schemas::Slot;

// ASCII only: titles come from schema files, and the answer must not hang on a locale.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_word(char c) {
  return is_digit(c) || is_upper(c) || is_lower(c) || (c & 0x80) != 0;
}
constexpr char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char to_upper(char c) {
  return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::string capitalized(std::string text) {
  if (!text.empty()) text.front() = to_upper(text.front());
  return text;
}

// "Power" -> "power", but "AC power" and "L1 power" stay as they are.
std::string mid_sentence(std::string text) {
  const std::string_view word = std::string_view(text).substr(0, text.find(' '));
  const bool ordinary =
      !word.empty() && std::ranges::none_of(word.substr(1), [](char c) { return is_upper(c) || is_digit(c); });
  if (ordinary) text.front() = to_lower(text.front());
  return text;
}

bool starts_with_words(std::string_view text, std::string_view words) {
  return !words.empty() && text.size() >= words.size() && same_letters(text.substr(0, words.size()), words) &&
         (text.size() == words.size() || !is_word(text[words.size()]));
}

bool ends_with_words(std::string_view text, std::string_view words) {
  return !words.empty() && text.size() >= words.size() &&
         same_letters(text.substr(text.size() - words.size()), words) &&
         (text.size() == words.size() || !is_word(text[text.size() - words.size() - 1]));
}

// `text` without `words` at its start, as often as they stand there.
std::string_view without_leading(std::string_view text, std::string_view words) {
  while (starts_with_words(text, words)) {
    text.remove_prefix(words.size());
    text.remove_prefix(static_cast<std::size_t>(std::ranges::find_if(text, is_word) - text.begin()));
  }
  return text;
}

// The parts of a name, in one language.
class Name {
 public:
  explicit Name(const Language& language) : language_(language) {}

  void add(std::string_view english) {
    if (english.empty()) return;
    text_ += text_.empty() ? capitalized(language_(english)) : ' ' + inside_name(english, language_);
  }
  void add(int number) { text_ += ' ' + std::to_string(number); }

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  const Language& language_;
  std::string text_;
};

// Of several blocks of a kind, which: 2 for `pack/2/voltage` and `pack_2_cell/7/voltage`; 0 where the path does not
// say.
int instance_in(std::string_view path, std::string_view instance) {
  if (instance.empty() || !path.starts_with(instance)) return 0;
  path.remove_prefix(std::min(path.size(), instance.size() + 1));
  int number = 0;
  std::from_chars(path.data(), path.data() + path.size(), number);
  return number;
}

// What a group's items are measured in may already be the group's name: "Cell voltage 7", not "Cell voltage 7 voltage".
bool says_nothing_new(const Field& field, const Group& group) {
  return field.name == "value" || ends_with_words(group.title, field.title);
}

std::string name_of(const Slot& slot, const Block& block, const Language& language, Device device) {
  Name name(language);
  const int instance = device == Device::pack ? 0 : instance_in(slot.path, block.instance);
  if (instance != 0) {
    name.add(schemas::title_of(block.instance));
    name.add(instance);
  }
  if (slot.group == nullptr || slot.group->is_record()) {  // the title says all but which item of an array
    name.add(slot.field->title);
    if (slot.item > 0) name.add(slot.item);
    return std::move(name).text();
  }
  name.add(slot.group->title);
  name.add(slot.item);
  if (!says_nothing_new(*slot.field, *slot.group)) name.add(slot.field->title);
  return std::move(name).text();
}

// Where names are alike, each gets what `distinction` says about its entity.
template <typename Distinction>
void tell_apart(std::vector<std::string>& names, const std::vector<Entity>& entities, Distinction distinction) {
  std::unordered_map<std::string_view, int> uses;
  for (const std::string& name : names) ++uses[name];
  if (uses.size() == names.size()) return;
  std::vector<std::size_t> alike;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (uses[names[i]] > 1) alike.push_back(i);
  }
  for (const std::size_t i : alike) names[i] += " (" + distinction(entities[i]) + ")";
}

}  // namespace

std::string entity_name(const Slot& slot, const Block& block, const Language& language) {
  return name_of(slot, block, language, Device::station);
}

std::vector<std::string> entity_names(const std::vector<Entity>& entities, std::string_view device_name,
                                      const Language& language, Device device) {
  std::vector<std::string> names;
  names.reserve(entities.size());
  for (const Entity& entity : entities) {
    names.push_back(without_device_name(name_of(*entity.slot, *entity.block, language, device), device_name, language));
  }
  tell_apart(names, entities, [&](const Entity& entity) { return language(entity.block->title); });
  tell_apart(names, entities, [](const Entity& entity) { return entity.slot->id; });
  return names;
}

std::string without_device_name(std::string_view name, std::string_view device, const Language& language) {
  const std::string_view rest = without_leading(name, device);
  return rest.empty() ? language(phrase::kValue) : capitalized(std::string(rest));
}

bool begins_with_device_name(std::string_view name, std::string_view device) {
  return starts_with_words(name, device);
}

// The groups of the first pack are published as if there were no other: `cell/7/voltage`.
int pack_of(const Slot& slot, const Block& block) {
  if (block.instance != "pack") return 0;
  return std::max(instance_in(slot.path, block.instance), 1);
}

std::string inside_name(std::string_view english, const Language& language) {
  std::string words = language(english);
  return language.lower_case_inside() ? mid_sentence(std::move(words)) : words;
}

}  // namespace bluetti::discovery
