// SPDX-License-Identifier: MIT
#include "gateway/base/host_port.h"

#include <arpa/inet.h>

#include <algorithm>

#include "gateway/base/ascii.h"
#include "gateway/base/parse_number.h"

namespace bluetti::gateway {
namespace {

bool is_host_as(std::string_view text, bool bracketed) {
  const auto allowed = [bracketed](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || (bracketed ? c == ':' : c == '-' || c == '_');
  };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

}  // namespace

bool is_host(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return is_host_as(text, false);
  const std::size_t end = text.find('%');  // a link-local address needs an interface
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text.substr(0, end)).c_str(), &address) == 1 &&
         (end == std::string_view::npos || is_host_as(text.substr(end + 1), false));
}

std::string host_port_text(std::string_view host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  return (is_ipv6 ? '[' + std::string(host) + ']' : std::string(host)) + ':' + std::to_string(port);
}

std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos) return std::nullopt;
  const std::string_view host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  std::string_view rest = text.substr(std::min(bracketed ? end + 1 : end, text.size()));
  if (!is_host_as(host, bracketed)) return std::nullopt;
  if (rest.empty()) return HostPort{std::string(host), default_port};
  if (!rest.starts_with(':')) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(rest.substr(1));
  if (!port || *port == 0) return std::nullopt;
  return HostPort{std::string(host), *port};
}

std::optional<HostPort> parse_https_url(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::uint16_t kHttps = 443;
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  return parse_host_port(text, kHttps);
}

}  // namespace bluetti::gateway
