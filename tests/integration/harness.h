// SPDX-License-Identifier: MIT
// Real parts for the integration tests: processes, mosquitto brokers on free loopback ports, throw-away certificates
// and a subscriber. Everything a test starts ends with it, by pid. Waits are bounded and end as soon as what they wait
// for is there.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bluetti::test {

using namespace std::chrono_literals;
inline constexpr std::chrono::seconds kPatience{20};  // a loaded machine may take this long

// True as soon as the condition holds, false when patience has run out.
[[nodiscard]] bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience = kPatience);

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

// A child process with its output in a file, after what earlier ones have left there. Killed and reaped at the end.
class Process {
 public:
  Process(std::vector<std::string> command, const std::filesystem::path& log,
          const std::map<std::string, std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  // The exit code, 128 + signal if it was killed; nothing if it still runs after this time.
  std::optional<int> wait(std::chrono::milliseconds patience = kPatience);
  [[nodiscard]] std::string output() const;  // its own standard output and standard error
  [[nodiscard]] bool says(std::string_view text, std::chrono::milliseconds patience = kPatience) const;
  [[nodiscard]] std::size_t times_said(std::string_view text) const;  // so far

 private:
  pid_t pid_ = -1;
  std::optional<int> code_;
  std::filesystem::path log_;
  std::uintmax_t earlier_ = 0;  // bytes in the file from before
};

// Runs a command to its end: exit code and output.
struct Finished {
  int code = -1;
  std::string output;
};
[[nodiscard]] Finished run_to_end(std::vector<std::string> command,
                                  const std::map<std::string, std::string>& environment = {});

// Made by scripts/certificates, which lists them, when the tests are built; each program has copies of its own.
[[nodiscard]] const std::filesystem::path& certificates();
inline constexpr std::string_view kPassword = "demo";

[[nodiscard]] std::uint16_t free_port();  // of the loopback interface

// A mosquitto on loopback. Starts at construction; can be stopped and started again on the same port.
class Broker {
 public:
  enum class Kind : std::uint8_t { plain, mutual_tls };
  // `server`: the certificate it shows, by its name in certificates().
  explicit Broker(Kind kind, std::string server = "server");

  void start(const std::string& extra = {});  // more configuration; what is given twice counts as said last
  void stop();
  void restart_as(std::string server);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<std::string> client_arguments() const;  // for mosquitto_pub and mosquitto_sub

  void publish(const std::string& topic, std::string_view bytes, bool retained = false) const;

 private:
  Kind kind_;
  std::string server_;
  TempDir dir_;
  std::uint16_t port_ = 0;
  std::optional<Process> process_;
};

// What a client that still runs has written, without a last line that may not be there to its end.
[[nodiscard]] std::string whole_lines(std::string text);

// A mosquitto_sub that listens from its start on and finds its broker again after a restart.
class Subscriber {
 public:
  Subscriber(const Broker& broker, std::vector<std::string> topics);

  // Topic -> payload of everything that is retained now, as a new subscriber sees it. Takes a second.
  [[nodiscard]] static std::map<std::string, std::string> retained(const Broker& broker, const std::string& topic);

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> messages() const;
  [[nodiscard]] std::string latest(const std::string& topic) const;  // empty: nothing was read, or an empty payload

 private:
  TempDir dir_;
  Process process_;
};

[[nodiscard]] constexpr bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

[[nodiscard]] std::string gateway_binary();

}  // namespace bluetti::test
