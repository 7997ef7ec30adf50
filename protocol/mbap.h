// SPDX-License-Identifier: MIT
// Modbus TCP: the MBAP header in front of a Modbus PDU, as stations speak it on port 502 of the home network. No
// envelope, no CRC; a transaction number that the answer repeats, and no pushes. The bytes of a connection come in
// pieces of any size: AduSplitter makes whole messages ("ADUs") of them. Any thread, nothing throws or allocates.
// Layout: Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1. See README.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/framing.h"
#include "protocol/modbus.h"
#include "protocol/write.h"

namespace bluetti::protocol {

inline constexpr std::size_t kMbapHeader = 7;  // transaction, protocol (always 0), length of what follows, unit
inline constexpr std::size_t kMaxAdu = 260;    // of the standard: header and a PDU of 253 bytes
inline constexpr std::uint16_t kModbusTcpPort = 502;

// The way over MBAP. Its open() names the transaction and never the address; a Push does not come this way.
[[nodiscard]] const Framing& modbus_tcp() noexcept;

enum class AduError : std::uint8_t {
  too_short,
  foreign_protocol,  // the protocol field is not 0: no Modbus
  bad_length,        // the length field, the counts inside and the bytes there are contradict each other
  unknown_function
};
[[nodiscard]] std::string_view describe(AduError error) noexcept;

// Takes what a socket gave and hands out whole ADUs. What no ADU begins with breaks the stream for good, as nothing in
// it says where the next one would begin: close the connection then.
class AduSplitter {
 public:
  // Where to read to; at least a whole ADU fits, once next() has come to an end. Views of next() end here.
  [[nodiscard]] std::span<std::byte> room() noexcept;
  void arrived(std::size_t bytes) noexcept { filled_ += bytes; }

  // The next whole ADU, its header checked; nothing: more bytes are needed, or the stream is broken.
  [[nodiscard]] std::optional<std::span<const std::byte>> next() noexcept;

  [[nodiscard]] bool is_broken() const noexcept { return broken_; }
  [[nodiscard]] std::size_t waiting() const noexcept { return filled_ - taken_; }  // bytes of an ADU that is not whole
  void clear() noexcept { *this = AduSplitter(); }

 private:
  std::array<std::byte, 4 * kMaxAdu> buffer_{};
  std::size_t taken_ = 0;   // bytes handed out
  std::size_t filled_ = 0;  // bytes arrived
  bool broken_ = false;
};

// The station's side, for the simulator. What arrives:
struct ReceivedRequest {
  std::uint16_t transaction = 0;
  std::uint8_t unit = 0;
  std::uint8_t function = 0;
  std::variant<std::monostate, ReadRequest, ReceivedWrite> request;  // monostate: of another function, or senseless
};
[[nodiscard]] std::variant<ReceivedRequest, AduError> parse_adu_request(std::span<const std::byte> adu) noexcept;

// What it answers with. `out` needs kMaxAdu bytes; the result is the used part, empty for data that open() refuses.
[[nodiscard]] std::span<const std::byte> encode_adu_answer(std::uint16_t transaction, std::uint8_t unit,
                                                           std::span<const std::byte> data,
                                                           std::span<std::byte> out) noexcept;
[[nodiscard]] std::span<const std::byte> encode_adu(std::uint16_t transaction, const WriteEcho& echo,
                                                    std::span<std::byte> out) noexcept;
[[nodiscard]] std::span<const std::byte> encode_adu(std::uint16_t transaction, const BlockWriteEcho& echo,
                                                    std::span<std::byte> out) noexcept;
[[nodiscard]] std::span<const std::byte> encode_adu(std::uint16_t transaction, const ExceptionAnswer& exception,
                                                    std::span<std::byte> out) noexcept;

}  // namespace bluetti::protocol
