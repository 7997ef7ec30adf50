// SPDX-License-Identifier: MIT
// Any text as a wish for any setting, over any registers. The input is the wish, a NUL, the registers.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "schemas/never_write.h"
#include "schemas/setting.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti::schemas;
using bluetti::fuzz::require;

std::vector<Setting> some_settings() {
  const Catalog catalog = Catalog::built_in();
  std::vector<Setting> settings;
  for (const char* name : {"ELITE200V2", "EP2000", "AC500", "AC60"}) {
    SettingsOfModel of_model(catalog, *catalog.model(name));
    for (Setting& setting : of_model.all()) settings.push_back(std::move(setting));
  }
  return settings;
}

// What is taken touches the setting's registers alone, and is then what the station has.
void check_taken(const Setting& setting, std::string_view wish, std::span<const std::byte> data,
                 const RegisterWrite& write) {
  const Setting::Facts& facts = setting.facts();
  require(write.first_register == facts.first_register && write.values.size() == facts.registers);
  std::vector<std::byte> after(data.begin(), data.end());
  for (std::size_t i = 0; i < write.values.size(); ++i) {
    require(never_written(static_cast<std::uint32_t>(write.first_register + i)).empty());
    const std::size_t at = 2 * (write.first_register - facts.block + i);
    after[at] = static_cast<std::byte>(write.values[i] >> 8);
    after[at + 1] = static_cast<std::byte>(write.values[i] & 0xFF);
  }
  require(setting.holds(wish, after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  static const std::vector<Setting> settings = some_settings();
  const std::uint8_t* const end = input + size;
  const std::uint8_t* const nul = std::find(input, end, std::uint8_t{0});
  const std::string_view wish(reinterpret_cast<const char*>(input), static_cast<std::size_t>(nul - input));
  const auto data = std::as_bytes(std::span(nul == end ? end : nul + 1, end));
  for (const Setting& setting : settings) {
    const auto result = setting.encode(wish, data);
    if (const auto* write = std::get_if<RegisterWrite>(&result)) {
      check_taken(setting, wish, data, *write);
    } else {
      require(!std::get<WishRefused>(result).reason.empty());
    }
    (void)setting.read(data);
    (void)setting.unchanged(data);
  }
  return 0;
}
