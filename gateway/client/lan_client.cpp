// SPDX-License-Identifier: MIT
#include "gateway/client/lan_client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace bluetti::gateway::read {
namespace {

LanFailure lost(std::string reason) {
  return {.kind = LanFailure::Kind::lost, .reason = std::move(reason)};
}

}  // namespace

std::variant<LanClient, std::string> LanClient::connect(const std::string& host, std::uint16_t port,
                                                        std::chrono::milliseconds within) {
  auto connected = connect_tcp(host, port, std::chrono::steady_clock::now() + within);
  if (auto* problem = std::get_if<std::string>(&connected)) return std::move(*problem);
  return LanClient(std::move(std::get<TcpConnection>(connected)));
}

LanData LanClient::read(const protocol::ReadRequest& request, std::chrono::milliseconds within) {
  const Deadline deadline = std::chrono::steady_clock::now() + within;
  std::array<std::byte, protocol::kMaxRequest> buffer;
  const auto message = protocol::modbus_tcp().wrap(request, ++transaction_, buffer);
  const auto sent = send(connection_.descriptor(), message.data(), message.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(message.size())) return lost(std::system_category().message(errno));
  heard_other_unit_ = false;
  splitter_.clear();  // what was cut before does not go on
  while (connection_.wait_readable(deadline)) {
    const auto room = splitter_.room();
    const auto size = recv(connection_.descriptor(), room.data(), room.size(), 0);
    if (size == 0) return lost("the station closed the connection");
    if (size < 0) return lost(std::system_category().message(errno));
    splitter_.arrived(static_cast<std::size_t>(size));
    while (const auto whole = splitter_.next()) {
      if (auto result = result_in(*whole, request)) return *std::move(result);
    }
    if (splitter_.is_broken()) return lost("what came is no Modbus TCP");
  }
  return LanFailure{.kind = LanFailure::Kind::silent,
                    .reason = heard_other_unit_ ? "no answer but one from another Modbus unit" : "no answer"};
}

std::optional<LanData> LanClient::result_in(std::span<const std::byte> message, const protocol::ReadRequest& request) {
  const auto opened = protocol::modbus_tcp().open(message);
  const auto* arrived = std::get_if<protocol::Arrived>(&opened);
  if (!arrived || arrived->transaction != transaction_) return std::nullopt;
  const std::uint8_t unit = std::visit([](const auto& frame) { return frame.unit; }, arrived->frame);
  heard_other_unit_ |= unit != request.unit;
  if (unit != request.unit) return std::nullopt;
  if (const auto* exception = std::get_if<protocol::ExceptionAnswer>(&arrived->frame)) {
    last_refusal_ = fmt::format("Modbus exception {} ({})", exception->code, protocol::exception_name(exception->code));
    const auto kind = protocol::puts_off(exception->code) ? LanFailure::Kind::busy : LanFailure::Kind::refused;
    return LanFailure{.kind = kind, .reason = last_refusal_};
  }
  const auto* answer = std::get_if<protocol::ReadAnswer>(&arrived->frame);
  if (!answer || answer->data.size() != std::size_t{2} * request.count) return std::nullopt;
  has_given_ = true;
  return std::vector<std::byte>(answer->data.begin(), answer->data.end());
}

}  // namespace bluetti::gateway::read
