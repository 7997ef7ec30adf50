// SPDX-License-Identifier: MIT
// A file descriptor that is closed with its scope.
#pragma once

#include <unistd.h>

namespace bluetti::gateway {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}  // negative: none
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

}  // namespace bluetti::gateway
