// SPDX-License-Identifier: MIT
#include "tests/cli/cli_fixture.h"

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

}  // namespace

Outcome run_program(const std::vector<std::string>& arguments, std::string_view input) {
  std::ios::sync_with_stdio(false);  // as the program does, which would otherwise undo the redirection
  const ScopedVariable no_color("NO_COLOR", "1");
  std::vector<const char*> argv{"bluetti-gateway"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());

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
