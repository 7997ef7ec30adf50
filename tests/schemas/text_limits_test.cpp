// SPDX-License-Identifier: MIT
#include "schemas/text_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "schemas/catalog.h"
#include "schemas/document.h"

namespace bluetti::schemas {
namespace {

using testing::HasSubstr;

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::string fault_in_toml(std::string_view text) {
  const auto fault = fault_of_toml(text, kMostSchemaBytes);
  return fault ? std::to_string(fault->line) + ": " + fault->message : "";
}

TEST(TextLimits, AKeyOfTwentyThousandPartsIsRefused) {
  EXPECT_EQ(fault_in_toml("\n\na" + repeated(".a", 20'000) + " = 1"), "3: a key of more than 32 parts");
  EXPECT_EQ(fault_in_toml("[a" + repeated(".\"a\"", 20'000) + "]"), "1: a key of more than 32 parts");
  EXPECT_EQ(fault_in_toml("a = { a" + repeated(" . a", 20'000) + " = 1 }"), "1: a key of more than 32 parts");
}

TEST(TextLimits, DeepBracketsAreRefused) {
  EXPECT_EQ(fault_in_toml("a = " + repeated("[", 33)), "1: nested deeper than 32 levels");
  EXPECT_EQ(fault_in_toml("a = " + repeated("{a=", 33)), "1: nested deeper than 32 levels");
  EXPECT_TRUE(fault_of_json(repeated("{\"a\":", 33), kMostConfigBytes));
  EXPECT_TRUE(fault_of_json(repeated("[", 33), kMostConfigBytes));
}

TEST(TextLimits, WhatStandsInStringsAndCommentsDoesNotCount) {
  const std::string dots = repeated(".", 100) + repeated("[", 100);
  for (const std::string& text : {"a = \"\\\"" + dots + "\"", "a = '" + dots + "'", "# " + dots + "\na = 1",
                                  "a = \"\"\"\n" + dots + "\n\"\"\"", "a = '''\n" + dots + "\n'''"}) {
    EXPECT_EQ(fault_in_toml(text), "") << text;
  }
  EXPECT_FALSE(fault_of_json("{\"a\":\"\\\"" + dots + "\"}", kMostConfigBytes));
}

TEST(TextLimits, CountAgainAfterAString) {
  EXPECT_NE(fault_in_toml("a = 'x' \nb" + repeated(".b", 40) + " = 1"), "");
  EXPECT_NE(fault_in_toml("a = \"\"\"x\"\"\" \nb" + repeated(".b", 40) + " = 1"), "");
}

TEST(TextLimits, ManyValuesSideBySideAreNotDeep) {
  EXPECT_EQ(fault_in_toml("a = [" + repeated("[1.5, 2.5], ", 1000) + "]"), "");
}

TEST(TextLimits, ASchemaFileOfFiftyThousandFieldsIsTooLarge) {
  std::vector<Problem> problems;
  const std::string text = "fields = [" + repeated("{ name = \"f\", register = 1, type = \"u16\" },", 50'000) + "]";
  EXPECT_FALSE(read_document("big.toml", text, problems));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].text(), "big.toml: has " + std::to_string(text.size()) + " bytes; at most 262144 are read");
}

TEST(TextLimits, EveryBuiltInFileIsFarBelowThem) {
  for (const EmbeddedFile& file : embedded_files()) {
    EXPECT_LT(file.text.size() * 4, kMostSchemaBytes) << file.path;
    EXPECT_EQ(fault_in_toml(file.text), "") << file.path;
  }
}

TEST(SchemaFolder, PipesAndDevicesInItAreRefusedByName) {
  std::array<char, 32> name{"/tmp/schema-folder-XXXXXX"};
  const std::filesystem::path folder = mkdtemp(name.data());
  ASSERT_EQ(mkfifo((folder / "pipe.toml").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", folder / "zero.toml");
  std::ofstream(folder / "deep.toml") << "a" << repeated(".a", 20'000) << " = 1";
  const std::array folders{folder};
  std::string problems;
  const Catalog catalog = Catalog::load(folders);
  for (const Problem& problem : catalog.problems()) problems += problem.text() + "\n";
  EXPECT_THAT(problems, HasSubstr("pipe.toml: is not a regular file\n"));
  EXPECT_THAT(problems, HasSubstr("zero.toml: is not a regular file\n"));
  EXPECT_THAT(problems, HasSubstr("deep.toml:1:1: a key of more than 32 parts\n"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bluetti::schemas
