// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "gateway/base/read_file.h"
#include "gateway/config/section.h"

namespace bluetti::gateway {
namespace {

bool is_substituted(const Node& node) {
  const auto* text = node.as<std::string>();
  return text && text->find("${") != std::string::npos;
}

// What an editor or a shell has most likely left there.
std::string_view doubt_about(std::string_view secret) {
  constexpr std::string_view kBlanks = " \t\r\n";
  if (secret.empty()) return "is empty: so is the secret";
  if (kBlanks.find(secret.front()) == std::string_view::npos && kBlanks.find(secret.back()) == std::string_view::npos) {
    return {};
  }
  return "begins or ends with a blank or an empty line, which is taken as part of the secret";
}

}  // namespace

bool Section::read_secret(std::string_view key, Secret& to) {
  const std::string file_key = fmt::format("{}_file", key);
  auto literal = find(key);
  auto file = find(file_key);
  // Of two ways the nearer is taken: the environment's, then that of the table itself.
  const auto distance = [](const Found& found) { return is_variable(found.node.where) ? 0 : found.layer + 1; };
  if (literal && file && distance(*literal) == distance(*file)) {
    refuse(file->node.where, file_key, fmt::format("'{}' is given as well; keep one of the two", key));
    return true;
  }
  if (literal && (!file || distance(*literal) < distance(*file))) {
    auto text = text_of(key, *literal);
    if (!text) return true;
    if (!is_variable(literal->node.where) && !text->value.empty() && !is_substituted(literal->node) &&
        others_can_read(reading_.file)) {
      reading_.warnings.push_back(
          {literal->node.where, fmt::format("{}: a secret in a file that others can read; chmod 600 {}, or use '{}'",
                                            name_of(key, literal->layer), reading_.file.string(), file_key)});
    }
    to = Secret(std::move(text->value));
    tell_secret(key, to, literal->node.where);
    return true;
  }
  if (!file) return false;
  const auto path = text_of(file_key, *file);
  if (!path) return true;
  if (auto secret = secret_from_file(*path)) to = *std::move(secret);
  tell_secret(key, to, path->where);
  return true;
}

std::optional<Secret> Section::secret_from_file(const Text& path) {
  const std::filesystem::path file = reading_.resolve(path.value);
  auto read = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&read)) {
    const std::string advice = advice_on_reading(*error);
    refuse(path, fmt::format("{} cannot be read: {}{}{}", file.string(), error->message(), advice.empty() ? "" : "; ",
                             advice));
    return std::nullopt;
  }
  auto& content = std::get<std::string>(read);
  if (others_can_read(file)) {
    reading_.warnings.push_back(
        {path.where, fmt::format("{}: others can read {}; chmod 600 {}", path.name, file.string(), file.string())});
  }
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (const std::string_view doubt = doubt_about(content); !doubt.empty()) {
    reading_.warnings.push_back({path.where, fmt::format("{}: {} {}", path.name, file.string(), doubt)});
  }
  return Secret(std::move(content));
}

}  // namespace bluetti::gateway
