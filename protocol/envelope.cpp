// SPDX-License-Identifier: MIT
#include "protocol/envelope.h"

#include <algorithm>
#include <array>

#include "protocol/big_endian.h"
#include "protocol/modbus.h"

namespace bluetti::protocol {
namespace {

constexpr std::uint8_t kFirstOctet = 0x01;   // of v1.0 and v1.2
constexpr std::uint8_t kSecondOctet = 0xF8;  // of v1.2
constexpr std::uint8_t kThirdOctet = 0x0F;   // of v1.2, as sent; what an EP760 sends here is not known
constexpr std::size_t kRegisterPosition = 3;
constexpr std::size_t kRssiPosition = 7;
constexpr std::size_t kHeaderV1_0 = 1;
constexpr std::size_t kHeaderV1_2 = 10;

constexpr std::size_t header_size(Envelope envelope) noexcept {
  switch (envelope) {
    case Envelope::v1_0:
      return kHeaderV1_0;
    case Envelope::v1_2:
      return kHeaderV1_2;
    case Envelope::bare:
      break;
  }
  return 0;
}

bool has_header(Envelope envelope, std::span<const std::byte> payload) noexcept {
  if (envelope == Envelope::bare) return true;
  return octet_at(payload, 0) == kFirstOctet && (envelope == Envelope::v1_0 || octet_at(payload, 1) == kSecondOctet);
}

}  // namespace

std::string_view name_of(Envelope envelope) noexcept {
  switch (envelope) {
    case Envelope::bare:
      return "bare";
    case Envelope::v1_0:
      return "v1.0";
    case Envelope::v1_2:
      return "v1.2";
  }
  return "unknown";
}

std::string_view describe(EnvelopeError error) noexcept {
  switch (error) {
    case EnvelopeError::too_short:
      return "shorter than the envelope's header";
    case EnvelopeError::wrong_header:
      return "does not begin with the envelope's header";
  }
  return "unknown";
}

std::variant<Opened, EnvelopeError> open(Envelope envelope, std::span<const std::byte> payload) noexcept {
  if (payload.size() < header_size(envelope)) return EnvelopeError::too_short;
  if (!has_header(envelope, payload)) return EnvelopeError::wrong_header;
  Opened opened{.envelope = envelope, .address = 0, .rssi_dbm = {}, .frame = payload.subspan(header_size(envelope))};
  if (envelope == Envelope::v1_2) {
    opened.address = word_at(payload, kRegisterPosition);
    const auto rssi = static_cast<std::int8_t>(octet_at(payload, kRssiPosition));
    if (rssi != 0) opened.rssi_dbm = rssi;
  }
  return opened;
}

Envelope detect(std::span<const std::byte> payload) noexcept {
  if (payload.size() >= kHeaderV1_2 && has_header(Envelope::v1_2, payload)) return Envelope::v1_2;
  if (has_right_crc(payload) || payload.empty()) return Envelope::bare;
  const bool is_v1_0 = has_header(Envelope::v1_0, payload) && has_right_crc(payload.subspan(kHeaderV1_0));
  return is_v1_0 ? Envelope::v1_0 : Envelope::bare;
}

std::span<const std::byte> wrap(Envelope envelope, std::uint16_t address, std::int8_t rssi_dbm,
                                std::span<const std::byte> frame, std::span<std::byte> out) noexcept {
  std::array<std::byte, kMaxEnvelope> header{std::byte{kFirstOctet}, std::byte{kSecondOctet}, std::byte{kThirdOctet}};
  put_word(header, kRegisterPosition, address);
  header[kRssiPosition] = static_cast<std::byte>(rssi_dbm);

  const auto used = out.first(header_size(envelope) + frame.size());
  const auto body = std::copy_n(header.begin(), header_size(envelope), used.begin());
  std::copy(frame.begin(), frame.end(), body);
  return used;
}

}  // namespace bluetti::protocol
