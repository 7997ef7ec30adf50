// SPDX-License-Identifier: MIT
#include "gateway/config/readable_files.h"

#include <gmock/gmock.h>

#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

TEST(ReadableKeys, AreThoseThatMoreThanTheOwnerCanRead) {
  const test::TemporaryFolder folder;
  const fs::path open = folder.write("open.key", "x", fs::perms(0640));
  const fs::path own = folder.write("own.key", "x", fs::perms(0600));
  Config config;
  config.local.key = open;
  config.accounts.push_back({.id = "home", .certificate = own});
  config.accounts.push_back({.id = "cabin", .certificate = open, .key = own});
  config.accounts.push_back({.id = "garage", .certificate = open});
  EXPECT_THAT(readable_keys(config), ElementsAre("[local] others can read the private key in " + open.string() +
                                                     "; chmod 600 " + open.string(),
                                                 "[cloud garage] others can read the private key in " + open.string() +
                                                     "; chmod 600 " + open.string()));
}

TEST(ReadableKeys, WithoutKeysThereAreNone) {
  Config config;
  config.accounts.push_back({.id = "home", .certificate = "/nowhere/client.pfx"});
  EXPECT_THAT(readable_keys(config), IsEmpty());
}

}  // namespace
}  // namespace bluetti::gateway
