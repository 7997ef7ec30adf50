// SPDX-License-Identifier: MIT
#include <array>

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

}  // namespace

std::uint16_t crc16(std::span<const std::byte> data) noexcept {
  unsigned crc = kStart;
  while (data.size() >= kSlices) {
    // Only the first two look-ups wait for the step before; the others are summed beside them.
    const unsigned later = kTables[5][octet_at(data, 2)] ^ kTables[4][octet_at(data, 3)] ^
                           kTables[3][octet_at(data, 4)] ^ kTables[2][octet_at(data, 5)] ^
                           kTables[1][octet_at(data, 6)] ^ kTables[0][octet_at(data, 7)];
    const unsigned mixed = crc ^ static_cast<unsigned>(octet_at(data, 1) << 8 | octet_at(data, 0));
    crc = later ^ (kTables[7][mixed & 0xFF] ^ kTables[6][mixed >> 8]);
    data = data.subspan(kSlices);
  }
  for (const std::byte byte : data) crc = (crc >> 8) ^ kTables[0][(crc ^ std::to_integer<unsigned>(byte)) & 0xFF];
  return static_cast<std::uint16_t>(crc);
}

}  // namespace bluetti::protocol
