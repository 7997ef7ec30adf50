// SPDX-License-Identifier: MIT
#include "gateway/config/section.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/base/parse_number.h"
#include "gateway/config/environment.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway {
namespace {

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

// The environment has only text: there "300" and "true" stand for what they look like.
template <typename T>
std::optional<T> scalar(const Node& node, bool from_environment, std::optional<T> (*parse)(std::string_view)) {
  if (const T* value = node.as<T>()) return *value;
  const auto* text = node.as<std::string>();
  return from_environment && text ? parse(*text) : std::nullopt;
}

std::string list_of(std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) list += fmt::format("{}'{}'", list.empty() ? "" : ", ", name);
  return list;
}

}  // namespace

void Reading::refuse(const schemas::Location& where, std::string message) {
  problems.push_back({where, std::move(message)});
}

std::filesystem::path Reading::resolve(const std::filesystem::path& path) const {
  return path.empty() ? path : file.parent_path() / path;
}

Section::Section(Reading& reading, std::string title, const Table* table) : reading_(reading), subject_(title) {
  layers_.push_back({std::move(title), table});
}

std::optional<Section::Found> Section::find(std::string_view key) {
  known_.emplace_back(key);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Entry* entry = layers_[i].table ? layers_[i].table->find(key) : nullptr;
    if (entry) return Found{entry->value, i};
  }
  return std::nullopt;
}

Setting& Section::tell(std::string_view key, std::string value, schemas::Location where) {
  const std::size_t digest = std::hash<std::string>{}(value);
  const auto known = std::ranges::find(told_, key, &Setting::name);
  Setting& setting = known == told_.end() ? told_.emplace_back() : *known;
  return setting = {std::string(key), std::move(value), std::move(where), digest};
}

void Section::tell_default(std::string_view key, std::string value) {
  if (std::ranges::find(told_, key, &Setting::name) == told_.end()) tell(key, std::move(value));
}

void Section::tell_secret(std::string_view key, const Secret& secret, schemas::Location where) {
  tell(key, "(secret)", std::move(where)).digest = std::hash<std::string>{}(secret.reveal());
}

std::string Section::name_of(std::string_view key, std::size_t layer) const {
  const std::string& title = layers_[layer].title;
  return title.empty() ? std::string(key) : fmt::format("{}.{}", title, key);
}

void Section::refuse(const schemas::Location& where, std::string_view key, std::string_view message) {
  reading_.refuse(where, fmt::format("{}: {}", name_of(key, 0), message));
}

void Section::refuse(const Text& text, std::string_view message) {
  reading_.refuse(text.where, fmt::format("{}: {}", text.name, message));
}

void Section::wrong_type(std::string_view key, const Found& found, std::string_view wanted) {
  const auto* text = found.node.as<std::string>();
  const std::string given =
      is_variable(found.node.where) && text ? "'" + *text + "'" : std::string(type_name(found.node));
  reading_.refuse(found.node.where, fmt::format("{}: must be {}, not {}", name_of(key, found.layer), wanted, given));
}

namespace {

// Secrets are not read so: they may hold anything.
std::string_view fault_of_text(std::string_view text) {
  constexpr std::size_t kLongest = 4096;  // of a path
  if (text.size() > kLongest) return "must not be longer than 4096 bytes";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return std::ranges::any_of(text, is_control) ? "must not hold control characters" : "";
}

}  // namespace

std::optional<Section::Text> Section::text_of(std::string_view key, const Found& found) {
  const auto* text = found.node.as<std::string>();
  if (!text) {
    wrong_type(key, found, "a string");
    return std::nullopt;
  }
  if (is_variable(found.node.where)) {
    tell(key, *text, found.node.where);
    return Text{*text, found.node.where, name_of(key, found.layer)};
  }
  auto substituted = substitute(*text, reading_.environment);
  if (const auto* error = std::get_if<SubstitutionError>(&substituted)) {
    reading_.refuse(found.node.where, fmt::format("{}: {}", name_of(key, found.layer), error->message));
    return std::nullopt;
  }
  tell(key, std::get<std::string>(substituted), found.node.where);
  return Text{std::get<std::string>(std::move(substituted)), found.node.where, name_of(key, found.layer)};
}

std::optional<Section::Text> Section::text(std::string_view key) {
  const auto found = find(key);
  auto text = found ? text_of(key, *found) : std::nullopt;
  if (!text) return text;
  const std::string_view fault = fault_of_text(text->value);
  if (fault.empty()) return text;
  refuse(*text, fault);
  return std::nullopt;
}

std::vector<Section::Text> Section::texts(std::string_view key) {
  const auto found = find(key);
  if (!found) return {};
  const auto* items = found->node.as<Node::Array>();
  // One may stand alone, as it does in the environment.
  const Node::Array alone{found->node};
  if (!items && found->node.as<std::string>()) items = &alone;
  if (!items) {
    wrong_type(key, *found, "an array of strings");
    return {};
  }
  std::vector<Text> texts;
  std::string all;
  for (const Node& item : *items) {
    auto text = text_of(key, {item, found->layer});
    if (!text) continue;
    all += (all.empty() ? "" : ", ") + text->value;
    texts.push_back(*std::move(text));
  }
  tell(key, all, found->node.where);
  return texts;
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto found = find(key);
  if (!found) return std::nullopt;
  const auto value = scalar<std::int64_t>(found->node, is_variable(found->node.where), parse_number<std::int64_t>);
  if (!value) {
    wrong_type(key, *found, "an integer");
  } else if (*value < least || *value > most) {
    reading_.refuse(found->node.where,
                    fmt::format("{}: {} is not between {} and {}", name_of(key, found->layer), *value, least, most));
  } else {
    tell(key, fmt::format("{}", *value), found->node.where);
    return value;
  }
  return std::nullopt;
}

std::optional<std::size_t> Section::choice(std::string_view key, std::span<const std::string_view> names) {
  const auto given = text(key);
  if (!given) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), given->value);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  refuse(*given, fmt::format("'{}' is not one of {}{}", given->value, list_of(names), suggestion(given->value, names)));
  return std::nullopt;
}

std::optional<BrokerUrl> Section::url(std::string_view key) {
  const auto given = text(key);
  return given ? url(*given) : std::nullopt;
}

std::optional<BrokerUrl> Section::url(const Text& given) {
  auto url = parse_broker_url(given.value);
  if (url) return url;
  // Such a text may hold a password.
  const bool has_login = given.value.find('@') != std::string::npos;
  refuse(given, has_login ? "a login does not belong into the URL; write it as 'username' and 'password'"
                          : fmt::format("'{}' is not a broker's URL; write mqtt://host:port or mqtts://host:port",
                                        given.value));
  return std::nullopt;
}

bool Section::is_array(std::string_view key) {
  const auto found = find(key);
  return found && found->node.as<Node::Array>();
}

void Section::read(std::string_view key, std::string& to) {
  if (auto given = text(key)) to = std::move(given->value);
  tell_default(key, to);
}

void Section::read(std::string_view key, bool& to) {
  if (const auto found = find(key)) {
    const auto value = scalar<bool>(found->node, is_variable(found->node.where), parse_boolean);
    if (!value) return wrong_type(key, *found, "true or false");
    to = *value;
    tell(key, to ? "true" : "false", found->node.where);
  }
  tell_default(key, to ? "true" : "false");
}

// A file that was replaced makes another value of the same name.
void Section::read(std::string_view key, std::filesystem::path& to) {
  const auto given = text(key);
  if (!given) return tell_default(key, to.string());
  to = reading_.resolve(given->value);
  Setting& setting = tell(key, to.string(), given->where);
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(to, error);
  if (!error) setting.digest ^= static_cast<std::size_t>(changed.time_since_epoch().count());
}

void Section::read(std::string_view key, std::chrono::seconds& to, std::int64_t least, std::int64_t most) {
  if (const auto value = integer(key, least, most)) to = std::chrono::seconds(*value);
  tell_default(key, fmt::format("{}", to.count()));
}

void Section::read(std::string_view key, double& to, double least, double most) {
  if (const auto found = find(key)) {
    const auto value = number_of(found->node);
    if (!value) {
      wrong_type(key, *found, "a number");
    } else if (!(*value >= least && *value <= most)) {
      reading_.refuse(found->node.where,
                      fmt::format("{}: {} is not between {} and {}", name_of(key, found->layer), *value, least, most));
    } else {
      to = *value;
      tell(key, fmt::format("{}", to), found->node.where);
    }
  }
  tell_default(key, fmt::format("{}", to));
}

void Section::read(std::string_view key, std::vector<std::filesystem::path>& to) {
  const std::vector<Text> paths = texts(key);
  if (paths.empty()) return;
  std::string all;
  for (const Text& path : paths) {
    to.push_back(reading_.resolve(path.value));
    all += (all.empty() ? "" : ", ") + to.back().string();
  }
  tell(key, all, place_of(key));
}

std::vector<Section::LayerEntry> Section::entries(std::string_view key) {
  known_.emplace_back(key);
  std::vector<LayerEntry> all;
  for (const Layer& layer : layers_) {
    const Entry* entry = layer.table ? layer.table->find(key) : nullptr;
    if (entry) all.push_back({&layer, entry});
  }
  return all;
}

const Table* Section::table(std::string_view key) {
  const auto all = entries(key);
  if (all.empty()) return nullptr;
  const Node& node = all.front().entry->value;
  if (!node.as<Table>()) {
    refuse(node.where, key, fmt::format("must be a table, not {}: write [{}]", type_name(node), key));
  }
  return node.as<Table>();
}

std::vector<const Table*> Section::tables(std::string_view key) {
  const auto all = entries(key);
  if (all.empty()) return {};
  const Node& node = all.front().entry->value;
  const auto* items = node.as<Node::Array>();
  std::vector<const Table*> tables;
  if (items) {
    for (const Node& item : *items) tables.push_back(item.as<Table>());
  }
  if (items && std::find(tables.begin(), tables.end(), nullptr) == tables.end()) return tables;
  refuse(node.where, key, fmt::format("there can be several: write [[{}]]", key));
  return {};
}

schemas::Location Section::place_of(std::string_view key) {
  if (const auto found = find(key)) return found->node.where;
  const Table* table = layers_.front().table;
  return table ? table->where : schemas::Location{reading_.file.string(), 0, 0};
}

void Section::require(std::string_view key, std::string_view what) {
  if (find(key)) {
    const auto given = text(key);
    if (!given || !given->value.empty()) return;
  }
  refuse(place_of(key), key, fmt::format("missing: {}", what));
}

void Section::refuse_unknown(const Entry& entry) {
  if (!is_variable(entry.where)) return refuse(entry.where, entry.key, "unknown key" + suggestion(entry.key, known_));
  const std::string& variable = entry.where.file;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  const std::string_view meant = schemas::nearest(entry.key, known);
  std::string hint;
  if (!meant.empty()) {
    std::string corrected = variable;
    const std::string part = variable_part(entry.key);
    corrected.replace(variable.find("__" + part) + 2, part.size(), variable_part(meant));
    hint = fmt::format("; did you mean '{}'?", corrected);
  }
  reading_.refuse(entry.where, "no key of the configuration" + hint);
}

void Section::finish() {
  if (const Table* own = layers_.front().table) {
    for (const Entry& entry : own->entries) {
      if (std::ranges::find(known_, entry.key) == known_.end()) refuse_unknown(entry);
    }
  }
  for (Setting& setting : told_) {
    setting.name = subject_ + "." + setting.name;
    reading_.settings.push_back(std::move(setting));
  }
  told_.clear();
}

}  // namespace bluetti::gateway
