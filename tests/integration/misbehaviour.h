// SPDX-License-Identifier: MIT
// Ways in which a station, or what lies between it and us, can answer wrongly.
#pragma once

#include <chrono>
#include <cstdint>

#include "tests/integration/hostile_station.h"

namespace bluetti::test::misbehaviour {

[[nodiscard]] Behaviour silent();
[[nodiscard]] Behaviour late(std::chrono::milliseconds by);
[[nodiscard]] Behaviour duplicated();
[[nodiscard]] Behaviour reordered();                  // an answer comes after that to the next request
[[nodiscard]] Behaviour garbage(std::uint32_t seed);  // bytes at random, bare and in a good envelope; then the truth
[[nodiscard]] Behaviour cut_in_half();
[[nodiscard]] Behaviour enormous();  // 100 kB, ten times; then the truth
[[nodiscard]] Behaviour from_unit(std::uint8_t unit);
[[nodiscard]] Behaviour with_a_flipped_bit();  // so that the CRC is wrong
[[nodiscard]] Behaviour longer_by_a_register();
[[nodiscard]] Behaviour exception(std::uint8_t code);

}  // namespace bluetti::test::misbehaviour
