// SPDX-License-Identifier: MIT
// A text that must not be seen: it cannot be printed, formatted or compared by accident, is kept out of swap where the
// system allows it, and is wiped when it goes or is replaced. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bluetti::gateway {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  Secret(const Secret& other) : Secret(other.text_) {}
  Secret(Secret&&) = default;
  // By value: what was here before goes with the argument, and is wiped.
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret();

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

}  // namespace bluetti::gateway
