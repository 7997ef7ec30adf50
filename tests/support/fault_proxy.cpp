// SPDX-License-Identifier: MIT
#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <stdexcept>
#include <string>

namespace bluetti::test_support {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKept = 64 * 1024;  // bytes one way; then TCP's own flow control holds the sender
constexpr std::chrono::milliseconds kThrottleStep{50};
constexpr std::chrono::milliseconds kIdle{60'000};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// SO_REUSEPORT: the reserve and the listener share the port, and nobody else gets it.
int bound_socket(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  const sockaddr_in address = loopback(port);
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  close(socket);
  throw std::runtime_error("no port for the proxy");
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

// A connected socket that does not block; -1: nobody is there.
int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(socket);
    return -1;
  }
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

void close_with_reset(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(socket);
}

}  // namespace

struct FaultProxy::Line {
  struct Chunk {
    TimePoint due;
    std::string bytes;
  };
  Way way;
  int from;
  int to;
  std::deque<Chunk> kept;
  std::size_t kept_bytes = 0;
  bool ended = false;    // the sender has closed
  bool blocked = false;  // the receiver takes no more for now
  TimePoint not_before{};

  [[nodiscard]] bool has_room() const { return !ended && kept_bytes < kMostKept; }
};

struct FaultProxy::Connection {
  Connection(int client_socket, int server_socket)
      : client(client_socket),
        server(server_socket),
        lines{Line{.way = Way::to_server, .from = client, .to = server},
              Line{.way = Way::to_client, .from = server, .to = client}} {}
  ~Connection() {
    for (const int socket : {client, server}) reset ? close_with_reset(socket) : static_cast<void>(close(socket));
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int client;
  int server;
  std::array<Line, 2> lines;
  bool reset = false;
};

FaultProxy::FaultProxy(std::uint16_t server_port)
    : server_port_(server_port), reserve_(bound_socket(0)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  port_ = port_of(reserve_);
  open_door();
  thread_ = std::thread([this] { run(); });
}

FaultProxy::~FaultProxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  close_door();
  close(reserve_);
  close(wake_);
}

FaultProxy::Counts FaultProxy::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void FaultProxy::set_door(Door door) {
  const std::lock_guard lock(mutex_);
  door_ = door;
  door == Door::refuses ? close_door() : open_door();
  wake();
}

void FaultProxy::set(Way way, Flow flow) {
  const std::lock_guard lock(mutex_);
  flows_[static_cast<std::size_t>(way)] = flow;
  wake();
}

void FaultProxy::set_both(Flow flow) {
  set(Way::to_server, flow);
  set(Way::to_client, flow);
}

void FaultProxy::reset_connections() {
  const std::lock_guard lock(mutex_);
  for (const auto& connection : connections_) connection->reset = true;
  connections_.clear();
  wake();
}

void FaultProxy::heal() {
  set_both({});
  set_door(Door::open);
}

void FaultProxy::wake() const {
  const std::uint64_t one = 1;
  (void)!write(wake_, &one, sizeof one);
}

void FaultProxy::open_door() {
  if (listener_ >= 0) return;
  listener_ = bound_socket(port_);
  listen(listener_, SOMAXCONN);
}

void FaultProxy::close_door() {
  if (listener_ < 0) return;
  close(listener_);
  listener_ = -1;
}

void FaultProxy::run() {
  std::chrono::milliseconds wait{};
  for (;;) {
    std::vector<pollfd> watched;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return connections_.clear();
      watched = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const auto& connection : connections_) {
        for (const Line& line : connection->lines) {
          if (line.has_room()) watched.push_back({line.from, POLLIN, 0});
          if (line.blocked) watched.push_back({line.to, POLLOUT, 0});
        }
      }
    }
    poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
    const std::lock_guard lock(mutex_);
    std::uint64_t ignored = 0;
    (void)!read(wake_, &ignored, sizeof ignored);
    accept_connections();
    wait = serve(std::chrono::steady_clock::now());
  }
}

void FaultProxy::accept_connections() {
  if (listener_ < 0) return;
  for (int client; (client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    ++counts_.connections;
    const int server = door_ == Door::open ? connect_to(server_port_) : -1;
    if (server < 0) {
      close_with_reset(client);
      continue;
    }
    const int yes = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_.push_back(std::make_unique<Connection>(client, server));
  }
}

std::chrono::milliseconds FaultProxy::serve(TimePoint now) {
  std::erase_if(connections_, [&](const auto& connection) {
    const bool over = !std::ranges::all_of(connection->lines, [&](Line& line) { return pump(line, now); });
    if (over)
      connection->reset |=
          std::ranges::any_of(flows_, [](const Flow& flow) { return flow.passes == 0 && flow.end == End::reset; });
    return over;
  });
  TimePoint next = now + kIdle;
  for (const auto& connection : connections_) {
    for (const Line& line : connection->lines) next = std::min(next, due(line).value_or(next));
  }
  return std::chrono::ceil<std::chrono::milliseconds>(std::max(next - now, TimePoint::duration::zero()));
}

bool FaultProxy::pump(Line& line, TimePoint now) {
  return take_in(line, now) && pass_on(line, now);
}

bool FaultProxy::take_in(Line& line, TimePoint now) {
  const Flow& flow = flows_[static_cast<std::size_t>(line.way)];
  std::array<char, 16384> buffer;
  while (line.has_room()) {
    const ssize_t count = recv(line.from, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) {
      line.ended = true;
      break;
    }
    counts_.bytes[static_cast<std::size_t>(line.way)] += static_cast<std::size_t>(count);
    if (flow.swallows) continue;
    line.kept.push_back({now + flow.delay, std::string(buffer.data(), static_cast<std::size_t>(count))});
    line.kept_bytes += static_cast<std::size_t>(count);
  }
  return true;
}

std::size_t FaultProxy::allowance(const Line& line) const {
  const Flow& flow = flows_[static_cast<std::size_t>(line.way)];
  std::size_t most = flow.passes.value_or(line.kept_bytes);
  if (flow.bytes_per_second > 0) {
    most = std::min(most, std::max<std::size_t>(1, flow.bytes_per_second * kThrottleStep / 1s));
  }
  return most;
}

bool FaultProxy::pass_on(Line& line, TimePoint now) {
  Flow& flow = flows_[static_cast<std::size_t>(line.way)];
  line.blocked = false;
  while (!line.kept.empty() && line.kept.front().due <= now && line.not_before <= now) {
    if (flow.passes == 0) return flow.end == End::stall;
    std::string& bytes = line.kept.front().bytes;
    const ssize_t sent =
        send(line.to, bytes.data(), std::min(bytes.size(), allowance(line)), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      line.blocked = errno == EAGAIN;
      return line.blocked;
    }
    const auto count = static_cast<std::size_t>(sent);
    line.kept_bytes -= count;
    if (flow.passes) *flow.passes -= count;
    if (flow.bytes_per_second > 0) line.not_before = now + kThrottleStep;
    count == bytes.size() ? line.kept.pop_front() : static_cast<void>(bytes.erase(0, count));
  }
  return !(line.ended && line.kept.empty());
}

std::optional<FaultProxy::TimePoint> FaultProxy::due(const Line& line) const {
  if (line.kept.empty() || line.blocked || flows_[static_cast<std::size_t>(line.way)].passes == 0) return std::nullopt;
  return std::max(line.kept.front().due, line.not_before);
}

}  // namespace bluetti::test_support
