// SPDX-License-Identifier: MIT
// What is written by hand is what a JSON library would write.
#include "schemas/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace bluetti::schemas {
namespace {

using nlohmann::json;

std::string as_the_library_writes(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

TEST(JsonText, EscapesAndReplacesAsALibraryDoes) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  for (const std::string& text :
       {std::string(), std::string("Büro"), std::string("客厅 🔋"), std::string("a \"b\" \\ \n\t\x01\x7f"), every_byte,
        std::string("\xc0\xaf"), std::string("\xe2\x82"), std::string("\xed\xa0\x80"), std::string("\xf0\x9f\x94x"),
        std::string("\xf4\x90\x80\x80"), std::string("\xf0\x80\x80\x80"), std::string("\xe0\x80\x80")}) {
    std::string written;
    append_json_text(text, written);
    EXPECT_EQ(written, as_the_library_writes(text));
  }
}

TEST(JsonText, ReplacesWhatIsNoUtf8AsALibraryDoes) {
  constexpr unsigned char kBytes[] = {'a',  0x80, 0x8F, 0x9F, 0xA0, 0xBF, 0xC2,
                                      0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4};
  std::mt19937 random;
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (auto length = random() % 8; length > 0; --length) {
      text += static_cast<char>(kBytes[random() % std::size(kBytes)]);
    }
    std::string written;
    append_json_text(text, written);
    ASSERT_EQ(written, as_the_library_writes(text)) << ::testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace bluetti::schemas
