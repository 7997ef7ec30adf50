// SPDX-License-Identifier: MIT
// What is waited for, and how long already: on a terminal one line of standard error that is written over, and gone at
// the end. Elsewhere nothing, or one line.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace bluetti::gateway::cli {

inline constexpr std::string_view kClearLine = "\r\x1b[K";  // of a terminal

[[nodiscard]] bool is_error_terminal();

class Progress {
 public:
  enum class Elsewhere : std::uint8_t { silent, one_line };  // where there is no terminal

  explicit Progress(std::string what, Elsewhere elsewhere = Elsewhere::silent);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

 private:
  void show();

  const std::string what_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;
};

// Of a host on the local network.
[[nodiscard]] std::string asking_text(std::string_view place, std::chrono::milliseconds at_most);

}  // namespace bluetti::gateway::cli
