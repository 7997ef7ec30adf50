// SPDX-License-Identifier: MIT
// The one connection to a station on the local network: kept open, and made again with waits that grow from seconds to
// minutes, since stations have few sockets and one was out of them after quick reconnects until its factory reset. The
// loop's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "gateway/base/backoff.h"
#include "gateway/base/time.h"
#include "gateway/transport/lan_socket.h"

namespace bluetti::gateway {

class LanConnection {
 public:
  static constexpr std::chrono::seconds kFirstWait{2};
  static constexpr std::chrono::seconds kLongestWait{120};
  static constexpr std::chrono::seconds kLongestWaitBesideOthers{20};  // where another way is used meanwhile
  static constexpr std::chrono::seconds kConnectWithin{10};
  static constexpr std::chrono::seconds kProven{30};  // a connection that lasted so long makes the next wait short
  static constexpr int kMissesUntilNew = 3;           // reads in a row without an answer, and it is replaced

  LanConnection(std::unique_ptr<LanSocket> socket, bool is_only_way, std::uint64_t seed);

  // Connects when it is time to. True: it gave up connecting, which counts as an end.
  [[nodiscard]] bool tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const { return act_at_; }

  void on_connected(TimePoint now);
  // Returns the wait before the next try.
  Duration on_ended(TimePoint now);
  // A read was not answered, or not as a whole. True: the connection was closed for it.
  [[nodiscard]] bool on_missed(TimePoint now);
  void on_answered() { misses_ = 0; }

  [[nodiscard]] bool connected() const { return stage_ == Stage::connected; }
  [[nodiscard]] bool send(std::span<const std::byte> message) { return connected() && socket_->send(message); }
  // What answers there is not to be spoken with: closed, and tried again as after any end.
  void turn_away(TimePoint now);
  void stop();

 private:
  enum class Stage : std::uint8_t { waiting, connecting, connected, stopped };

  std::unique_ptr<LanSocket> socket_;
  Backoff backoff_;
  Stage stage_ = Stage::waiting;
  TimePoint act_at_ = TimePoint::min();  // at once
  TimePoint since_{};
  int misses_ = 0;
};

}  // namespace bluetti::gateway
