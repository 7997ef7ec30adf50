// SPDX-License-Identifier: MIT
// A socket that listens.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace bluetti::gateway::http {

struct Listening {
  int socket = -1;         // the caller's
  std::uint16_t port = 0;  // that was asked for, or one that was free
};
// A message for a person if it cannot be.
[[nodiscard]] std::variant<Listening, std::string> listen_on(const std::string& host, std::uint16_t port);

}  // namespace bluetti::gateway::http
