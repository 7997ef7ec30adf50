// SPDX-License-Identifier: MIT
// Any text as a state file. What is understood is written and read again without a change.
#include "gateway/state/state_json.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bluetti::gateway;
  const auto result = state_from_json({reinterpret_cast<const char*>(data), size});
  const auto* state = std::get_if<State>(&result);
  if (state == nullptr) return 0;
  const std::string written = state_to_json(*state);
  const auto again = state_from_json(written);
  bluetti::fuzz::require(std::holds_alternative<State>(again) && state_to_json(std::get<State>(again)) == written);
  return 0;
}
