// SPDX-License-Identifier: MIT
// Any text as a schema file, block or model.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schemas/catalog.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  bluetti::schemas::Catalog catalog;
  catalog.add("fuzz.toml", {reinterpret_cast<const char*>(input), size});
  catalog.finish();
  return 0;
}
