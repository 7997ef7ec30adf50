// SPDX-License-Identifier: MIT
#include "gateway/transport/lan_sockets.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

#include "protocol/mbap.h"

namespace bluetti::gateway {
namespace {

std::string text_of(int error) {
  return std::system_category().message(error);
}

}  // namespace

// What look-ups have brought: handed over by their threads.
struct LanSockets::Lookups {
  struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
  };
  using Found = std::variant<std::vector<Address>, std::string>;  // or why there is none

  [[nodiscard]] static Found resolve(const std::string& host, std::uint16_t port, int flags);

  Descriptor wake{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, Found>> found;

  void add(std::uint64_t socket, Found result) {
    const std::lock_guard lock(mutex);
    found.emplace_back(socket, std::move(result));
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake.get(), &one, sizeof one);
  }
};

LanSockets::Lookups::Found LanSockets::Lookups::resolve(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const int result = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (result != 0) return "host name " + host + " not found: " + gai_strerror(result);
  std::vector<Address> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::memcpy(&addresses.emplace_back(Address{.size = one->ai_addrlen}).storage, one->ai_addr, one->ai_addrlen);
  }
  freeaddrinfo(found);
  return addresses;
}

class LanSockets::Socket final : public LanSocket {
 public:
  using Found = Lookups::Found;

  Socket(LanSockets& all, std::uint64_t number, LanLink link, std::string host, std::uint16_t port)
      : all_(all), number_(number), link_(link), host_(std::move(host)), port_(port) {
    all_.sockets_.emplace_back(number, this);
  }
  ~Socket() override {
    close();
    std::erase_if(all_.sockets_, [this](const auto& entry) { return entry.second == this; });
  }

  void connect() override {
    close();
    awaits_address_ = true;
    const Found address = Lookups::resolve(host_, port_, AI_NUMERICHOST);
    if (std::holds_alternative<std::vector<Lookups::Address>>(address)) return on_address(address, all_.pending_);
    all_.look_up(number_, host_, port_);
  }

  bool send(std::span<const std::byte> message) override {
    if (!descriptor_ || !connected_) return false;
    const auto sent = ::send(descriptor_->get(), message.data(), message.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(message.size())) return true;
    end(sent < 0 ? text_of(errno) : "the station takes no more", all_.pending_);
    return false;
  }

  void drop_partial() override { splitter_.clear(); }

  void close() override {
    descriptor_.reset();  // which also leaves the epoll set
    connected_ = awaits_address_ = false;
    splitter_.clear();
  }

  void on_address(const Found& found, std::vector<Event>& out) {
    if (!std::exchange(awaits_address_, false)) return;
    if (const auto* problem = std::get_if<std::string>(&found)) return end(*problem, out);
    addresses_ = std::get<std::vector<Lookups::Address>>(found);
    next_address_ = 0;
    try_next("no address", out);
  }

  void on_ready(std::vector<Event>& out) {
    if (!descriptor_) return;
    if (!connected_) return on_connecting(out);
    const auto room = splitter_.room();
    const auto size = ::recv(descriptor_->get(), room.data(), room.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return end(size == 0 ? "the station closed the connection" : text_of(errno), out);
    splitter_.arrived(static_cast<std::size_t>(size));
    while (const auto message = splitter_.next()) {
      out.push_back(LanNews{.link = link_, .what = LanNews::What::arrived, .message = *message, .reason = {}});
    }
    if (splitter_.is_broken()) end("what came is no Modbus TCP", out);
  }

 private:
  void on_connecting(std::vector<Event>& out) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(descriptor_->get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return try_next(text_of(error), out);
    connected_ = true;
    watch(EPOLL_CTL_MOD, EPOLLIN);
    out.push_back(LanNews{.link = link_, .what = LanNews::What::connected, .message = {}, .reason = {}});
  }

  // Of a name that has several addresses, one that is refused says nothing of the others.
  void try_next(std::string reason, std::vector<Event>& out) {
    while (next_address_ < addresses_.size()) {
      const Lookups::Address& address = addresses_[next_address_++];
      descriptor_.emplace(socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      const int on = 1;
      setsockopt(descriptor_->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const auto* const to = reinterpret_cast<const sockaddr*>(&address.storage);
      const int result = ::connect(descriptor_->get(), to, address.size);
      if (result == 0 || errno == EINPROGRESS) return watch(EPOLL_CTL_ADD, EPOLLOUT);
      reason = text_of(errno);
    }
    end(std::move(reason), out);
  }

  void watch(int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = number_;
    epoll_ctl(all_.poll_.get(), operation, descriptor_->get(), &event);
  }

  // Messages before it are still to be looked at: the buffer stays.
  void end(std::string reason, std::vector<Event>& out) {
    descriptor_.reset();
    connected_ = awaits_address_ = false;
    out.push_back(LanNews{.link = link_, .what = LanNews::What::ended, .message = {}, .reason = std::move(reason)});
    if (&out == &all_.pending_) all_.nudge();
  }

  LanSockets& all_;
  std::uint64_t number_;
  LanLink link_;
  std::string host_;
  std::uint16_t port_;
  std::optional<Descriptor> descriptor_;
  std::vector<Lookups::Address> addresses_;
  std::size_t next_address_ = 0;
  bool awaits_address_ = false;
  bool connected_ = false;
  protocol::AduSplitter splitter_;
};

LanSockets::LanSockets() : poll_(epoll_create1(EPOLL_CLOEXEC)), lookups_(std::make_shared<Lookups>()) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  epoll_ctl(poll_.get(), EPOLL_CTL_ADD, lookups_->wake.get(), &event);
}

LanSockets::~LanSockets() = default;

std::unique_ptr<LanSocket> LanSockets::make(LanLink link, std::string host, std::uint16_t port) {
  return std::make_unique<Socket>(*this, ++last_number_, link, std::move(host), port);
}

// What is pending is collected at once.
void LanSockets::nudge() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(lookups_->wake.get(), &one, sizeof one);
}

void LanSockets::look_up(std::uint64_t socket, const std::string& host, std::uint16_t port) {
  background_.run([lookups = lookups_, socket, host, port]() -> Background::HandOver {
    return [lookups, socket, found = Lookups::resolve(host, port, 0)] { lookups->add(socket, found); };
  });
}

void LanSockets::collect(std::vector<Event>& out) {
  for (Event& event : std::exchange(pending_, {})) out.push_back(std::move(event));
  const auto find = [this](std::uint64_t number) -> Socket* {
    const auto found = std::ranges::lower_bound(sockets_, number, {}, &std::pair<std::uint64_t, Socket*>::first);
    return found != sockets_.end() && found->first == number ? found->second : nullptr;
  };
  std::array<epoll_event, 64> ready{};
  const int count = epoll_wait(poll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
  for (int index = 0; index < count; ++index) {
    const std::uint64_t number = ready[static_cast<std::size_t>(index)].data.u64;
    if (number != 0) {
      if (Socket* const socket = find(number)) socket->on_ready(out);
      continue;
    }
    std::uint64_t times = 0;
    [[maybe_unused]] const auto taken = read(lookups_->wake.get(), &times, sizeof times);
    std::vector<std::pair<std::uint64_t, Lookups::Found>> found;
    {
      const std::lock_guard lock(lookups_->mutex);
      found = std::exchange(lookups_->found, {});
    }
    for (const auto& [socket, address] : found) {
      if (Socket* const owner = find(socket)) owner->on_address(address, out);
    }
  }
}

}  // namespace bluetti::gateway
