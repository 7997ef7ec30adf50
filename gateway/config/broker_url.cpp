// SPDX-License-Identifier: MIT
#include <algorithm>

#include "gateway/base/ascii.h"
#include "gateway/base/host_port.h"
#include "gateway/base/parse_number.h"
#include "gateway/config/config.h"

namespace bluetti::gateway {
namespace {

bool is_host(std::string_view text, bool bracketed) {
  const auto allowed = [&](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || (bracketed && (c == ':' || c == '%'));
  };
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), allowed);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<BrokerUrl> parse_broker_url(std::string_view text) {
  BrokerUrl url;
  if (take_prefix(text, "mqtts://")) {
    url.tls = true;
    url.port = 8883;
  } else if (!take_prefix(text, "mqtt://")) {
    return std::nullopt;
  }
  if (text.ends_with('/')) text.remove_suffix(1);

  const bool bracketed = take_prefix(text, "[");
  const std::size_t host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (host_end == std::string_view::npos || !is_host(text.substr(0, host_end), bracketed)) return std::nullopt;
  url.host = text.substr(0, host_end);
  text.remove_prefix(host_end + (bracketed ? 1 : 0));

  if (text.empty()) return url;
  if (!take_prefix(text, ":")) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(text);
  if (!port || *port == 0) return std::nullopt;
  url.port = *port;
  return url;
}

std::string BrokerUrl::text() const {
  if (is_unix_socket()) return "unix://" + host;
  return (tls ? "mqtts://" : "mqtt://") + host_port_text(host, port) + (address.empty() ? "" : " (" + address + ")");
}

std::string LocalConfig::broker() const {
  if (supervisor) return "the broker that the Supervisor names";
  std::string text = url.text();
  for (const BrokerUrl& another : more_urls) text += ", " + another.text();
  return text;
}

}  // namespace bluetti::gateway
