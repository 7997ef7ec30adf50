// SPDX-License-Identifier: MIT
// Loaded into a program before all other libraries (LD_PRELOAD), it meddles with what only the system can do: name
// servers that hang, wall clocks that jump, disks that take nothing. Switched by files, so that a test can change them
// while the program runs:
//   MEDDLING_NAMES  while this file is there, names are not looked up; for 30 s at most
//   MEDDLING_CLOCK  seconds to add to the wall clock; no file: none. Waits until a wall-clock time keep their length.
//   MEDDLING_FILES  the number of the error that making a file ends with; no file: none
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr int kMostSteps = 30 * 50;             // of 20 ms
constexpr time_t kNoWallClock = 1'000'000'000;  // earlier than this: a time of the steady clock

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool is_address(const char* name) {
  in6_addr address{};
  return name == nullptr || inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

// The number in the file that this variable names; 0 without one.
long number_in(const char* variable) {
  const char* path = std::getenv(variable);
  std::FILE* file = path != nullptr ? std::fopen(path, "r") : nullptr;
  if (file == nullptr) return 0;
  long number = 0;
  if (std::fscanf(file, "%ld", &number) != 1) number = 0;
  std::fclose(file);
  return number;
}

time_t offset() {
  return number_in("MEDDLING_CLOCK");
}

timespec real_deadline(const timespec& deadline) {
  if (deadline.tv_sec < kNoWallClock) return deadline;
  return {deadline.tv_sec - offset(), deadline.tv_nsec};
}

}  // namespace

extern "C" {

int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
  const char* path = std::getenv("MEDDLING_NAMES");
  for (int step = 0; path != nullptr && !is_address(name) && step < kMostSteps && access(path, F_OK) == 0; ++step) {
    usleep(20'000);
  }
  return next<decltype(&getaddrinfo)>("getaddrinfo")(name, service, hints, result);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (const long error = (flags & O_CREAT) != 0 ? number_in("MEDDLING_FILES") : 0) {
    errno = static_cast<int>(error);
    return -1;
  }
  return static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return openat(AT_FDCWD, path, flags, mode);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += offset();
  return static_cast<int>(result);
}

int gettimeofday(timeval* time, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* result) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != nullptr) *result = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* deadline) {
  const timespec real = real_deadline(*deadline);
  return next<decltype(&pthread_cond_timedwait)>("pthread_cond_timedwait")(condition, mutex, &real);
}

int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
  const timespec real = real_deadline(*deadline);
  return next<decltype(&sem_timedwait)>("sem_timedwait")(semaphore, &real);
}

}  // extern "C"
