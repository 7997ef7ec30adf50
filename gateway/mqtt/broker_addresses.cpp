// SPDX-License-Identifier: MIT
#include "gateway/mqtt/broker_addresses.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <utility>

namespace bluetti::gateway {

std::vector<std::string> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_flags = AI_ADDRCONFIG;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
  std::vector<std::string> found;
  for (const addrinfo* address = list; address != nullptr; address = address->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(address->ai_addr, address->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0 &&
        std::ranges::find(found, text.data()) == found.end()) {
      found.emplace_back(text.data());
    }
  }
  return found;
}

BrokerAddresses::BrokerAddresses(std::vector<BrokerUrl> urls, LookUp look_up)
    : look_up_(std::move(look_up)), urls_(std::move(urls)), counts_(urls_.size(), 1) {}

BrokerUrl BrokerAddresses::begin() {
  const std::lock_guard lock(mutex_);
  if (is_looked_up_ && next_ >= found_.size()) {
    at_ = (at_ + 1) % urls_.size();
    is_looked_up_ = false;
  }
  return urls_[at_];
}

// A name with one address stays a name: so does what TLS and the log say of it.
std::optional<BrokerUrl> BrokerAddresses::next(const BrokerUrl& url) {
  std::unique_lock lock(mutex_);
  if (!is_looked_up_) {
    lock.unlock();
    std::vector<std::string> found = url.is_unix_socket() ? std::vector<std::string>() : look_up_(url.host);
    if (found.size() < 2) found.assign(1, "");
    lock.lock();
    if (urls_[at_].host != url.host) return std::nullopt;  // another try has begun meanwhile
    if (!std::exchange(is_looked_up_, true)) {
      counts_[at_] = found.size();
      found_ = std::move(found);
      next_ = 0;
    }
  }
  if (next_ >= found_.size()) return std::nullopt;
  ++tried_;
  BrokerUrl chosen = url;
  chosen.address = found_[next_++];
  return chosen;
}

void BrokerAddresses::proven() {
  const std::lock_guard lock(mutex_);
  tried_ = 1;
}

std::size_t BrokerAddresses::known() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::size_t{0});
}

Place BrokerAddresses::place(const BrokerUrl& url) const {
  const std::lock_guard lock(mutex_);
  const bool is_one_of_several = urls_.size() > 1 || !url.address.empty();
  return {.address = is_one_of_several ? url.text() : "", .others = tried_ < known()};
}

Place BrokerAddresses::end(const BrokerUrl& url) {
  Place place = this->place(url);
  const std::lock_guard lock(mutex_);
  if (!place.others) tried_ = 0;
  return place;
}

bool BrokerAddresses::several() const {
  const std::lock_guard lock(mutex_);
  return known() > 1;
}

}  // namespace bluetti::gateway
