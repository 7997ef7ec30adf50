// SPDX-License-Identifier: MIT
// The real binary at a terminal, and the test types. Killed and reaped at the end.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bluetti::test {

class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& command,
                    const std::map<std::string, std::string>& environment = {});
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  // Waits until `question` is shown, after what was there when something was last typed, and types the answer. False:
  // it was not asked.
  [[nodiscard]] bool answer(std::string_view question, std::string_view line);
  // Waits for the end: the exit code.
  [[nodiscard]] int wait();
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  [[nodiscard]] bool read_more();  // false: the process has ended, or patience has

  pid_t child_ = -1;
  int terminal_ = -1;
  std::string shown_;
  std::size_t looked_at_ = 0;
};

}  // namespace bluetti::test
