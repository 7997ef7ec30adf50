// SPDX-License-Identifier: MIT
// A TCP line with faults, in front of a real server on loopback. What passes is not looked at, so TLS stays whole. Any
// thread may switch faults while the line is in use; a thread of the proxy's own does the work. Throws
// std::runtime_error if it cannot get a port.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace bluetti::test_support {

class FaultProxy {
 public:
  enum class Way : std::uint8_t { to_server, to_client };
  enum class Door : std::uint8_t { open, refuses, resets };  // resets: accepts, then RST
  enum class End : std::uint8_t { stall, close, reset };

  // How bytes travel one way, on all connections.
  struct Flow {
    bool swallows = false;                   // takes them and forgets them
    std::chrono::milliseconds delay{};       // before each is passed on
    std::size_t bytes_per_second = 0;        // 0: as fast as it goes
    std::optional<std::size_t> passes = {};  // so many, then `end`
    End end = End::stall;                    // stall: the connection stays, what comes is kept
  };
  static Flow stalled_after(std::size_t bytes) { return {.passes = bytes}; }
  static Flow ended_after(std::size_t bytes, End end) { return {.passes = bytes, .end = end}; }

  struct Counts {
    std::size_t connections = 0;         // that came to the open or resetting door
    std::array<std::size_t, 2> bytes{};  // that came, by Way
  };

  explicit FaultProxy(std::uint16_t server_port);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] Counts counts() const;

  void set_door(Door door);
  void set(Way way, Flow flow);
  void set_both(Flow flow);
  void reset_connections();  // RST to both sides of each
  void heal();               // door open, flows free: what was kept is passed on

 private:
  struct Line;
  struct Connection;
  using TimePoint = std::chrono::steady_clock::time_point;

  void run();
  void wake() const;
  void open_door();
  void close_door();
  void accept_connections();
  [[nodiscard]] std::chrono::milliseconds serve(TimePoint now);  // how long nothing will be due
  [[nodiscard]] bool pump(Line& line, TimePoint now);            // false: the connection is over
  [[nodiscard]] bool take_in(Line& line, TimePoint now);
  [[nodiscard]] bool pass_on(Line& line, TimePoint now);
  [[nodiscard]] std::size_t allowance(const Line& line) const;
  [[nodiscard]] std::optional<TimePoint> due(const Line& line) const;

  std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int reserve_ = -1;   // holds the port while the door is closed
  int listener_ = -1;  // -1: closed
  int wake_ = -1;
  mutable std::mutex mutex_;  // guards all below
  Door door_ = Door::open;
  std::array<Flow, 2> flows_{};
  Counts counts_;
  std::vector<std::unique_ptr<Connection>> connections_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace bluetti::test_support
