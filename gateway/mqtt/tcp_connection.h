// SPDX-License-Identifier: MIT
// A TCP connection with a deadline, for the little that does not go through a library. Blocks; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace bluetti::gateway {

using Deadline = std::chrono::steady_clock::time_point;

class TcpConnection {
 public:
  explicit TcpConnection(int descriptor) noexcept : descriptor_(descriptor) {}
  TcpConnection(TcpConnection&& other) noexcept;
  TcpConnection& operator=(TcpConnection&&) = delete;
  ~TcpConnection();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }  // does not block

  // False: the deadline has passed.
  [[nodiscard]] bool wait_readable(Deadline deadline) const;
  [[nodiscard]] bool wait_writable(Deadline deadline) const;

 private:
  int descriptor_;
};

// The first of the host's addresses that accepts, or what went wrong with the last. The resolver keeps its own time.
[[nodiscard]] std::variant<TcpConnection, std::string> connect_tcp(const std::string& host, std::uint16_t port,
                                                                   Deadline deadline);

}  // namespace bluetti::gateway
