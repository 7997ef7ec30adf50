// SPDX-License-Identifier: MIT
// "host", "host:port", "[::1]:port". Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bluetti::gateway {

struct HostPort {
  std::string host;  // an IPv6 address without its brackets
  std::uint16_t port = 0;
};

// "host:port", as parse_host_port() reads it: an IPv6 address in brackets.
[[nodiscard]] std::string host_port_text(std::string_view host, std::uint16_t port);

// A name or an address, of letters that those have; an IPv6 address without brackets. No port, no scheme.
[[nodiscard]] bool is_host(std::string_view text);

// Nothing: not of this form, or a host with characters that no host name has.
[[nodiscard]] std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port);

// "https://host" or "https://host:port", with nothing behind but perhaps a '/'.
[[nodiscard]] std::optional<HostPort> parse_https_url(std::string_view text);

}  // namespace bluetti::gateway
