// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "gateway/base/read_file.h"
#include "gateway/cli/redactor.h"
#include "gateway/config/environment.h"
#include "gateway/setup/station_snippet.h"

namespace bluetti::gateway::cli {
namespace {

// Keys whose values name nobody and open nothing. Whatever is not listed is private, unknown keys among it.
constexpr std::array<std::string_view, 46> kHarmless{
    "url", "base", "verify", "security_level", "json_state", "heartbeat", "enabled", "prefix", "birth_topic",
    "birth_payload", "language", "dead_band", "min_interval", "level", "levels", "format", "serials", "max_megabytes",
    "id", "model", "cloud_model", "account", "profile", "poll", "sign_in_url", "answer_timeout", "reconnect_delay",
    "reconnect_delay_max", "backoff_factor", "requests_per_minute", "protocol", "message_expiry", "requests", "via",
    "lan", "counters", "type", "files", "queue", "drop", "when_old", "expire_after",
    // areas of the log
    "gateway", "cloud", "local", "station"};
// Of these the name of the file is harmless, the way to it may not be.
constexpr std::array<std::string_view, 6> kPaths{"file", "folders", "ca", "certificate", "key", "sign_in_ca"};

bool has(std::span<const std::string_view> keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

// "${NAME}" alone tells nothing; a default behind it might.
bool is_plain_variable(std::string_view text) {
  return text.starts_with("${") && text.ends_with('}') && text.find(":-") == std::string_view::npos &&
         text.find("${", 2) == std::string_view::npos;
}

class Writer {
 public:
  Writer(const Environment& environment, Redactor& redactor) : environment_(environment), redactor_(redactor) {}

  void table(const gateway::Table& table, const std::string& path);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  [[nodiscard]] std::string value(const Node& node, std::string_view key, bool harmless);
  [[nodiscard]] std::string text(const std::string& text, std::string_view key, bool harmless);
  void hide(const std::string& text, std::string_view key);

  const Environment& environment_;
  Redactor& redactor_;
  std::string text_;
};

void Writer::hide(const std::string& text, std::string_view key) {
  const std::string what = fmt::format("<{}>", key);
  redactor_.hide(text, what);
  const auto substituted = substitute(text, environment_);
  if (const auto* real = std::get_if<std::string>(&substituted)) redactor_.hide(*real, what);
}

std::string Writer::text(const std::string& text, std::string_view key, bool harmless) {
  if (has(kPaths, key)) return toml_string(std::filesystem::path(text).filename().string());
  // What is harmless is still said through the vocabulary: a base, an id or a URL may hold names.
  if (harmless && text.find('@') == std::string::npos) return toml_string(text);
  hide(text, key);
  return toml_string(is_plain_variable(text) ? text : "<removed>");
}

std::string Writer::value(const Node& node, std::string_view key, bool harmless) {
  if (const auto* string = node.as<std::string>()) return text(*string, key, harmless);
  if (const auto* boolean = node.as<bool>()) return *boolean ? "true" : "false";
  std::string inside;
  if (const auto* items = node.as<Node::Array>()) {
    for (const Node& item : *items) inside += (inside.empty() ? "" : ", ") + value(item, key, harmless);
    return "[" + inside + "]";
  }
  if (const auto* inner = node.as<gateway::Table>()) {
    for (const Entry& entry : inner->entries) {
      // What a harmless table holds are numbers, by field, unit or block; its texts are looked at one by one.
      const bool known = has(kHarmless, entry.key) || (harmless && !entry.value.as<std::string>());
      inside += fmt::format("{}{} = {}", inside.empty() ? " " : ", ", toml_string(entry.key),
                            value(entry.value, entry.key, known));
    }
    return "{" + inside + " }";
  }
  const auto number = number_of(node);
  if (number && harmless) return fmt::format("{}", *number);
  if (const auto* whole = node.as<std::int64_t>()) hide(fmt::format("{}", *whole), key);
  return "\"<removed>\"";
}

void Writer::table(const gateway::Table& table, const std::string& path) {
  for (const Entry& entry : table.entries) {
    if (entry.value.as<gateway::Table>() && path.empty()) continue;
    const auto* items = entry.value.as<Node::Array>();
    if (items && !items->empty() && items->front().as<gateway::Table>()) continue;
    text_ += fmt::format("{} = {}\n", entry.key, value(entry.value, entry.key, has(kHarmless, entry.key)));
  }
  if (!path.empty()) return;
  for (const Entry& entry : table.entries) {
    if (const auto* inner = entry.value.as<gateway::Table>()) {
      text_ += fmt::format("\n[{}]\n", entry.key);
      this->table(*inner, entry.key);
    }
    const auto* items = entry.value.as<Node::Array>();
    if (!items) continue;
    for (const Node& item : *items) {
      if (const auto* inner = item.as<gateway::Table>()) {
        text_ += fmt::format("\n[[{}]]\n", entry.key);
        this->table(*inner, entry.key);
      }
    }
  }
}

}  // namespace

std::string redacted_config(const gateway::Table& document, const Environment& environment, Redactor& redactor) {
  Writer writer(environment, redactor);
  writer.table(document, {});
  return writer.take();
}

}  // namespace bluetti::gateway::cli
