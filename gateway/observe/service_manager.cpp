// SPDX-License-Identifier: MIT
#include "gateway/observe/service_manager.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "gateway/base/parse_number.h"

namespace bluetti::gateway {
namespace {

std::optional<std::int64_t> number(const std::optional<std::string>& text) {
  return text ? parse_number<std::int64_t>(*text) : std::nullopt;
}

}  // namespace

ServiceManager::ServiceManager(const Variables& variables) : address_(variables("NOTIFY_SOCKET").value_or("")) {
  if (address_.empty() || address_.size() >= sizeof(sockaddr_un::sun_path)) return;
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto watchdog = number(variables("WATCHDOG_USEC"));
  const auto pid = number(variables("WATCHDOG_PID"));
  if (watchdog && *watchdog > 0 && (!pid || *pid == ::getpid())) interval_ = std::chrono::microseconds(*watchdog) / 2;
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::ready() {
  send("READY=1");
}

void ServiceManager::reloading(TimePoint now) {
  const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", since_boot.count()));
}

void ServiceManager::stopping() {
  send("STOPPING=1");
}

TimePoint ServiceManager::alive(TimePoint now) {
  if (interval_ == Duration::max()) return TimePoint::max();
  if (now >= due_) {
    send("WATCHDOG=1");
    due_ = now + interval_;
  }
  return due_;
}

void ServiceManager::send(std::string_view message) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::ranges::copy(address_, to.sun_path);
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';  // abstract
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the socket API takes addresses
  (void)::sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size);
}

}  // namespace bluetti::gateway
