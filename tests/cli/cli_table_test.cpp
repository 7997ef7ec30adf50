// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "gateway/cli/table.h"

namespace bluetti::gateway::cli {
namespace {

Table sample() {
  Table table({{"name", "Name"}, {"value", "Value"}, {"unit", "Unit"}});
  table.add({std::string("temperature"), std::int64_t{5}, std::string("°C")});
  table.add({std::string("größe"), 12.5, std::string()});
  table.add({std::string("x"), Cell(), std::string("kWh")});
  return table;
}

TEST(Table, AlignsNumbersRightAndCountsCharactersNotBytes) {
  EXPECT_EQ(sample().text(false),
            "Name         Value  Unit\n"
            "temperature      5  °C\n"
            "größe         12.5\n"
            "x                   kWh\n");
}

TEST(Table, ColourIsForTheTitlesOnly) {
  const std::string text = sample().text(true);
  EXPECT_TRUE(text.starts_with("\x1b[1mName         Value  Unit\x1b[0m\n"));
  EXPECT_EQ(text.find('\x1b', text.find('\n')), std::string::npos);
}

TEST(Table, FoldsTheWidestCellsToTheScreen) {
  Table table({{"model", "Model"}, {"blocks", "Blocks"}, {"word", "Word"}});
  table.add({std::string("AP300"), std::string("100, 1100, 1200, 1300"), std::string("Donaudampfschiffahrt")});
  table.add({std::string("A80"), std::string("1100"), std::string()});
  EXPECT_EQ(table.text(false, 30),
            "Model  Blocks      Word\n"
            "AP300  100, 1100,  Donaudampfs\n"
            "       1200, 1300  chiffahrt\n"
            "A80    1100\n");
  EXPECT_EQ(table.text(false, 10), table.text(false, 29)) << "no column becomes narrower than ten characters";
}

TEST(Table, TextsOfOthersDoNotControlTheTerminal) {
  Table table({Column{"a", "A"}});
  table.add({std::string("\x1b[31m\nforged")});
  EXPECT_EQ(table.text(false), "A\n\\x1b[31m\\nforged\n");
}

TEST(Table, MarkdownAlignsNumbersRightAndKeepsBarsInsideCells) {
  Table table({{"a", "A"}, {"b", "B"}});
  table.add({std::string("x|y"), std::int64_t{1}});
  table.add({std::string(), Cell()});
  EXPECT_EQ(table.markdown(),
            "| A | B |\n"
            "| --- | ---: |\n"
            "| x\\|y | 1 |\n"
            "| | |\n");
}

TEST(Table, JsonKeepsTypesAndOrder) {
  Table table({{"b", ""}, {"a", ""}, {"list", ""}, {"ids", ""}, {"nothing", ""}});
  table.add({true, std::string("\"\n\xff"), std::vector<std::string>{"x"}, std::vector<std::int64_t>{1, 2}, Cell()});
  EXPECT_EQ(table.json(),
            "[{\"b\":true,\"a\":\"\\\"\\n\xef\xbf\xbd\",\"list\":[\"x\"],\"ids\":[1,2],\"nothing\":null}]");
  EXPECT_EQ(Table({{"a", ""}, {"b", ""}}).json(), "[]");
}

}  // namespace
}  // namespace bluetti::gateway::cli
