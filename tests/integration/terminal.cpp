// SPDX-License-Identifier: MIT
#include "tests/integration/terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "tests/integration/harness.h"

namespace bluetti::test {

Terminal::Terminal(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::fflush(stdout);  // or the child writes it too
  child_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
  if (child_ < 0) throw std::runtime_error("no terminal");
  if (child_ > 0) return;
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

Terminal::~Terminal() {
  close(terminal_);
  if (child_ <= 0) return;
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

bool Terminal::read_more() {
  pollfd readable{.fd = terminal_, .events = POLLIN, .revents = 0};
  if (poll(&readable, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) <= 0) return false;
  std::array<char, 4096> some{};
  const ssize_t size = read(terminal_, some.data(), some.size());
  if (size > 0) shown_.append(some.data(), static_cast<std::size_t>(size));
  return size > 0;
}

bool Terminal::answer(std::string_view question, std::string_view line) {
  std::size_t at = 0;
  while ((at = shown_.find(question, looked_at_)) == std::string::npos) {
    if (!read_more()) return false;
  }
  looked_at_ = at + question.size();
  const std::string typed = std::string(line) + "\n";
  return write(terminal_, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size());
}

int Terminal::wait() {
  while (read_more()) {
  }
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace bluetti::test
