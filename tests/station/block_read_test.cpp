// SPDX-License-Identifier: MIT
#include "gateway/station/block_read.h"

#include <gtest/gtest.h>

#include <utility>

namespace bluetti::test {
namespace {

using gateway::BlockRead;
using gateway::cut_before;

// Register and number of registers.
using Part = std::pair<int, int>;

Part part_of(const BlockRead& read) {
  return {read.part().first, read.part().count};
}

// A counter of two registers in each of the even places from this register on.
schemas::Block counters_from(int first_register) {
  schemas::Block block;
  block.fields.push_back({.name = "counters", .offset = 2 * first_register, .size = 4, .count = 200, .stride = 4});
  return block;
}

schemas::Block packs_of(int registers) {
  schemas::Block block;
  block.groups.push_back({.name = "packs", .count = 10, .max = 10, .offset = 4, .stride = 2 * registers});
  return block;
}

TEST(BlockRead, ASmallBlockIsOneRead) {
  const schemas::Block block;
  BlockRead read(block, 125);
  EXPECT_EQ(part_of(read), Part(0, 125));
  EXPECT_FALSE(read.on_answer(125));
  EXPECT_EQ(read.reached(), 125);
}

TEST(BlockRead, ALongBlockIsReadInPartsThatFollowEachOther) {
  const schemas::Block block;
  BlockRead read(block, 300);
  EXPECT_EQ(part_of(read), Part(0, 125));
  EXPECT_TRUE(read.on_answer(125));
  EXPECT_EQ(part_of(read), Part(125, 125));
  EXPECT_TRUE(read.on_answer(125));
  EXPECT_EQ(part_of(read), Part(250, 50));
  EXPECT_FALSE(read.on_answer(50));
  EXPECT_EQ(read.reached(), 300);
}

TEST(BlockRead, NoCounterIsTornOverTwoReads) {
  const schemas::Block block = counters_from(0);
  BlockRead read(block, 300);
  EXPECT_EQ(part_of(read), Part(0, 124));
  EXPECT_TRUE(read.on_answer(124));
  EXPECT_EQ(part_of(read), Part(124, 124));
}

TEST(BlockRead, ACounterThatEndsAtTheCutIsWhole) {
  schemas::Block block;
  block.fields.push_back({.name = "counter", .offset = 2 * 123, .size = 4});
  EXPECT_EQ(part_of(BlockRead(block, 300)), Part(0, 125));
}

TEST(BlockRead, NoItemOfAGroupIsTornOverTwoReads) {
  const schemas::Block block = packs_of(20);  // they begin at 2, 22, 42, ... 122
  BlockRead read(block, 202);
  EXPECT_EQ(part_of(read), Part(0, 122));
}

TEST(BlockRead, WhatIsTooLongForAnyReadIsCutAtTheLimit) {
  EXPECT_EQ(cut_before(packs_of(200), 10, 135), 135);
}

TEST(BlockRead, AShortAnswerEndsThePoll) {
  const schemas::Block block;
  BlockRead read(block, 300);
  EXPECT_TRUE(read.on_answer(125));
  EXPECT_FALSE(read.on_answer(60));
  EXPECT_EQ(read.reached(), 185);
  EXPECT_FALSE(read.was_refused());
}

TEST(BlockRead, ABlockThatIsNotThereCostsOneReadMore) {
  const schemas::Block block;
  BlockRead read(block, 40);
  EXPECT_TRUE(read.on_refusal());
  EXPECT_EQ(part_of(read), Part(0, 20));
  EXPECT_FALSE(read.on_refusal());
  EXPECT_EQ(read.reached(), 0);
}

// Plays a station that has so many registers and refuses every read beyond them.
int reads_until_done(BlockRead& read, int has) {
  for (int reads = 1;; ++reads) {
    const BlockRead::Part part = read.part();
    const bool goes_on = part.first + part.count <= has ? read.on_answer(part.count) : read.on_refusal();
    if (!goes_on) return reads;
  }
}

TEST(BlockRead, AFewShorterReadsComeNearTheEndOfWhatIsThere) {
  for (int has = 16; has < 31; ++has) {
    const schemas::Block block;
    BlockRead read(block, 31);
    EXPECT_LE(reads_until_done(read, has), 1 + BlockRead::kMostShorterTries);
    EXPECT_LE(read.reached(), has);
    EXPECT_GE(read.reached(), has - 1) << has;
    EXPECT_TRUE(read.was_refused());
  }
}

TEST(BlockRead, ShorterReadsTearNoCounterEither) {
  const schemas::Block block = counters_from(1);
  BlockRead read(block, 41);
  reads_until_done(read, 34);
  EXPECT_EQ(read.reached() % 2, 1);
  EXPECT_GE(read.reached(), 29);
}

TEST(BlockRead, ARefusedLaterPartLeavesWhatWasRead) {
  const schemas::Block block;
  BlockRead read(block, 250);
  EXPECT_TRUE(read.on_answer(125));
  while (read.on_refusal()) continue;
  EXPECT_EQ(read.reached(), 125);
  EXPECT_TRUE(read.was_refused());
}

TEST(BlockRead, ASingleRegisterIsNotAskedForInHalves) {
  const schemas::Block block;
  BlockRead read(block, 1);
  EXPECT_FALSE(read.on_refusal());
}

}  // namespace
}  // namespace bluetti::test
