// SPDX-License-Identifier: MIT
#include "gateway/mqtt/tcp_connection.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace bluetti::gateway {
namespace {

bool wait_for(int descriptor, short events, Deadline deadline) {
  using std::chrono::milliseconds;
  pollfd waiting{.fd = descriptor, .events = events, .revents = 0};
  int ready = -1;
  do {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    ready = poll(&waiting, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

// Zero, or the error.
int finish_connecting(const TcpConnection& connection, const addrinfo& address, Deadline deadline) {
  if (connection.descriptor() < 0) return errno;
  if (connect(connection.descriptor(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!connection.wait_writable(deadline)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(connection.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

TcpConnection::TcpConnection(TcpConnection&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

TcpConnection::~TcpConnection() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool TcpConnection::wait_readable(Deadline deadline) const {
  return wait_for(descriptor_, POLLIN, deadline);
}

bool TcpConnection::wait_writable(Deadline deadline) const {
  return wait_for(descriptor_, POLLOUT, deadline);
}

std::variant<TcpConnection, std::string> connect_tcp(const std::string& host, std::uint16_t port, Deadline deadline) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (result != 0) return "host name " + host + " not found: " + gai_strerror(result);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  int error = 0;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    TcpConnection connection(socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    error = finish_connecting(connection, *address, deadline);
    if (error == 0) return connection;
  }
  return "cannot connect: " + std::system_category().message(error);
}

}  // namespace bluetti::gateway
