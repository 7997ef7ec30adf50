// SPDX-License-Identifier: MIT
#include "gateway/station/registers.h"

#include <algorithm>

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

Duration ReadPolicy::delay_after(int attempt) const {
  Duration delay = first_delay;
  for (int doubled = 1; doubled < attempt && delay < longest_delay; ++doubled) delay *= 2;
  return std::min(delay, longest_delay);
}

}  // namespace bluetti::gateway
