// SPDX-License-Identifier: MIT
#include "gateway/cli/tool_output.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "gateway/base/descriptor.h"

namespace bluetti::gateway::cli {
namespace {

using Clock = std::chrono::steady_clock;

// What it prints goes to `to`; it reads nothing and is not heard otherwise. Negative: it is not there.
pid_t start(const std::vector<std::string>& command, int to) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
  pid_t process = -1;
  const int result = posix_spawnp(&process, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return result == 0 ? process : -1;
}

// False: the time is over, or it prints more than anybody wants.
bool read_all(int from, Clock::time_point deadline, std::size_t most_bytes, std::string& text) {
  std::array<char, 4096> buffer;
  while (text.size() < most_bytes) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd watched{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = left <= 0 ? 0 : ::poll(&watched, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const auto size = ::read(from, buffer.data(), std::min(buffer.size(), most_bytes - text.size()));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return false;
}

}  // namespace

std::optional<ToolOutput> output_of(const std::vector<std::string>& command, std::chrono::milliseconds within,
                                    std::size_t most_bytes) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  const Descriptor from(ends[0]);
  pid_t process = -1;
  {
    const Descriptor to(ends[1]);
    process = start(command, to.get());
  }
  if (process < 0) return std::nullopt;
  ToolOutput output;
  output.is_in_time = read_all(from.get(), Clock::now() + within, most_bytes, output.text);
  if (!output.is_in_time) kill(process, SIGKILL);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  output.has_failed = output.is_in_time && !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return output;
}

}  // namespace bluetti::gateway::cli
