// SPDX-License-Identifier: MIT
// [http]: where the page listens, and who may see it.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "gateway/base/host_port.h"
#include "gateway/config/parts.h"

namespace bluetti::gateway {
namespace {

constexpr std::size_t kShortestToken = 16;  // letters: nobody guesses it, whatever the pace
constexpr std::string_view kSuggestedListen = "127.0.0.1:8089";

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void read_listen(Section& section, HttpConfig& http) {
  const auto given = section.text("listen");
  section.tell_default("listen", "");
  if (!given || given->value.empty()) return;
  const auto parsed = parse_host_port(given->value, http.port);
  if (!parsed || (parsed->host != "localhost" && !is_address(parsed->host))) {
    return section.refuse(*given, fmt::format("'{}' is no address to listen on; write \"{}\", or \"0.0.0.0:{}\" for "
                                              "the whole network",
                                              given->value, kSuggestedListen, http.port));
  }
  http.host = parsed->host;
  http.port = parsed->port;
}

void read_hosts(Section& section, HttpConfig& http) {
  for (const Section::Text& host : section.texts("hosts")) {
    const auto parsed = parse_host_port(host.value, 0);
    if (!parsed || parsed->port != 0) {
      section.refuse(host, fmt::format("'{}' is no host name; write it without scheme and port", host.value));
      continue;
    }
    std::string name = parsed->host;
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    http.hosts.push_back(std::move(name));
  }
}

bool is_good_token(std::string_view token) {
  return token.size() >= kShortestToken && std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

void read_http(Section& root, Reading& reading, const ControlConfig& control, HttpConfig& http) {
  Section section(reading, "http", root.table("http"));
  read_listen(section, http);
  section.read_secret("token", http.token);
  section.read("control", http.control);
  section.read("ingress", http.ingress);
  read_hosts(section, http);
  const bool has_token = !http.token.empty();
  if (has_token && !is_good_token(http.token.reveal())) {
    section.refuse(
        section.place_of("token"), "token",
        fmt::format("needs {} printable characters or more; `openssl rand -hex 16` makes one", kShortestToken));
  }
  if (http.enabled() && !is_this_machine(http.host) && !has_token && !http.ingress) {
    section.refuse(section.place_of("listen"), "listen",
                   fmt::format("'{}' can be reached from other machines: set `token_file`, or listen on {}", http.host,
                               kSuggestedListen));
  }
  if (http.control && !has_token) section.require("token_file", "`control = true` needs a token");
  if (http.control && !control.enabled) {
    section.refuse(section.place_of("control"), "control", "needs `enabled = true` in [control] as well");
  }
  section.finish();
}

}  // namespace bluetti::gateway
