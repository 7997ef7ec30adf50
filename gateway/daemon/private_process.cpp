// SPDX-License-Identifier: MIT
#include "gateway/daemon/private_process.h"

#include <sys/prctl.h>

namespace bluetti::gateway {
namespace {

#if defined(__has_feature)
#define BLUETTI_HAS_FEATURE(name) __has_feature(name)
#else
#define BLUETTI_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || BLUETTI_HAS_FEATURE(address_sanitizer)
constexpr bool kMustBeTraceable = true;
#else
constexpr bool kMustBeTraceable = false;
#endif

}  // namespace

void keep_memory_private() {
  if (!kMustBeTraceable) prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace bluetti::gateway
