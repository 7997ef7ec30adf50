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
  enum class Kind : std::uint8_t { silent, busy, refused, lost };
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

  [[nodiscard]] bool has_answered() const { return has_given_ || !last_refusal_.empty(); }
  [[nodiscard]] bool has_given() const { return has_given_; }  // registers, not only refusals
  // The last of them, for a person; empty: none yet.
  [[nodiscard]] const std::string& last_refusal() const { return last_refusal_; }

 private:
  explicit LanClient(TcpConnection connection) : connection_(std::move(connection)) {}
  [[nodiscard]] std::optional<LanData> result_in(std::span<const std::byte> message,
                                                 const protocol::ReadRequest& request);

  TcpConnection connection_;
  protocol::AduSplitter splitter_;
  std::uint16_t transaction_ = 0;
  bool has_given_ = false;
  bool heard_other_unit_ = false;  // instead of the answer to the present read
  std::string last_refusal_;
};

}  // namespace bluetti::gateway::read
