// SPDX-License-Identifier: MIT
#include "tests/mqtt/scripted_broker.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace bluetti::test {
namespace {

constexpr int kConnect = 1;
constexpr int kPublish = 3;
constexpr int kSubscribe = 8;
constexpr int kUnsubscribe = 10;
constexpr int kPing = 12;
constexpr int kDisconnect = 14;

// False: nothing comes any more, or the broker is to stop.
bool read_exactly(int client, int stop, std::string& to) {
  std::size_t have = 0;
  while (have < to.size()) {
    std::array<pollfd, 2> waiting{{{client, POLLIN, 0}, {stop, POLLIN, 0}}};
    poll(waiting.data(), waiting.size(), -1);
    if (waiting[1].revents != 0) return false;
    const ssize_t count = recv(client, to.data() + have, to.size() - have, 0);
    if (count <= 0) return false;
    have += static_cast<std::size_t>(count);
  }
  return true;
}

std::optional<std::size_t> read_length(int client, int stop) {
  std::size_t length = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    std::string byte(1, '\0');
    if (!read_exactly(client, stop, byte)) return std::nullopt;
    const auto value = static_cast<std::uint8_t>(byte[0]);
    length |= std::size_t{value & 0x7FU} << shift;
    if ((value & 0x80U) == 0) return length;
  }
  return std::nullopt;
}

bool send_packet(int client, char header, const std::string& body) {
  const std::string packet = std::string{header, static_cast<char>(body.size())} + body;
  return send(client, packet.data(), packet.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
}

// The head of a PUBLISH, whose rest never comes.
bool announce(int client, std::size_t size) {
  std::string head(1, '\x30');
  for (; size > 0x7F; size >>= 7) head += static_cast<char>((size & 0x7FU) | 0x80U);
  head += static_cast<char>(size);
  return send(client, head.data(), head.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(head.size());
}

// Of a PUBLISH of QoS 1.
std::string message_id(const std::string& body) {
  const std::size_t topic = static_cast<std::uint8_t>(body[0]) * 256U + static_cast<std::uint8_t>(body[1]);
  return body.substr(2 + topic, 2);
}

}  // namespace

int listen_on_loopback(std::uint16_t& port, int backlog) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0 || listen(listener, backlog) != 0 ||
      getsockname(listener, generic, &size) != 0)
    throw std::runtime_error("no port on loopback");
  port = ntohs(address.sin_port);
  return listener;
}

ScriptedBroker::ScriptedBroker(Script script)
    : script_(script), listener_(listen_on_loopback(port_, 16)), stop_(eventfd(0, EFD_CLOEXEC)) {
  thread_ = std::thread([this] { serve(); });
}

ScriptedBroker::~ScriptedBroker() {
  constexpr std::uint64_t kOnce = 1;
  (void)!write(stop_, &kOnce, sizeof kOnce);
  thread_.join();
  close(listener_);
  close(stop_);
}

void ScriptedBroker::serve() {
  while (true) {
    std::array<pollfd, 2> waiting{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    poll(waiting.data(), waiting.size(), -1);
    if (waiting[1].revents != 0) return;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    serve_client(client);
    close(client);
  }
}

void ScriptedBroker::serve_client(int client) {
  std::string header(1, '\0');
  while (read_exactly(client, stop_, header)) {
    const auto length = read_length(client, stop_);
    if (!length || *length > script_.largest_packet) return;
    std::string body(*length, '\0');
    if (!read_exactly(client, stop_, body) || !answer(client, static_cast<std::uint8_t>(header[0]), body)) return;
  }
}

bool ScriptedBroker::answer(int client, std::uint8_t header, const std::string& body) {
  const std::string properties(script_.is_v5 ? 1 : 0, '\0');
  switch (header >> 4) {
    case kConnect:
      ++connects_;
      if (script_.knows_only_311 && body[6] == 5) return send_packet(client, '\x20', {'\0', '\1'}) && false;
      return send_packet(client, '\x20', std::string(2, '\0') + properties);
    case kSubscribe:
      if (script_.ends_at_subscribe) return false;
      if (script_.leaves_with) return send_packet(client, '\xE0', {static_cast<char>(*script_.leaves_with)}) && false;
      if (script_.announces > 0 && !announce(client, script_.announces)) return false;
      return send_packet(client, '\x90', body.substr(0, 2) + properties + static_cast<char>(script_.granted));
    case kUnsubscribe:
      return send_packet(client, '\xB0', body.substr(0, 2) + properties + properties);
    case kPublish:
      if ((header & 0x06) == 0) return true;
      return send_packet(
          client, '\x40',
          message_id(body) +
              (script_.confirms_with ? std::string{static_cast<char>(*script_.confirms_with), '\0'} : std::string()));
    case kPing:
      return send_packet(client, '\xD0', {});
    case kDisconnect:
      return false;
    default:
      return true;
  }
}

}  // namespace bluetti::test
