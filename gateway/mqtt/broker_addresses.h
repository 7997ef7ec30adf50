// SPDX-License-Identifier: MIT
// Where a broker is found: one URL or several, each with a name that may have several addresses. They are tried in
// turn, and so that a round comes to each once. Any thread: the owner's begins a try, the connection's goes on with it.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/event.h"
#include "gateway/config/config.h"

namespace bluetti::gateway {

// Of a name, in the resolver's order; empty: it is not found. Blocks.
[[nodiscard]] std::vector<std::string> addresses_of(const std::string& host);

class BrokerAddresses {
 public:
  using LookUp = std::function<std::vector<std::string>(const std::string& host)>;
  explicit BrokerAddresses(std::vector<BrokerUrl> urls, LookUp look_up = addresses_of);

  // A try begins: the URL whose turn it is.
  [[nodiscard]] BrokerUrl begin();
  // The address of this URL whose turn it is; nothing: all have been tried. Blocks.
  [[nodiscard]] std::optional<BrokerUrl> next(const BrokerUrl& url);
  // A connection to the present address has lasted: a new round has begun with it.
  void proven();

  // Of the present address.
  [[nodiscard]] Place place(const BrokerUrl& url) const;
  // The same after the try has ended.
  [[nodiscard]] Place end(const BrokerUrl& url);
  [[nodiscard]] bool several() const;

 private:
  [[nodiscard]] std::size_t known() const;

  const LookUp look_up_;
  const std::vector<BrokerUrl> urls_;
  mutable std::mutex mutex_;         // of all below
  std::vector<std::size_t> counts_;  // of each URL's addresses, as far as they are known
  std::size_t at_ = 0;               // the present URL
  std::vector<std::string> found_;   // its addresses, and
  std::size_t next_ = 0;             // which is to be tried
  bool is_looked_up_ = false;
  std::size_t tried_ = 0;  // in this round
};

}  // namespace bluetti::gateway
