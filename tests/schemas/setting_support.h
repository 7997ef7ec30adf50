// SPDX-License-Identifier: MIT
// The built-in settings, and registers to try them on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/catalog.h"
#include "schemas/setting.h"
#include "tests/schemas/schema_support.h"

namespace bluetti::schemas::testing {

// Of a model that the test names; fails the test if it has no such setting.
[[nodiscard]] const Setting& built_in_setting(std::string_view model, std::string_view path);

// The registers of one block of one model, all zero at first.
class RegisterImage {
 public:
  RegisterImage(std::string_view model, std::uint16_t block);

  // A value as published, at a field outside groups or a register of its own.
  RegisterImage& put(std::string_view path, std::string_view value);
  RegisterImage& put(std::uint16_t address, std::uint16_t value);
  // Does what a station does that takes the write.
  RegisterImage& apply(const RegisterWrite& write);

  [[nodiscard]] BlockData data() const { return bytes_; }
  [[nodiscard]] std::uint16_t at(std::uint16_t address) const;

 private:
  std::string model_;
  std::uint16_t block_;
  std::vector<std::byte> bytes_;
};

// The registers that let this setting be written: what it depends on is as it should be.
[[nodiscard]] RegisterImage ready_for(const Setting& setting);

// The write a wish becomes; fails the test if it is refused.
[[nodiscard]] RegisterWrite written(const Setting& setting, std::string_view wish, BlockData current);
// The reason of a refusal; "taken" if there is none.
[[nodiscard]] std::string refused(const Setting& setting, std::string_view wish, BlockData current);

}  // namespace bluetti::schemas::testing
