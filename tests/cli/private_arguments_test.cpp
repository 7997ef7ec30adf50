// SPDX-License-Identifier: MIT
#include "gateway/cli/private_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::gateway::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Taken {
  Arguments arguments;
  std::vector<std::string> left;  // what others see
};

Taken take(std::vector<std::string> words) {
  std::vector<char*> values;
  for (std::string& word : words) values.push_back(word.data());
  Taken taken;
  taken.arguments = take_arguments(static_cast<int>(values.size()), values.data());
  for (const char* value : values) taken.left.emplace_back(value);
  return taken;
}

TEST(PrivateArguments, ValuesOfSecretOptionsAreOverwrittenAndKept) {
  const Taken taken = take({"gateway", "listen", "--password", "demo", "--app-key=k1", "--totp-shared-key", "s2"});
  EXPECT_THAT(taken.left, ElementsAre("gateway", "listen", "--password", "", "--app-key=", "--totp-shared-key", ""));
  EXPECT_THAT(taken.arguments.all,
              ElementsAre("gateway", "listen", "--password", "demo", "--app-key=k1", "--totp-shared-key", "s2"));
  EXPECT_THAT(taken.arguments.secret_options, ElementsAre("--password", "--app-key", "--totp-shared-key"));
}

TEST(PrivateArguments, OthersStay) {
  const Taken taken = take({"gateway", "run", "--passwords", "a", "--password"});
  EXPECT_THAT(taken.left, ElementsAre("gateway", "run", "--passwords", "a", "--password"));
  EXPECT_THAT(take({"gateway", "list"}).arguments.secret_options, IsEmpty());
}

}  // namespace
}  // namespace bluetti::gateway::cli
