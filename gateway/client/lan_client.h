// SPDX-License-Identifier: MIT
// A station on the local network, read here and now over Modbus TCP by a command. One connection, one read at a time.
// Blocks; one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/mqtt/tcp_connection.h"
#include "protocol/mbap.h"

namespace bluetti::gateway::read {

struct LanFailure {
  enum class Kind : std::uint8_t { silent, refused, lost };
  Kind kind = Kind::silent;
  std::string reason;  // for a person
};
using LanData = std::variant<std::vector<std::byte>, LanFailure>;  // of all registers that were asked for

class LanClient {
 public:
  // Or why not.
  [[nodiscard]] static std::variant<LanClient, std::string> connect(const std::string& host, std::uint16_t port,
                                                                    std::chrono::milliseconds within);

  [[nodiscard]] LanData read(const protocol::ReadRequest& request, std::chrono::milliseconds within);

 private:
  explicit LanClient(TcpConnection connection) : connection_(std::move(connection)) {}
  [[nodiscard]] std::optional<LanData> result_in(std::span<const std::byte> message,
                                                 const protocol::ReadRequest& request) const;

  TcpConnection connection_;
  protocol::AduSplitter splitter_;
  std::uint16_t transaction_ = 0;
};

}  // namespace bluetti::gateway::read
