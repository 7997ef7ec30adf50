// SPDX-License-Identifier: MIT
#include "gateway/base/ask_password.h"

#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::size_t kLongest = 1024;  // bytes; room made at once, so that no copy is left behind

// While it lives, the terminal does not show what is typed. The key that interrupts comes as a character and ends the
// line: a signal might go to a thread that cannot end the waiting here, or leave the terminal as it is.
class Hidden {
 public:
  explicit Hidden(const termios& before) : before_(before) {
    termios hidden = before;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    hidden.c_cc[VEOL] = before.c_cc[VINTR];
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;
  ~Hidden() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::cerr << std::endl;
  }

 private:
  const termios& before_;
};

}  // namespace

std::optional<Secret> ask_hidden(std::string_view question) {
  termios before{};
  if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before) != 0) return std::nullopt;
  const char interrupt = static_cast<char>(before.c_cc[VINTR]);
  std::string line;
  line.reserve(kLongest);
  char typed = 0;
  bool goes_on = true;
  {
    const Hidden hidden(before);
    std::cerr << question << ": " << std::flush;
    while ((goes_on = read(STDIN_FILENO, &typed, 1) == 1) && typed != '\n' && typed != interrupt) line += typed;
  }
  if (goes_on && typed == interrupt) std::_Exit(128 + SIGINT);
  if (!goes_on && line.empty()) return std::nullopt;
  return Secret(std::move(line));
}

std::optional<Secret> ask_password(std::string_view whose) {
  return ask_hidden("Password of " + std::string(whose));
}

}  // namespace bluetti::gateway
