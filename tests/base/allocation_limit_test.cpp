// SPDX-License-Identifier: MIT
#include "gateway/base/allocation_limit.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <new>
#include <thread>

namespace bluetti::gateway {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 20;

bool can_have(std::size_t size) {
  void* memory = std::malloc(size);
  const bool had = memory != nullptr;
  std::free(memory);
  return had;
}

// In a process of its own, since the limit holds for good: 0 if all is as it should be, else the line.
int look() {
#define REQUIRE(condition) \
  if (!(condition)) return __LINE__ % 256
  signal(SIGPIPE, SIG_IGN);
  limit_allocations(kLimit);
  REQUIRE(can_have(2 * kLimit));  // the thread that set it
  int result = 0;
  std::thread([&result] {
    result = [] {
      REQUIRE(can_have(kLimit));
      errno = 0;
      REQUIRE(!can_have(kLimit + 1) && errno == ENOMEM);
      REQUIRE(std::calloc(2, kLimit) == nullptr);
      volatile std::size_t overflow = static_cast<std::size_t>(-1);  // the compiler must not see it
      REQUIRE(std::calloc(overflow, 2) == nullptr);
      void* memory = std::calloc(1, kLimit);
      REQUIRE(memory != nullptr);
      REQUIRE(std::realloc(memory, 2 * kLimit) == nullptr);  // and the old one stays
      std::free(memory);
      REQUIRE(refused_allocations() == 3);
      REQUIRE(::operator new(2 * kLimit, std::nothrow) == nullptr);
      std::array<int, 2> sockets{};
      REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) == 0);
      char byte = 0;
      for (const bool reads : {true, false}) {
        REQUIRE(write(sockets[1], "ab", 2) == 2 || !reads);
        REQUIRE((reads ? read(sockets[0], &byte, 1) : recv(sockets[0], &byte, 1, 0)) == 1);
        REQUIRE(can_have(2 * kLimit));
        REQUIRE(refused_allocations() == (reads ? 5 : 6));
        REQUIRE(write(sockets[1], "c", 1) < 0);  // it is shut down
      }
      REQUIRE(read(sockets[0], &byte, 1) == 0);
      allow_large_allocations();
      REQUIRE(can_have(2 * kLimit));
      return 0;
    }();
  }).join();
  return result;
#undef REQUIRE
}

TEST(AllocationLimit, HoldsForThreadsThatDoNotSayOtherwise) {
  if (!can_limit_allocations()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  EXPECT_TRUE(can_have(2 * kLimit));
  EXPECT_EQ(refused_allocations(), 0U);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(look());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "line " << WEXITSTATUS(status);
}

}  // namespace
}  // namespace bluetti::gateway
