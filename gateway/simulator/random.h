// SPDX-License-Identifier: MIT
// Random numbers that come out alike on every machine and run: SplitMix64 (Steele, Lea, Flood 2014) and FNV-1a over it.
// The distributions of <random> differ between standard libraries.
#pragma once

#include <cstdint>
#include <string_view>

namespace bluetti::gateway::simulator {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31U);
  }

  // Evenly spread over [low, high).
  [[nodiscard]] double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(next() >> 11U) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

// A seed for the part of a simulation that `name` names.
[[nodiscard]] inline std::uint64_t seed_of(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325 ^ seed;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return Random{hash}.next();
}

}  // namespace bluetti::gateway::simulator
