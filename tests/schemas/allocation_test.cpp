// SPDX-License-Identifier: MIT
// Counts every allocation of this program, to show that decoding makes none.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "schemas/catalog.h"
#include "schemas/decoder.h"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace bluetti::schemas {
namespace {

TEST(Allocations, TheCounterCounts) {
  const std::size_t before = allocations;
  auto* const kept = new std::string(1000, 'x');
  delete kept;
  EXPECT_GE(allocations, before + 2);
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
      const std::size_t before = allocations;
      decoder.decode(data, 0, row);
      EXPECT_EQ(allocations, before) << name << ", block " << id;
    }
  }
}

}  // namespace
}  // namespace bluetti::schemas
