// SPDX-License-Identifier: MIT
#include "gateway/base/background.h"

#include <mutex>
#include <thread>
#include <utility>

namespace bluetti::gateway {

struct Background::Lifetime {
  std::mutex mutex;
  bool over = false;
};

Background::Background() : lifetime_(std::make_shared<Lifetime>()) {}

Background::~Background() {
  const std::lock_guard lock(lifetime_->mutex);
  lifetime_->over = true;
}

void Background::run(std::function<HandOver()> work) {
  std::thread([lifetime = lifetime_, work = std::move(work)] {
    const HandOver hand_over = work();
    const std::lock_guard lock(lifetime->mutex);
    if (!lifetime->over && hand_over) hand_over();
  }).detach();
}

}  // namespace bluetti::gateway
