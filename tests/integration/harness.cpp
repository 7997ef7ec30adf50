// SPDX-License-Identifier: MIT
#include "tests/integration/harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace bluetti::test {
namespace {

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

class Socket {
 public:
  Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool listens(std::uint16_t port) {
  const Socket socket;
  const sockaddr_in address = loopback(port);
  return connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!extra.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [name, value] : extra) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::string mosquitto() {
  for (const char* path : {"/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return "mosquitto";
}

}  // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return condition();
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "bluetti-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
  std::filesystem::permissions(path_, std::filesystem::perms(0755));  // mosquitto gives up root before it reads
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::write(std::string_view name, std::string_view text) const {
  const std::filesystem::path file = path_ / name;
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

Process::Process(std::vector<std::string> command, const std::filesystem::path& log,
                 const std::map<std::string, std::string>& environment)
    : log_(log) {
  std::error_code is_new;
  if (const auto size = std::filesystem::file_size(log, is_new); !is_new) earlier_ = size;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::vector<std::string> variables = environment_with(environment);
  const int result =
      posix_spawnp(&pid_, command[0].c_str(), &actions, nullptr, pointers(command).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (result != 0) throw std::runtime_error("cannot start " + command[0]);
}

Process::~Process() {
  if (code_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
  kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds patience) {
  (void)eventually(
      [this] {
        int status = 0;
        if (!code_ && waitpid(pid_, &status, WNOHANG) == pid_) {
          code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        return code_.has_value();
      },
      patience);
  return code_;
}

std::string Process::output() const {
  return read_file(log_).substr(earlier_);
}

std::size_t Process::times_said(std::string_view text) const {
  const std::string said = output();
  std::size_t times = 0;
  for (auto at = said.find(text); at != std::string::npos; at = said.find(text, at + text.size())) ++times;
  return times;
}

bool Process::says(std::string_view text, std::chrono::milliseconds patience) const {
  return eventually([&] { return output().find(text) != std::string::npos; }, patience);
}

Finished run_to_end(std::vector<std::string> command, const std::map<std::string, std::string>& environment) {
  const TempDir dir;
  Process process(std::move(command), dir.path() / "output", environment);
  const std::optional<int> code = process.wait();
  return {code.value_or(-1), process.output()};
}

const std::filesystem::path& certificates() {
  static const TempDir dir;
  static const bool copied = [] {
    for (const auto& entry : std::filesystem::directory_iterator(CERTIFICATES)) {
      const std::filesystem::path copy = dir.path() / entry.path().filename();
      std::filesystem::copy_file(entry.path(), copy);
      std::filesystem::permissions(copy, std::filesystem::perms(0644));  // mosquitto reads them as itself
    }
    return true;
  }();
  (void)copied;
  return dir.path();
}

std::uint16_t free_port() {
  const Socket socket;
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  if (bind(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

Broker::Broker(Kind kind, std::string server) : kind_(kind), server_(std::move(server)), port_(free_port()) {
  start();
}

void Broker::restart_as(std::string server) {
  stop();
  server_ = std::move(server);
  start();
}

void Broker::start(const std::string& extra) {
  std::string config = "listener " + std::to_string(port_) +
                       " 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
                       "max_queued_messages 0\nlog_type error\n";
  if (kind_ == Kind::mutual_tls) {
    const std::string folder = certificates().string();
    config += "cafile " + folder + "/ca.pem\ncertfile " + folder + "/" + server_ + ".pem\nkeyfile " + folder + "/" +
              server_ + ".key\nrequire_certificate true\n";
  }
  config += extra;
  const std::filesystem::path file = dir_.write("mosquitto.conf", config);
  // The weak certificates among ours are weak for the broker too.
  const std::filesystem::path openssl = dir_.write("openssl.cnf",
                                                   "openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\n"
                                                   "system_default = lax\n[lax]\nCipherString = DEFAULT:@SECLEVEL=0\n");
  process_.emplace(std::vector<std::string>{mosquitto(), "-c", file.string()}, dir_.path() / "log",
                   std::map<std::string, std::string>{{"OPENSSL_CONF", openssl.string()}});
  if (!eventually([this] { return listens(port_); })) {
    throw std::runtime_error("mosquitto does not listen: " + process_->output());
  }
}

void Broker::stop() {
  if (!process_) return;
  process_->signal(SIGTERM);
  process_->wait();
  process_.reset();
}

std::string Broker::url() const {
  return (kind_ == Kind::plain ? "mqtt://127.0.0.1:" : "mqtts://127.0.0.1:") + std::to_string(port_);
}

std::vector<std::string> Broker::client_arguments() const {
  std::vector<std::string> arguments{"-h", "127.0.0.1", "-p", std::to_string(port_)};
  if (kind_ == Kind::plain) return arguments;
  const std::string folder = certificates().string();
  for (const auto& [option, file] :
       {std::pair{"--cafile", "/ca.pem"}, {"--cert", "/client.pem"}, {"--key", "/client.key"}}) {
    arguments.emplace_back(option);
    arguments.push_back(folder + file);
  }
  return arguments;
}

void Broker::publish(const std::string& topic, std::string_view bytes, bool retained) const {
  const TempDir dir;
  const std::filesystem::path file = dir.write("payload", bytes);
  std::vector<std::string> command{"mosquitto_pub"};
  for (const std::string& argument : client_arguments()) command.push_back(argument);
  for (const std::string& argument : {std::string("-t"), topic, std::string("-f"), file.string()})
    command.push_back(argument);
  if (retained) command.emplace_back("-r");
  const Finished result = run_to_end(std::move(command));
  if (result.code != 0) throw std::runtime_error("mosquitto_pub failed: " + result.output);
}

namespace {

std::vector<std::string> subscription(const Broker& broker, const std::vector<std::string>& topics) {
  std::vector<std::string> command{"mosquitto_sub", "-F", "%t\t%p"};
  for (const std::string& argument : broker.client_arguments()) command.push_back(argument);
  for (const std::string& topic : topics) {
    command.emplace_back("-t");
    command.push_back(topic);
  }
  return command;
}

std::vector<std::pair<std::string, std::string>> parse_messages(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> messages;
  std::istringstream lines(whole_lines(text));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos) messages.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return messages;
}

}  // namespace

std::string whole_lines(std::string text) {
  const std::size_t end = text.rfind('\n');
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

Subscriber::Subscriber(const Broker& broker, std::vector<std::string> topics)
    : process_(subscription(broker, topics), dir_.path() / "messages") {}

std::map<std::string, std::string> Subscriber::retained(const Broker& broker, const std::string& topic) {
  std::vector<std::string> command = subscription(broker, {topic});
  command.insert(command.begin() + 1, {"--retained-only", "-W", "1"});
  const Finished result = run_to_end(std::move(command));
  std::map<std::string, std::string> latest;
  for (auto& [name, payload] : parse_messages(result.output)) latest[name] = payload;
  return latest;
}

std::vector<std::pair<std::string, std::string>> Subscriber::messages() const {
  return parse_messages(process_.output());
}

std::string Subscriber::latest(const std::string& topic) const {
  std::string latest;
  for (auto& [name, payload] : messages()) {
    if (name == topic) latest = std::move(payload);
  }
  return latest;
}

std::string gateway_binary() {
  return GATEWAY_BINARY;
}

}  // namespace bluetti::test
