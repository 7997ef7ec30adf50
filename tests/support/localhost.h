// SPDX-License-Identifier: MIT
// Whether this machine knows the name `localhost`: a bare chroot without /etc/hosts does not. Tests use 127.0.0.1,
// except those that are about names.
#pragma once

#include <netdb.h>

namespace bluetti::test {

[[nodiscard]] inline bool knows_localhost() {
  addrinfo* found = nullptr;
  if (getaddrinfo("localhost", nullptr, nullptr, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

inline constexpr const char* kNoLocalhost = "this machine does not know the name localhost: /etc/hosts lacks it";

}  // namespace bluetti::test
