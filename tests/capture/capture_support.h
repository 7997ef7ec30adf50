// SPDX-License-Identifier: MIT
// Messages of an imaginary AP300, composed by the built-in schemas, and a look at what becomes of them.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "schemas/catalog.h"
#include "schemas/decoder.h"
#include "tests/support/fakes.h"

namespace bluetti::test {

using Bytes = std::vector<std::byte>;
using Values = std::map<std::string, std::string>;  // by path, absent ones left out

inline constexpr std::string_view kSerial = "2345000000001";

// A block's registers with these values in them, by path; the rest is zero.
[[nodiscard]] Bytes composed(std::uint16_t block, const Values& values);

// Payloads in the envelope of an AP300.
[[nodiscard]] Bytes read_request(std::uint16_t first_register, std::uint16_t count);
[[nodiscard]] Bytes read_answer(std::span<const std::byte> data);
[[nodiscard]] Bytes push_of(std::uint16_t first_register, std::span<const std::byte> data);

// The registers in a push or answer; empty if it is broken.
[[nodiscard]] Bytes registers_in(std::span<const std::byte> payload);

// What an AP300's block says, secrets too.
[[nodiscard]] Values decoded(std::uint16_t block, std::span<const std::byte> data);

// Whether the serial number stands in these bytes: as text, also with the bytes of each register exchanged, as BCD, as
// a number of 48 bits in any order of bytes or registers.
[[nodiscard]] bool tells(std::span<const std::byte> bytes, std::string_view serial);

[[nodiscard]] std::string_view text_of(std::span<const std::byte> bytes);
[[nodiscard]] Bytes bytes_of(std::string_view text);

}  // namespace bluetti::test
