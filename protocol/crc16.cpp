// SPDX-License-Identifier: MIT
#include <array>
#include <type_traits>

#include "protocol/big_endian.h"
#include "protocol/modbus.h"

namespace bluetti::protocol {
namespace {

constexpr std::uint16_t kPolynomial = 0xA001;  // 0x8005 with its bits in the order of transmission
constexpr std::uint16_t kStart = 0xFFFF;
constexpr std::size_t kSlices = 8;

using Table = std::array<std::uint16_t, 256>;

// Table k holds what a byte adds to the CRC once k more bytes have passed. Eight of them take eight bytes in one step
// of independent look-ups, where a single table must wait for each byte's result before the next.
constexpr std::array<Table, kSlices> make_tables() {
  std::array<Table, kSlices> tables{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? (crc >> 1) ^ kPolynomial : crc >> 1;
    tables[0][byte] = static_cast<std::uint16_t>(crc);
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const unsigned before = tables[slice - 1][byte];
      tables[slice][byte] = static_cast<std::uint16_t>((before >> 8) ^ tables[0][before & 0xFF]);
    }
  }
  return tables;
}

constexpr auto kTables = make_tables();

// Takes two to kSlices bytes, all of the data, in one step. Only the first two look-ups wait for the step before; the
// others are summed beside them.
template <typename Size>
unsigned step(unsigned crc, std::span<const std::byte> data, Size size) noexcept {
  unsigned later = 0;
  for (std::size_t index = 2; index < size; ++index) later ^= kTables[size - 1 - index][octet_at(data, index)];
  const unsigned mixed = crc ^ static_cast<unsigned>(octet_at(data, 1) << 8 | octet_at(data, 0));
  return later ^ (kTables[size - 1][mixed & 0xFF] ^ kTables[size - 2][mixed >> 8]);
}

}  // namespace

std::uint16_t crc16(std::span<const std::byte> data) noexcept {
  unsigned crc = kStart;
  for (; data.size() >= kSlices; data = data.subspan(kSlices)) {
    crc = step(crc, data, std::integral_constant<std::size_t, kSlices>());
  }
  if (data.size() == 1) crc = (crc >> 8) ^ kTables[0][(crc ^ octet_at(data, 0)) & 0xFF];
  if (data.size() > 1) crc = step(crc, data, data.size());
  return static_cast<std::uint16_t>(crc);
}

bool has_right_crc(std::span<const std::byte> frame) noexcept {
  constexpr std::size_t kSmallestFrame = 4;  // unit, function, CRC
  // A CRC taken over a frame with its own CRC at the end is zero.
  return frame.size() >= kSmallestFrame && crc16(frame) == 0;
}

}  // namespace bluetti::protocol
