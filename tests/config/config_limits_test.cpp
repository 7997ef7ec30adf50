// SPDX-License-Identifier: MIT
// Configurations made to exhaust the stack or the memory of who reads them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "gateway/config/document.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(ConfigLimits, AKeyOfTwentyThousandPartsIsRefused) {
  EXPECT_THAT(test::problems_of("a" + repeated(".a", 20'000) + " = 1"),
              ElementsAre("gateway.toml:1:1: a key of more than 32 parts"));
}

TEST(ConfigLimits, DeepArraysAreRefused) {
  EXPECT_THAT(test::problems_of("a = " + repeated("[", 200'000)),
              ElementsAre("gateway.toml:1:1: nested deeper than 32 levels"));
}

TEST(ConfigLimits, DeepJsonIsRefused) {
  for (const std::string_view bracket : {"{\"a\":", "["}) {
    const auto document = parse_document(repeated(bracket, 100'000), "options.json");
    ASSERT_TRUE(std::holds_alternative<schemas::Problem>(document));
    EXPECT_EQ(std::get<schemas::Problem>(document).message, "nested deeper than 32 levels");
  }
}

TEST(ConfigLimits, ATextThatNoTopicOrPathHasRoomForIsRefused) {
  const auto with = [](const std::string& key, int size) {
    return test::problems_of(test::text({test::kAccount, test::kStation}) + "\n[local]\n" + key + " = \"" +
                             std::string(static_cast<std::size_t>(size), 'b') + "\"\n");
  };
  EXPECT_THAT(with("base", 201), ElementsAre(HasSubstr("local.base: must not be longer than 200 bytes")));
  EXPECT_THAT(with("client_id", 5000), ElementsAre(HasSubstr("local.client_id: must not be longer than 4096 bytes")));
  EXPECT_THAT(with("base", 200), ElementsAre());
}

TEST(ConfigLimits, ATextWithControlCharactersIsRefused) {
  std::string station(test::kStation);
  station += "\nname = \"a\\u0000\\u001b[31m\"\n";
  EXPECT_THAT(test::problems_of(test::text({test::kAccount, station})),
              ElementsAre(HasSubstr("station.name: must not hold control characters")));
}

TEST(ConfigLimits, AFileOverSixteenMegabytesIsRefused) {
  EXPECT_THAT(test::problems_of("a = 1 #" + std::string(17'000'000, 'x')),
              ElementsAre(HasSubstr("has 17000007 bytes; at most 16777216 are read")));
}

TEST(ConfigLimits, AVariableWithADeepNameIsRefused) {
  const std::string name = "BLUETTI_GATEWAY__" + repeated("A__", 40'000) + "A";
  EXPECT_THAT(test::problems_of(test::text({test::kAccount, test::kStation}), {{name, "1"}}),
              ElementsAre(HasSubstr("a variable of more than 16 parts")));
}

TEST(ConfigLimits, APipeOrADeviceIsRefusedAsAConfiguration) {
  const test::TemporaryFolder folder;
  const auto pipe = folder.path() / "gateway.toml";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::filesystem::path& file : {pipe, std::filesystem::path("/dev/zero")}) {
    const auto result = load_config(file, test::environment_of({}), schemas::Catalog::built_in());
    ASSERT_TRUE(std::holds_alternative<std::vector<schemas::Problem>>(result));
    EXPECT_THAT(std::get<std::vector<schemas::Problem>>(result).front().message, HasSubstr("it is not a regular file"));
  }
}

}  // namespace
}  // namespace bluetti::gateway
