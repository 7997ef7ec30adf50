// SPDX-License-Identifier: MIT
#include "protocol/memory_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace bluetti::protocol {
namespace {

MemoryFile make_file(std::string_view content) {
  return {"test", std::as_bytes(std::span(content))};
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int descriptor_of(const MemoryFile& file) {
  return std::stoi(file.path().substr(std::string_view("/proc/self/fd/").size()));
}

TEST(MemoryFile, IsReadFromItsFirstByteEveryTime) {
  const MemoryFile file = make_file("content");
  EXPECT_EQ(read_all(file.path()), "content");
  EXPECT_EQ(read_all(file.path()), "content");
}

TEST(MemoryFile, HoldsMoreThanAPipeWould) {
  const std::string content(1 << 20, 'x');
  EXPECT_EQ(read_all(make_file(content).path()), content);
}

TEST(MemoryFile, MayBeEmpty) {
  EXPECT_EQ(read_all(make_file("").path()), "");
}

TEST(MemoryFile, IsForItsOwnerAlone) {
  const MemoryFile file = make_file("secret");
  struct stat status {};
  ASSERT_EQ(stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(status.st_uid, geteuid());
}

TEST(MemoryFile, HasNoNameInAnyFolder) {
  const MemoryFile file = make_file("secret");
  struct stat status {};
  ASSERT_EQ(stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_nlink, 0u);
  EXPECT_TRUE(std::filesystem::read_symlink(file.path()).string().starts_with("/memfd:test"));
}

TEST(MemoryFile, IsSealedAgainstEveryChange) {
  const MemoryFile file = make_file("content");
  const int descriptor = descriptor_of(file);
  EXPECT_EQ(fcntl(descriptor, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  EXPECT_EQ(pwrite(descriptor, "X", 1, 0), -1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_EQ(ftruncate(descriptor, 1), -1);
  EXPECT_EQ(ftruncate(descriptor, 1000), -1);
  EXPECT_EQ(read_all(file.path()), "content");
}

TEST(MemoryFile, IsNotInheritedByAProgramWeStart) {
  const MemoryFile file = make_file("secret");
  EXPECT_EQ(fcntl(descriptor_of(file), F_GETFD), FD_CLOEXEC);
}

TEST(MemoryFile, IsGoneWithItsObject) {
  std::string path;
  {
    const MemoryFile file = make_file("secret");
    path = file.path();
    ASSERT_EQ(access(path.c_str(), R_OK), 0);
  }
  EXPECT_EQ(access(path.c_str(), R_OK), -1);
}

TEST(MemoryFile, MovesWithoutClosingOrCopying) {
  MemoryFile first = make_file("first");
  const std::string path = first.path();
  const MemoryFile moved = std::move(first);
  EXPECT_EQ(moved.path(), path);
  EXPECT_EQ(read_all(path), "first");
}

TEST(MemoryFile, ClosesWhatItHeldWhenAnotherMovesIn) {
  MemoryFile target = make_file("old");
  const std::string old_path = target.path();
  MemoryFile source = make_file("new");
  target = std::move(source);
  EXPECT_EQ(access(old_path.c_str(), R_OK), -1);
  EXPECT_EQ(read_all(target.path()), "new");
}

TEST(MemoryFile, RefusalOfTheKernelIsAnException) {
  EXPECT_THROW(MemoryFile(std::string(300, 'n'), {}), std::system_error);  // the kernel allows 249 bytes of name
}

}  // namespace
}  // namespace bluetti::protocol
