// SPDX-License-Identifier: MIT
// The file by which `bluetti-gateway health` knows how the daemon is: replaced as a whole, readable by everybody, gone
// when the daemon has ended. Written on a thread of its own, so that a disk that hangs cannot stop the loop; of several
// versions in a row only the last is written. The loop's thread only.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace bluetti::gateway {

class HealthFile {
 public:
  // An empty path: nothing is written. What cannot be written is logged once.
  explicit HealthFile(std::filesystem::path path);
  HealthFile(const HealthFile&) = delete;
  HealthFile& operator=(const HealthFile&) = delete;
  ~HealthFile();

  // Returns at once.
  void write(std::string content);

 private:
  void run();
  void replace(const std::string& content);

  const std::filesystem::path path_;
  bool failed_ = false;  // the thread's own
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> waiting_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace bluetti::gateway
