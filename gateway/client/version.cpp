// SPDX-License-Identifier: MIT
#include <bluetti/version.h>

namespace bluetti {

std::string_view library_version() noexcept {
  return BLUETTI_CLIENT_VERSION;
}

}  // namespace bluetti
