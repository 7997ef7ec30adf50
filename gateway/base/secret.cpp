// SPDX-License-Identifier: MIT
#include "gateway/base/secret.h"

#include <string.h>  // explicit_bzero is not in <cstring>
#include <sys/mman.h>

namespace bluetti::gateway {

// The kernel locks whole pages and does not count: they stay locked, since other secrets may lie on them. Where the
// limit is reached (RLIMIT_MEMLOCK) the secret may be swapped out, which is no reason to refuse it.
Secret::Secret(std::string text) : text_(std::move(text)) {
  if (!text_.empty()) static_cast<void>(mlock(text_.data(), text_.capacity()));
}

Secret::~Secret() {
  text_.resize(text_.capacity());  // what was moved away may have left its bytes behind
  explicit_bzero(text_.data(), text_.size());
}

}  // namespace bluetti::gateway
