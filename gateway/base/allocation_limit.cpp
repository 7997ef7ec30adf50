// SPDX-License-Identifier: MIT
#include "gateway/base/allocation_limit.h"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <limits>

#if defined(__has_feature)
#define BLUETTI_HAS_FEATURE(name) __has_feature(name)
#else
#define BLUETTI_HAS_FEATURE(name) 0
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !BLUETTI_HAS_FEATURE(address_sanitizer) && !BLUETTI_HAS_FEATURE(thread_sanitizer) &&     \
    !BLUETTI_HAS_FEATURE(memory_sanitizer)
#define BLUETTI_LIMITS_ALLOCATIONS 1
#endif

namespace bluetti::gateway {
namespace {

std::atomic<std::size_t> most{std::numeric_limits<std::size_t>::max()};
std::atomic<std::uint64_t> refused{0};
thread_local bool is_free = false;

#ifdef BLUETTI_LIMITS_ALLOCATIONS
thread_local int last_read_from = -1;

bool is_refused(std::size_t size) noexcept {
  if (size <= most.load(std::memory_order_relaxed) || is_free) return false;
  ++refused;
  const int error = errno;
  const bool is_cut_off = last_read_from >= 0 && shutdown(last_read_from, SHUT_RDWR) == 0;
  errno = is_cut_off ? error : ENOMEM;
  return !is_cut_off;
}
#endif

}  // namespace

bool can_limit_allocations() noexcept {
#ifdef BLUETTI_LIMITS_ALLOCATIONS
  return true;
#else
  return false;
#endif
}

void limit_allocations(std::size_t largest) noexcept {
  is_free = true;
  most = largest;
}

void allow_large_allocations() noexcept {
  is_free = true;
}

std::uint64_t refused_allocations() noexcept {
  return refused;
}

}  // namespace bluetti::gateway

#ifdef BLUETTI_LIMITS_ALLOCATIONS

// What glibc calls its own, and exports for whoever puts something before them.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
ssize_t __read(int descriptor, void* to, std::size_t size);

void* malloc(std::size_t size) noexcept {
  return bluetti::gateway::is_refused(size) ? nullptr : __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  std::size_t all = 0;
  const bool overflows = __builtin_mul_overflow(count, size, &all);
  return !overflows && bluetti::gateway::is_refused(all) ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) noexcept {
  return bluetti::gateway::is_refused(size) ? nullptr : __libc_realloc(memory, size);
}

ssize_t read(int descriptor, void* to, std::size_t size) {
  bluetti::gateway::last_read_from = descriptor;
  return __read(descriptor, to, size);
}

ssize_t recv(int descriptor, void* to, std::size_t size, int flags) {
  bluetti::gateway::last_read_from = descriptor;
  return recvfrom(descriptor, to, size, flags, nullptr, nullptr);
}
}

#endif
