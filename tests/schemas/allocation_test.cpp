// SPDX-License-Identifier: MIT
// Decoding allocates nothing.
#include <gtest/gtest.h>

#include "schemas/catalog.h"
#include "schemas/decoder.h"
#include "tests/support/counted_allocations.h"

namespace bluetti::schemas {
namespace {

using test::allocations;

TEST(Allocations, TheCounterCounts) {
  const std::size_t before = allocations();
  auto* const kept = new std::string(1000, 'x');
  delete kept;
  EXPECT_GE(allocations(), before + 2);
}

TEST(Allocations, DecodingAPreparedRowMakesNone) {
  const Catalog catalog = Catalog::built_in();
  std::vector<std::byte> data(250);
  for (std::size_t index = 0; index < data.size(); ++index) data[index] = static_cast<std::byte>(index * 37);
  for (const auto& [name, model] : catalog.models()) {
    if (model.is_abstract) continue;
    for (const std::uint16_t id : model.blocks) {
      const Decoder decoder(*catalog.block(id), model);
      Row row = decoder.make_row();
      const std::size_t before = allocations();
      decoder.decode(data, 0, row);
      EXPECT_EQ(allocations(), before) << name << ", block " << id;
    }
  }
}

}  // namespace
}  // namespace bluetti::schemas
