// SPDX-License-Identifier: MIT
// What the cloud wraps around a Modbus frame. `bare` is nothing; `v1.0` is one byte 01; `v1.2` is ten bytes: 01 F8 0F,
// register (big-endian; zero in every answer seen from an AP300), two zero bytes, signed Wi-Fi RSSI in dBm (answers
// only), two zero bytes. The third byte is not checked: nobody has published what stations other than the AP300 send.
// A station does not answer a request in the wrong envelope. Pure functions over bytes; nothing throws. Source of the
// layout: thierrycoopman/battery-ha (AP300), mvadim-/bluetti-venus-gateway (EP760); see README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace bluetti::protocol {

enum class Envelope : std::uint8_t { bare, v1_0, v1_2 };
[[nodiscard]] std::string_view name_of(Envelope envelope) noexcept;  // "v1.2"

inline constexpr std::size_t kMaxEnvelope = 10;

struct Opened {
  Envelope envelope = Envelope::bare;
  std::uint16_t address = 0;            // register field of v1.2; 0: not said
  std::optional<std::int8_t> rssi_dbm;  // v1.2, where it is not zero
  std::span<const std::byte> frame;     // the Modbus frame, not yet checked
};

enum class EnvelopeError : std::uint8_t { too_short, wrong_header };
[[nodiscard]] std::string_view describe(EnvelopeError error) noexcept;

// Opens a payload known to use this envelope.
[[nodiscard]] std::variant<Opened, EnvelopeError> open(Envelope envelope, std::span<const std::byte> payload) noexcept;

// Which envelope a payload uses, from its bytes alone: v1.2 by its header, else whichever of bare and v1.0 leaves a
// frame with a right CRC, else bare. For `decode --frame`.
[[nodiscard]] Envelope detect(std::span<const std::byte> payload) noexcept;

// Wraps a frame. `address` and `rssi_dbm` go into a v1.2 header. `out` needs kMaxEnvelope + frame.size() bytes.
[[nodiscard]] std::span<const std::byte> wrap(Envelope envelope, std::uint16_t address, std::int8_t rssi_dbm,
                                              std::span<const std::byte> frame, std::span<std::byte> out) noexcept;

}  // namespace bluetti::protocol
