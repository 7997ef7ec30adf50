// SPDX-License-Identifier: MIT
// What TLS needs for one connection, as files that a library can open; memory files qualify.
#pragma once

#include <optional>
#include <string>

#include "gateway/config/config.h"

namespace bluetti::gateway {

struct TlsMaterial {
  std::string authorities;  // CA certificates; empty: the system's
  std::string certificate;  // client certificate chain; empty: none
  std::string private_key;  // empty: in `certificate`
  Verify verify = Verify::full;
  std::optional<int> security_level;
  std::string pinned;  // for Verify::pinned: PEM of the only server certificate to accept, not a file

  [[nodiscard]] const std::string& key_file() const { return private_key.empty() ? certificate : private_key; }
};

}  // namespace bluetti::gateway
