// SPDX-License-Identifier: MIT
#include "gateway/simulator/lan_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "protocol/mbap.h"

namespace bluetti::gateway::simulator {
namespace {

using Message = std::vector<std::byte>;

// With a length that no message of Modbus has.
Message announcing_too_much(std::span<const std::byte> reply) {
  Message message(reply.begin(), reply.end());
  message[4] = message[5] = std::byte{0xff};
  return message;
}

// Of another transaction, of another unit, by a function that was not asked for, and an exception that is too long.
std::vector<Message> foreign_to(std::span<const std::byte> reply) {
  constexpr std::size_t kUnit = 6;
  constexpr std::size_t kFunction = 7;
  const Message own(reply.begin(), reply.end());
  std::vector<Message> all(4, own);
  all[0][1] ^= std::byte{0x55};
  all[1][kUnit] ^= std::byte{0x55};
  all[2][kFunction] = std::byte{4};
  all[3][kFunction] |= std::byte{0x80};
  return all;
}

}  // namespace

struct LanServer::Client {
  Client(int number, std::size_t of) : socket(number), station(of) {}

  Descriptor socket;
  std::size_t station;
  protocol::AduSplitter splitter;
};

LanServer::LanServer(std::vector<SimulatedStation> stations, const LanPlace& place)
    : stations_(std::move(stations)),
      place_(place),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      frozen_(stations_.size()),
      random_(seed_of(1, "lan")) {}

std::variant<std::unique_ptr<LanServer>, std::string> LanServer::start(std::vector<SimulatedStation> stations,
                                                                       const LanPlace& place) {
  std::unique_ptr<LanServer> server(new LanServer(std::move(stations), place));
  if (std::string problem = server->listen(); !problem.empty()) return problem;
  server->thread_ = std::thread([it = server.get()] { it->run(); });
  return server;
}

LanServer::~LanServer() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_.get(), &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

std::string LanServer::listen() {
  for (std::size_t station = 0; station < stations_.size(); ++station) {
    auto socket = std::make_unique<Descriptor>(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    const int port = place_.first_port == 0 ? 0 : place_.first_port + static_cast<int>(station);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (inet_pton(AF_INET, place_.host.c_str(), &address.sin_addr) != 1) return place_.host + ": not an IPv4 address";
    const int on = 1;
    setsockopt(socket->get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (port > 65535 || bind(socket->get(), generic, size) != 0 || ::listen(socket->get(), SOMAXCONN) != 0) {
      return place_.host + ":" + std::to_string(port) + ": " + std::system_category().message(errno);
    }
    getsockname(socket->get(), generic, &size);
    ports_.push_back(ntohs(address.sin_port));
    listening_.push_back(std::move(socket));
  }
  return {};
}

void LanServer::set_faults(const LanFaults& faults) {
  const std::lock_guard lock(mutex_);
  faults_ = faults;
}

void LanServer::close_connections() {
  const std::lock_guard lock(mutex_);
  is_closing_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_.get(), &one, sizeof one);
}

void LanServer::set_reachable(bool reachable) {
  {
    const std::lock_guard lock(mutex_);
    is_reachable_ = reachable;
  }
  if (!reachable) close_connections();
}

void LanServer::run() {
  std::vector<pollfd> watched;
  while (true) {
    watched.assign(1, {.fd = wake_.get(), .events = POLLIN, .revents = 0});
    for (const auto& socket : listening_) watched.push_back({.fd = socket->get(), .events = POLLIN, .revents = 0});
    for (const auto& client : clients_) watched.push_back({.fd = client->socket.get(), .events = POLLIN, .revents = 0});
    (void)poll(watched.data(), watched.size(), -1);
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    std::uint64_t times = 0;
    [[maybe_unused]] const auto taken = read(wake_.get(), &times, sizeof times);
    if (std::exchange(is_closing_, false)) {
      clients_.clear();
      continue;
    }
    const std::size_t first = 1 + listening_.size();
    std::vector<const Client*> gone;
    for (std::size_t index = 0; index < clients_.size(); ++index) {
      if (watched[first + index].revents != 0 && !serve(*clients_[index])) gone.push_back(clients_[index].get());
    }
    std::erase_if(clients_, [&](const auto& client) { return std::ranges::find(gone, client.get()) != gone.end(); });
    for (std::size_t station = 0; station < listening_.size(); ++station) {
      if (watched[1 + station].revents != 0) accept(station);
    }
  }
}

void LanServer::accept(std::size_t station) {
  const int number = accept4(listening_[station]->get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (number < 0) return;
  auto client = std::make_unique<Client>(number, station);
  const auto of_station = std::ranges::count(clients_, station, [](const auto& one) { return one->station; });
  if (!is_reachable_ || (faults_.most_clients > 0 && of_station >= faults_.most_clients)) return;
  const int on = 1;
  setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ++accepted_;
  clients_.push_back(std::move(client));
}

bool LanServer::serve(Client& client) {
  const auto room = client.splitter.room();
  const auto size = recv(client.socket.get(), room.data(), room.size(), 0);
  if (size <= 0) return size < 0 && errno == EAGAIN;
  client.splitter.arrived(static_cast<std::size_t>(size));
  while (const auto request = client.splitter.next()) {
    if (!answer(client, *request)) return false;
  }
  return !client.splitter.is_broken();
}

bool LanServer::happens(double probability) {
  return probability > 0 && static_cast<double>(random_.next() % 1'000'000) < probability * 1e6;
}

bool LanServer::answer(Client& client, std::span<const std::byte> request) {
  ++requests_;
  SimulatedStation& station = stations_[client.station];
  if (happens(faults_.disconnect)) return false;
  if (frozen_[client.station] || happens(faults_.silence)) return true;
  const double time = std::chrono::duration<double>(std::chrono::steady_clock::now() - place_.start).count();
  std::array<std::byte, protocol::kMaxAdu> buffer;
  const int before = station.asked_of_other_units();
  auto reply = station.on_adu(request, time * place_.speed, buffer);
  if (station.asked_of_other_units() != before) {
    ++other_units_;
    frozen_[client.station] = frozen_[client.station] || faults_.is_frozen_by_other_units;
  }
  if (station.take_disconnect()) return false;
  if (reply.empty()) return true;
  if (happens(faults_.busy)) {
    const auto parsed = protocol::parse_adu_request(request);
    const auto& received = std::get<protocol::ReceivedRequest>(parsed);
    const protocol::ExceptionAnswer busy{
        .unit = received.unit, .function = received.function, .code = protocol::kServerDeviceBusy};
    reply = protocol::encode_adu(received.transaction, busy, buffer);
  } else if (happens(faults_.cut)) {
    reply = reply.first(reply.size() / 2);
  } else {
    ++answers_;
  }
  return send_out(client, reply);
}

bool LanServer::send_out(const Client& client, std::span<const std::byte> reply) {
  const auto put = [&client](std::span<const std::byte> bytes) {
    return send(client.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  };
  if (happens(faults_.garbage)) return put(announcing_too_much(reply));
  if (happens(faults_.foreign)) {
    for (const auto& foreign : foreign_to(reply)) {
      if (!put(foreign)) return false;
    }
  }
  if (!happens(faults_.bytewise)) return put(reply);
  for (std::size_t at = 0; at < reply.size(); ++at) {
    if (!put(reply.subspan(at, 1))) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace bluetti::gateway::simulator
