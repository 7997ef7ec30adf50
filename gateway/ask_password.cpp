// SPDX-License-Identifier: MIT
#include "gateway/ask_password.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <utility>

namespace bluetti::gateway {

std::optional<Secret> ask_password(std::string_view whose) {
  termios before{};
  if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before) != 0) return std::nullopt;
  std::cerr << "Password of " << whose << ": " << std::flush;
  termios hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string line;
  const bool typed = static_cast<bool>(std::getline(std::cin, line));
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << '\n';
  if (!typed) return std::nullopt;
  return Secret(std::move(line));
}

}  // namespace bluetti::gateway
