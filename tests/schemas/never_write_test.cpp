// SPDX-License-Identifier: MIT
// The registers that no file may make writable, register by register and by every key that could lead there.
#include "schemas/never_write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<int> forbidden_registers() {
  std::vector<int> registers{7,     2006,  2013,  2206,  2209,  2210,  2217,  2218,  2227,  2228,  2229, 2230,
                             2231,  2232,  2233,  3004,  3005,  3060,  3062,  3079,  5003,  5017,  7000, 11500,
                             12002, 12018, 12034, 13603, 26000, 26001, 26002, 26500, 30901, 40001, 40044};
  const auto add = [&registers](int first, int last) {
    for (int address = first; address <= last; ++address) registers.push_back(address);
  };
  add(700, 720);
  add(2200, 2203);
  add(2258, 2265);
  add(2400, 2440);
  add(13500, 13639);
  add(40181, 40204);
  add(57030, 57053);
  add(57503, 57513);
  return registers;
}

std::string block_text(int id, const std::string& rows, const std::string& groups = "") {
  return "id = " + std::to_string(id) +
         "\nname = \"test\"\npoll = \"settings\"\nevidence = \"inferred\"\nfields = [\n" + rows + "\n]\n" + groups;
}

// A block of this one register, with a row that may be written.
std::string writable(int address) {
  return block_text(address, "  { name = \"value\", register = " + std::to_string(address) +
                                 ", type = \"u16\", write = { min = 0, max = 1 } },");
}

// File, line and column of the row's `write`.
std::string place_of_write(int address) {
  const std::string text = writable(address);
  const std::size_t line_begin = text.rfind('\n', text.find("write")) + 1;
  return "test.toml:6:" + std::to_string(text.find("{ min") - line_begin + 1);
}

TEST(NeverWritten, IsRefusedRegisterByRegister) {
  for (const int address : forbidden_registers()) {
    const std::string reason(never_written(static_cast<std::uint32_t>(address)));
    EXPECT_NE(reason, "") << address;
    EXPECT_THAT(
        problems_of_block(writable(address)),
        ElementsAre(place_of_write(address) + ": register " + std::to_string(address) + " is never written: " + reason))
        << address;
  }
}

TEST(NeverWritten, IsNotWhatAModelOffers) {
  for (const int address : {2005, 2007, 2008, 2011, 2012, 2014, 2019, 2023, 2029, 2030, 2067, 2207, 2208, 2212,
                            2213, 2214, 2215, 2216, 2241, 3001, 3002, 3007, 3008, 3011, 3019, 3061, 3063}) {
    EXPECT_EQ(never_written(static_cast<std::uint32_t>(address)), "") << address;
    EXPECT_THAT(problems_of_block(writable(address)), IsEmpty()) << address;
  }
}

TEST(NeverWritten, IsRefusedAsAnOffsetInBytes) {
  EXPECT_THAT(problems_of_block(block_text(
                  2200, R"(  { name = "value", offset = 12, type = "u16", write = { min = 0, max = 1 } },)")),
              ElementsAre(HasSubstr("register 2206 is never written: factory reset")));
}

TEST(NeverWritten, IsRefusedAsHalfARegister) {
  for (const std::string half : {"high", "low"}) {
    EXPECT_THAT(problems_of_block(block_text(2200, "  { name = \"value\", register = 2206, half = \"" + half +
                                                       "\", type = \"bool\", base = \"u8\", write = {} },")),
                ElementsAre(HasSubstr("register 2206 is never written: factory reset")));
  }
}

TEST(NeverWritten, IsRefusedAsSomeBitsOfARegister) {
  EXPECT_THAT(problems_of_block(block_text(2400,
                                           "  { name = \"value\", register = 2408, type = \"bool\", "
                                           "bits = [11, 11], write = {} },")),
              ElementsAre(HasSubstr("register 2408 is never written: grid protection")));
}

TEST(NeverWritten, IsRefusedAsTheSecondRegisterOfAValue) {
  EXPECT_THAT(problems_of_block(block_text(
                  2205, R"(  { name = "value", register = 2205, type = "u32", write = { min = 0, max = 1 } },)")),
              ElementsAre(HasSubstr("register 2206 is never written: factory reset")));
}

TEST(NeverWritten, IsRefusedAsAnEnumerationOrSwitch) {
  EXPECT_THAT(problems_of_block(block_text(2013,
                                           "  { name = \"value\", register = 2013, type = \"enum\", options = { "
                                           "1 = \"off\" }, write = {} },")),
              ElementsAre(HasSubstr("register 2013 is never written")));
  EXPECT_THAT(problems_of_block(block_text(3060, R"(  { name = "off", register = 3060, type = "bool", write = {} },)")),
              ElementsAre(HasSubstr("register 3060 is never written")));
}

constexpr const char* kSlotFields = R"(fields = [
  { name = "action", register = 0, type = "enum", base = "u8", options = { 0 = "off", 1 = "charge" } },
  { name = "start_hour", register = 1, half = "high", type = "u8" },
  { name = "start_minute", register = 1, type = "u8" },
  { name = "end_hour", register = 2, half = "high", type = "u8" },
  { name = "end_minute", register = 2, type = "u8" },
])";

TEST(NeverWritten, IsRefusedAsAnItemOfAGroup) {
  const std::string group = "[[group]]\nname = \"slots\"\ncount = 4\nregister = 2195\nstride = 3\nwrite = {}\n";
  EXPECT_THAT(problems_of_block(block_text(2190, "", group + kSlotFields)),
              ElementsAre(HasSubstr("register 2200 is never written: the installer's password")));
}

// A register is an unsigned number of 16 bits: 65536 + 2206 must not come out as 2206.
TEST(NeverWritten, IsNotReachedByRunningPastTheLastRegister) {
  EXPECT_THAT(problems_of_block(block_text(
                  65535, R"(  { name = "value", register = 67742, type = "u16", write = { min = 0, max = 1 } },)")),
              ::testing::Contains(HasSubstr("register 67742 cannot be written: the last one is 65535")));
}

TEST(NeverWritten, IsNotEvenCalledWritable) {
  EXPECT_THAT(problems_of_block(block_text(2206, R"(  { name = "v", register = 2206, type = "u16", access = "rw" },)")),
              ElementsAre(HasSubstr("register 2206 is never written: factory reset")));
}

TEST(NeverWritten, IsRefusedInAFolderLaidOverTheBuiltInFiles) {
  Catalog catalog;
  for (const EmbeddedFile& file : embedded_files()) catalog.add(file.path, file.text);
  catalog.begin_layer();
  EXPECT_FALSE(catalog.add("mine/2200.toml", writable(2206)));
  catalog.begin_layer();
  catalog.finish();
  ASSERT_EQ(catalog.problems().size(), 1u);
  EXPECT_EQ(catalog.problems().front().text(), "mine/2200.toml:6:60: register 2206 is never written: factory reset");
}

// A model's allow-list can only name fields of blocks that have passed.
TEST(NeverWritten, IsNotReachedByAModelsSetting) {
  Catalog catalog;
  for (const EmbeddedFile& file : embedded_files()) catalog.add(file.path, file.text);
  catalog.begin_layer();
  catalog.add("mine/reset.toml", R"(name = "RESET"
extends = "AP300"
[[setting]]
field = "factory_reset"
evidence = "inferred"
source = "nobody"
)");
  catalog.finish();
  ASSERT_EQ(catalog.problems().size(), 1u);
  EXPECT_EQ(catalog.problems().front().text(),
            "mine/reset.toml:3:1: no block of this model has a field 'factory_reset' with 'write'");
  EXPECT_EQ(catalog.model("RESET"), nullptr);
}

}  // namespace
}  // namespace bluetti::schemas::testing
