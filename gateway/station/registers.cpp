// SPDX-License-Identifier: MIT
#include "gateway/station/registers.h"

namespace bluetti::gateway {

std::string_view name_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::silent:
      return "silent";
    case FailureKind::refused:
      return "refused";
    case FailureKind::busy:
      return "busy";
    case FailureKind::disconnected:
      return "disconnected";
    case FailureKind::invalid:
      return "invalid";
  }
  return "unknown";
}

}  // namespace bluetti::gateway
