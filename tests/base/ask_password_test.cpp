// SPDX-License-Identifier: MIT
// A person at a terminal is asked for a password: a real terminal, and the test types.
#include "gateway/base/ask_password.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/support/pseudo_terminal.h"

namespace bluetti::test {
namespace {

constexpr int kTyped = 0;
constexpr int kSomethingElse = 1;
constexpr int kNothing = 2;

class AskPassword : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
    std::fflush(stdout);  // or the child writes it too
    child_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    ASSERT_GE(child_, 0);
    if (child_ == 0) ask();
    read_until("Password of me.pfx: ");
  }
  void TearDown() override {
    if (child_ > 0) close(terminal_);
  }

  [[noreturn]] static void ask() {
    sigset_t all;  // as where another thread waits for signals
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    const auto typed = gateway::ask_password("me.pfx");
    if (!typed) _exit(kNothing);
    _exit(typed->reveal() == "open sesame" ? kTyped : kSomethingElse);
  }

  void read_until(std::string_view text) {
    std::array<char, 256> some{};
    while (!shown_.ends_with(text)) {
      const ssize_t size = read(terminal_, some.data(), some.size());
      ASSERT_GT(size, 0) << shown_;
      shown_.append(some.data(), static_cast<std::size_t>(size));
    }
  }
  void type(std::string_view text) const {
    ASSERT_EQ(write(terminal_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  // How the process ended, which has shown no more than the end of the line.
  int outcome() {
    read_until("\r\n");
    EXPECT_EQ(shown_, "Password of me.pfx: \r\n");
    termios now{};
    EXPECT_EQ(tcgetattr(terminal_, &now), 0);
    EXPECT_NE(now.c_lflag & ECHO, 0U) << "the terminal shows again what is typed";
    EXPECT_NE(now.c_lflag & ISIG, 0U);
    int status = 0;
    waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  pid_t child_ = -1;
  int terminal_ = -1;
  std::string shown_;
};

TEST_F(AskPassword, TakesALineAndDoesNotShowIt) {
  type("open sesame\n");
  EXPECT_EQ(outcome(), kTyped);
}

TEST_F(AskPassword, TheFirstControlCEndsIt) {
  type("open s\x03");
  EXPECT_EQ(outcome(), 128 + SIGINT);
}

TEST_F(AskPassword, TheEndOfTheInputIsNoPassword) {
  type("\x04");
  EXPECT_EQ(outcome(), kNothing);
}

}  // namespace
}  // namespace bluetti::test
