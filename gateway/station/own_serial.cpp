// SPDX-License-Identifier: MIT
#include "gateway/station/own_serial.h"

#include <algorithm>
#include <cstdint>

#include "protocol/big_endian.h"

namespace bluetti::gateway {

std::string own_serial_in(std::span<const std::byte> data) {
  std::uint64_t serial = 0;
  for (std::size_t end = data.size() / 2; end > 0; --end) serial = serial << 16 | protocol::word_at(data, 2 * end - 2);
  const bool is_none = serial == 0 || ~serial == 0;
  return is_none ? std::string() : std::to_string(serial);
}

bool is_same_serial(std::string_view told, std::string_view configured) {
  configured.remove_prefix(std::min(configured.find_first_not_of('0'), configured.size()));
  return told == configured;
}

}  // namespace bluetti::gateway
