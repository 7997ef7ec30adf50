// SPDX-License-Identifier: MIT
#include "gateway/observe/health_file.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "gateway/base/private_file.h"

namespace bluetti::gateway {

namespace fs = std::filesystem;

HealthFile::HealthFile(fs::path path) : path_(std::move(path)) {
  if (!path_.empty()) thread_ = std::thread([this] { run(); });
}

HealthFile::~HealthFile() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void HealthFile::write(std::string content) {
  {
    const std::lock_guard lock(mutex_);
    waiting_ = std::move(content);
  }
  changed_.notify_all();
}

void HealthFile::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return waiting_ || over_; });
    if (over_) return;
    const std::string content = *std::exchange(waiting_, std::nullopt);
    lock.unlock();
    replace(content);
    lock.lock();
  }
}

// Not synced to the disk: after a power failure it means nothing.
void HealthFile::replace(const std::string& content) {
  const std::error_code error = replace_passing_file(path_, content);
  if (error && !std::exchange(failed_, true)) {
    spdlog::warn("health file {} could not be written: {}; {}", path_.string(), error.message(),
                 remedy_for(error, path_));
  }
  if (!error) failed_ = false;
}

}  // namespace bluetti::gateway
