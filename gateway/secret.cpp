// SPDX-License-Identifier: MIT
#include "gateway/secret.h"

#include <string.h>  // explicit_bzero is not in <cstring>

namespace bluetti::gateway {

Secret::~Secret() {
  text_.resize(text_.capacity());  // what was moved away may have left its bytes behind
  explicit_bzero(text_.data(), text_.size());
}

}  // namespace bluetti::gateway
