// SPDX-License-Identifier: MIT
// The sockets to all stations on the local network, and the one descriptor by which the loop waits for them. Names are
// looked up on a thread of their own. The loop's thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/background.h"
#include "gateway/base/descriptor.h"
#include "gateway/base/event.h"
#include "gateway/transport/lan_socket.h"

namespace bluetti::gateway {

class LanSockets {
 public:
  LanSockets();
  LanSockets(const LanSockets&) = delete;
  LanSockets& operator=(const LanSockets&) = delete;
  ~LanSockets();

  // Readable when collect() has something to do.
  [[nodiscard]] int descriptor() const { return poll_.get(); }

  // This must outlive it.
  [[nodiscard]] std::unique_ptr<LanSocket> make(LanLink link, std::string host, std::uint16_t port);

  // Adds what has happened since the last call. Views into messages hold until the next one.
  void collect(std::vector<Event>& out);

 private:
  class Socket;
  struct Lookups;

  void nudge();
  void look_up(std::uint64_t socket, const std::string& host, std::uint16_t port);

  Descriptor poll_;
  std::shared_ptr<Lookups> lookups_;
  std::vector<std::pair<std::uint64_t, Socket*>> sockets_;  // by number, ascending
  std::uint64_t last_number_ = 0;
  std::vector<Event> pending_;  // what happened outside collect()
  Background background_;
};

}  // namespace bluetti::gateway
