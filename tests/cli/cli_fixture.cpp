// SPDX-License-Identifier: MIT
#include "tests/cli/cli_fixture.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "gateway/cli/commands.h"

namespace bluetti::test {
namespace {

class Redirected {
 public:
  Redirected(std::ios& stream, std::stringstream& to) : stream_(stream), before_(stream.rdbuf(to.rdbuf())) {}
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() { stream_.rdbuf(before_); }

 private:
  std::ios& stream_;
  std::streambuf* before_;
};

// The commands ask nobody and format for nobody's screen, even if the tests run on a terminal.
class NoTerminal {
 public:
  explicit NoTerminal(int descriptor) : descriptor_(descriptor), before_(fcntl(descriptor, F_DUPFD_CLOEXEC, 3)) {
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, descriptor_);
    close(nothing);
  }
  NoTerminal(const NoTerminal&) = delete;
  NoTerminal& operator=(const NoTerminal&) = delete;
  ~NoTerminal() {
    if (before_ < 0) return;
    dup2(before_, descriptor_);
    close(before_);
  }

 private:
  int descriptor_;
  int before_;
};

}  // namespace

Outcome run_program(const std::vector<std::string>& arguments, std::string_view input) {
  std::ios::sync_with_stdio(false);  // as the program does, which would otherwise undo the redirection
  const ScopedVariable no_color("NO_COLOR", "1");
  std::vector<const char*> argv{"bluetti-gateway"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());

  const NoTerminal no_input(STDIN_FILENO);
  const NoTerminal no_output(STDOUT_FILENO);
  std::stringstream in{std::string(input)};
  std::stringstream out;
  std::stringstream err;
  const Redirected redirected_in(std::cin, in);
  const Redirected redirected_out(std::cout, out);
  const Redirected redirected_err(std::cerr, err);
  const int code = gateway::cli::main(static_cast<int>(argv.size()), argv.data());
  return {code, out.str(), err.str()};
}

ScopedVariable::ScopedVariable(std::string name, const std::string& value) : name_(std::move(name)) {
  setenv(name_.c_str(), value.c_str(), 1);
}

ScopedVariable::~ScopedVariable() {
  unsetenv(name_.c_str());
}

}  // namespace bluetti::test
