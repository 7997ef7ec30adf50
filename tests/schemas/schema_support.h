// SPDX-License-Identifier: MIT
// What the tests of the schema engine share: blocks and models from text, bytes from hex, values by name.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/catalog.h"
#include "schemas/decoder.h"

namespace bluetti::schemas::testing {

// Blanks between the bytes are allowed.
[[nodiscard]] std::vector<std::byte> bytes(std::string_view hex);

// Loading takes a while, and nobody changes it.
[[nodiscard]] const Catalog& built_in_catalog();

// A block 100 with these rows and groups, in the format of schemas/README.md. Fails the test if it is refused.
[[nodiscard]] Block block_with(std::string_view rows, std::string_view groups = "");
[[nodiscard]] Block block_from(std::string_view text);

// "file:line:column: message" of everything wrong with a block or model file.
[[nodiscard]] std::vector<std::string> problems_of_block(std::string_view text);
[[nodiscard]] std::vector<std::string> problems_of_model(std::string_view text);

// One decoder with its row.
class Decoded {
 public:
  explicit Decoded(const Block& block, const Model& model = Model(), int instance = 1)
      : decoder(block, model, instance), row(decoder.make_row()) {}

  Decoded& decode(std::string_view hex, int first = 0) {
    decoder.decode(bytes(hex), first, row);
    return *this;
  }

  [[nodiscard]] std::size_t slot(std::string_view path) const;
  [[nodiscard]] const Value& value(std::string_view path) const { return row.values[slot(path)]; }
  // As published: "53.13", "ON"; "absent" and "missing" for what is.
  [[nodiscard]] std::string shown(std::string_view path) const;
  [[nodiscard]] std::string json() const { return decoder.to_json(row); }

  Decoder decoder;
  Row row;
};

// The one field of a block, published as `value`, over these bytes.
[[nodiscard]] std::string shown(std::string_view row, std::string_view hex, const Model& model = Model());

}  // namespace bluetti::schemas::testing
