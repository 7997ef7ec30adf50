// SPDX-License-Identifier: MIT
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "gateway/http/metrics.h"

namespace bluetti::gateway::http {
namespace {

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t open_files() {
  std::error_code error;
  std::uint64_t count = 0;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return count;
}

double cpu_time_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessFigures figures_of_process() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {.resident_bytes = resident_bytes(),
          .cpu_seconds = cpu_time_of(usage.ru_utime) + cpu_time_of(usage.ru_stime),
          .open_files = open_files()};
}

}  // namespace bluetti::gateway::http
