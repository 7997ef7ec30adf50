// SPDX-License-Identifier: MIT
#include "gateway/http/forms.h"

#include <nlohmann/json.hpp>

#include "gateway/base/digests.h"

namespace bluetti::gateway::http {
namespace {

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto byte = from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += *byte;
    i += 2;
  }
  return out;
}

}  // namespace

std::optional<Fields> parse_form(std::string_view body) {
  Fields fields;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = unescaped(pair.substr(0, equals));
    auto value = unescaped(pair.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    fields[*name] = *std::move(value);
  }
  return fields;
}

std::optional<Fields> parse_json_fields(std::string_view body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  Fields fields;
  for (const auto& [name, value] : parsed.items()) {
    if (value.is_string()) {
      fields[name] = value.get<std::string>();
    } else if (value.is_boolean()) {
      fields[name] = value.get<bool>() ? "ON" : "OFF";
    } else if (value.is_number()) {
      fields[name] = value.dump();
    } else {
      return std::nullopt;
    }
  }
  return fields;
}

}  // namespace bluetti::gateway::http
