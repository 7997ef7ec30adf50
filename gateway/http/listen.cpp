// SPDX-License-Identifier: MIT
#include "gateway/http/listen.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace bluetti::gateway::http {
namespace {

constexpr int kBacklog = 64;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress address_of(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
  } else {
    inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &v4.sin_addr);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
  }
  return address;
}

std::uint16_t port_of(const SocketAddress& address) {
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.storage, sizeof v6);  // the port stands at the same place in both
  return ntohs(v6.sin6_port);
}

}  // namespace

std::variant<Listening, std::string> listen_on(const std::string& host, std::uint16_t port) {
  SocketAddress address = address_of(host, port);
  const int socket = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  const bool good = socket >= 0 && setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                    bind(socket, address.get(), address.size) == 0 && listen(socket, kBacklog) == 0 &&
                    getsockname(socket, address.get(), &address.size) == 0;
  if (good) return Listening{socket, port_of(address)};
  const std::error_code error(errno, std::generic_category());
  if (socket >= 0) close(socket);
  return fmt::format("cannot listen on {} port {}: {}", host, port, error.message());
}

}  // namespace bluetti::gateway::http
