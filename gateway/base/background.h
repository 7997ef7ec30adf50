// SPDX-License-Identifier: MIT
// Work that waits for the network or a resolver, on a thread of its own. Its result is handed over only while the one
// who asked still exists, and never while that one is being destroyed.
#pragma once

#include <functional>
#include <memory>

namespace bluetti::gateway {

class Background {
 public:
  Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background();  // waits for a hand-over that is under way, not for the work

  using HandOver = std::function<void()>;

  // Runs `work` on a new thread, and what it returns there afterwards. `work` must own all it uses.
  void run(std::function<HandOver()> work);

 private:
  struct Lifetime;
  std::shared_ptr<Lifetime> lifetime_;
};

}  // namespace bluetti::gateway
