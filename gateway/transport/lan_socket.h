// SPDX-License-Identifier: MIT
// The seam at the sockets to stations on the local network: one TCP connection that speaks Modbus TCP. What happens on
// it comes back as LanNews. The loop's thread only; nothing here waits.
#pragma once

#include <cstddef>
#include <span>

namespace bluetti::gateway {

class LanSocket {
 public:
  LanSocket() = default;
  LanSocket(const LanSocket&) = delete;
  LanSocket& operator=(const LanSocket&) = delete;
  virtual ~LanSocket() = default;  // closes; no news of it comes from here on

  // Looks the host up and connects. News: connected, or ended with the reason.
  virtual void connect() = 0;
  // False: it cannot be sent, and the end is news to come.
  [[nodiscard]] virtual bool send(std::span<const std::byte> message) = 0;
  // Forgets the beginning of a message whose rest does not come.
  virtual void drop_partial() = 0;
  virtual void close() = 0;  // no news
};

}  // namespace bluetti::gateway
