// SPDX-License-Identifier: MIT
#include "gateway/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <utility>

namespace bluetti::gateway::cli {

bool is_error_terminal() {
  return isatty(STDERR_FILENO) != 0;
}

Progress::Progress(std::string what, Elsewhere elsewhere) : what_(std::move(what)) {
  if (is_error_terminal()) {
    thread_ = std::thread([this] { show(); });
  } else if (elsewhere == Elsewhere::one_line) {
    std::cerr << what_ << '\n';
  }
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  thread_.join();
  std::cerr << kClearLine << std::flush;
}

void Progress::show() {
  using std::chrono::seconds;
  const auto begin = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  seconds passed{0};
  do {
    const std::string time = passed == seconds(0) ? " ..." : fmt::format(" ... {} s", passed.count());
    std::cerr << kClearLine << what_ << time << std::flush;
    ++passed;
  } while (!changed_.wait_until(lock, begin + passed, [this] { return is_over_; }));
}

std::string asking_text(std::string_view place, std::chrono::milliseconds at_most) {
  return fmt::format("asking {} what it is, for {} s at most", place,
                     std::chrono::ceil<std::chrono::seconds>(at_most).count());
}

}  // namespace bluetti::gateway::cli
