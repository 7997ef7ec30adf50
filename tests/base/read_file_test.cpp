// SPDX-License-Identifier: MIT
#include "gateway/base/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/config_fixture.h"

namespace bluetti::gateway {
namespace {

std::error_code error_of(const std::filesystem::path& file, std::size_t most_bytes = kMostFileBytes) {
  const auto read = read_file(file, most_bytes);
  const auto* error = std::get_if<std::error_code>(&read);
  return error ? *error : std::error_code();
}

TEST(ReadFile, ReadsWhatIsThereToTheLastByteAllowed) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("a", std::string(40'000, 'x'));
  EXPECT_EQ(std::get<std::string>(read_file(file, 40'000)), std::string(40'000, 'x'));
  EXPECT_EQ(error_of(file, 39'999), ReadFault::too_large);
}

TEST(ReadFile, RefusesAFolder) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(error_of(folder.path()), std::errc::is_a_directory);
}

TEST(ReadFile, RefusesAnEndlessDeviceAndALinkToOne) {
  const test::TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/zero", folder.path() / "zero");
  EXPECT_EQ(error_of("/dev/zero"), ReadFault::not_a_regular_file);
  EXPECT_EQ(error_of(folder.path() / "zero"), ReadFault::not_a_regular_file);
}

TEST(ReadFile, DoesNotWaitForTheWriterOfAPipe) {
  const test::TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(error_of(folder.path() / "pipe"), ReadFault::not_a_regular_file);
}

TEST(ReadTail, IsTheEndOfALargeFileAndAllOfASmallOne) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("a", "one\ntwo\n");
  EXPECT_EQ(std::get<std::string>(read_tail(file, 4)), "two\n");
  EXPECT_EQ(std::get<std::string>(read_tail(file, 100)), "one\ntwo\n");
}

}  // namespace
}  // namespace bluetti::gateway
