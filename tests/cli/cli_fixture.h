// SPDX-License-Identifier: MIT
// Runs the program's commands inside the test, with what they print.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bluetti::test {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

// As typed after "bluetti-gateway", with `input` on standard input.
[[nodiscard]] Outcome run_program(const std::vector<std::string>& arguments, std::string_view input = {});

// A variable of the process's environment for as long as this lives.
class ScopedVariable {
 public:
  ScopedVariable(std::string name, const std::string& value);
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable();

 private:
  std::string name_;
};

}  // namespace bluetti::test
