// SPDX-License-Identifier: MIT
#include "gateway/daemon/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

namespace bluetti::gateway {
namespace {

// In bytes.
long resident() {
  std::ifstream file("/proc/self/statm");
  long size = 0;
  long pages = 0;
  file >> size >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

TEST(Memory, WhatWasFreedGoesBackAndTheProgramGoesOn) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers have an allocator of their own";
#endif
  constexpr std::size_t kBlocks = 20'000;
  constexpr std::size_t kSize = 1000;
  std::vector<std::unique_ptr<std::vector<char>>> blocks(kBlocks);
  for (auto& block : blocks) block = std::make_unique<std::vector<char>>(kSize, 'x');
  const auto last = std::move(blocks.back());  // the heap cannot shrink from its end
  blocks.clear();
  const long before = resident();
  give_back_memory();
  EXPECT_LT(resident(), before - long{kBlocks * kSize / 2});
  EXPECT_EQ(last->back(), 'x');
}

}  // namespace
}  // namespace bluetti::gateway
