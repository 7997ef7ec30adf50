// SPDX-License-Identifier: MIT
#include "gateway/simulator/station_image.h"

#include <algorithm>

namespace bluetti::gateway::simulator {

std::size_t StationImage::add(std::uint8_t unit, std::uint16_t first_register, std::uint16_t registers) {
  stretches_.push_back(
      {.unit = unit, .first_register = first_register, .registers = registers, .offset = memory_.size()});
  memory_.resize(memory_.size() + std::size_t{2} * registers);
  return stretches_.size() - 1;
}

bool StationImage::has_unit(std::uint8_t unit) const {
  return std::ranges::find(stretches_, unit, &Stretch::unit) != stretches_.end();
}

std::optional<std::size_t> StationImage::find(std::uint8_t unit, std::uint16_t address) const {
  std::optional<std::size_t> nearest;
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    const Stretch& stretch = stretches_[i];
    const bool holds = stretch.unit == unit && address >= stretch.first_register &&
                       address - stretch.first_register < stretch.registers;
    if (holds && (!nearest || stretch.first_register > stretches_[*nearest].first_register)) nearest = i;
  }
  return nearest;
}

std::span<std::byte> StationImage::bytes(std::size_t stretch) {
  return std::span{memory_}.subspan(stretches_[stretch].offset, std::size_t{2} * stretches_[stretch].registers);
}

std::span<const std::byte> StationImage::bytes(std::size_t stretch) const {
  return std::span{memory_}.subspan(stretches_[stretch].offset, std::size_t{2} * stretches_[stretch].registers);
}

std::span<const std::byte> StationImage::read(std::size_t stretch, std::uint16_t address, std::uint16_t count) const {
  const auto from_here =
      bytes(stretch).subspan(std::size_t{2} * (std::size_t{address} - stretches_[stretch].first_register));
  return from_here.first(std::min(from_here.size(), std::size_t{2} * count));
}

}  // namespace bluetti::gateway::simulator
