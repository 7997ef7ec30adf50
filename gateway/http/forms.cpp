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

// The value of a parameter in a header: name="field".
std::string_view parameter(std::string_view header, std::string_view name) {
  const std::size_t at = header.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = header.substr(at + name.size());
  return rest.starts_with('"') ? rest.substr(1, rest.find('"', 1) - 1) : rest.substr(0, rest.find_first_of("; \r\n"));
}

}  // namespace

std::optional<Fields> parse_multipart(std::string_view content_type, std::string_view body) {
  constexpr std::size_t kLongestBoundary = 70;  // RFC 2046
  constexpr std::string_view kEndOfHeaders = "\r\n\r\n";
  const std::string_view boundary = parameter(content_type, "boundary=");
  if (boundary.empty() || boundary.size() > kLongestBoundary) return std::nullopt;
  const std::string opening = "--" + std::string(boundary);
  const std::string delimiter = "\r\n" + opening;
  if (!body.starts_with(opening)) return std::nullopt;
  body.remove_prefix(opening.size());
  Fields fields;
  while (body.starts_with("\r\n")) {
    const std::size_t headers = body.find(kEndOfHeaders);
    if (headers == std::string_view::npos) return std::nullopt;
    const std::string_view name = parameter(body.substr(0, headers), " name=");
    body.remove_prefix(headers + kEndOfHeaders.size());
    const std::size_t end = body.find(delimiter);
    if (end == std::string_view::npos || name.empty()) return std::nullopt;
    fields[std::string(name)] = body.substr(0, end);
    body.remove_prefix(end + delimiter.size());
  }
  return body.starts_with("--") ? std::optional(std::move(fields)) : std::nullopt;
}

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
