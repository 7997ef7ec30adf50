// SPDX-License-Identifier: MIT
// The registers a station has: stretches of memory, each at a Modbus unit and a first register. Bytes as on the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bluetti::gateway::simulator {

class StationImage {
 public:
  struct Stretch {
    std::uint8_t unit = 0;
    std::uint16_t first_register = 0;
    std::uint16_t registers = 0;
    std::size_t offset = 0;  // into the memory of all stretches
  };

  // Adds zeroed registers and returns the number of the stretch.
  std::size_t add(std::uint8_t unit, std::uint16_t first_register, std::uint16_t registers);

  [[nodiscard]] std::span<const Stretch> stretches() const { return stretches_; }
  [[nodiscard]] bool has_unit(std::uint8_t unit) const;

  // The stretch that holds this register; of several, the one that starts nearest before it.
  [[nodiscard]] std::optional<std::size_t> find(std::uint8_t unit, std::uint16_t address) const;

  [[nodiscard]] std::span<std::byte> bytes(std::size_t stretch);
  [[nodiscard]] std::span<const std::byte> bytes(std::size_t stretch) const;

  // At most `count` registers from `address` on, which the stretch holds: fewer where it ends before.
  [[nodiscard]] std::span<const std::byte> read(std::size_t stretch, std::uint16_t address, std::uint16_t count) const;

 private:
  std::vector<Stretch> stretches_;
  std::vector<std::byte> memory_;
};

}  // namespace bluetti::gateway::simulator
