// SPDX-License-Identifier: MIT
// Any schema over any data. The input is the text of a block file, a NUL, one byte for where the data starts, the data.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

#include "schemas/catalog.h"
#include "schemas/decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  using namespace bluetti::schemas;
  const std::uint8_t* const end = input + size;
  const std::uint8_t* const nul = std::find(input, end, std::uint8_t{0});
  const std::string_view text(reinterpret_cast<const char*>(input), static_cast<std::size_t>(nul - input));
  std::vector<Problem> problems;
  const auto block = parse_block("fuzz.toml", text, problems);
  if (!block || end - nul < 2) return 0;
  const int first = static_cast<std::int8_t>(nul[1]);
  const auto data = std::as_bytes(std::span(nul + 2, end));
  try {
    const Decoder decoder(*block, Model());
    Row row = decoder.make_row();
    decoder.decode(data, first, row);
    (void)decoder.to_json(row);
    std::vector<std::byte> copy(data.begin(), data.end());
    for (std::size_t slot = 0; slot < decoder.slots().size(); ++slot) (void)decoder.encode(slot, 1.0, copy);
  } catch (const std::invalid_argument&) {  // a parameter that no model gives
  }
  return 0;
}
