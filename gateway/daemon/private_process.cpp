// SPDX-License-Identifier: MIT
#include "gateway/daemon/private_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

#include "gateway/base/descriptor.h"

namespace bluetti::gateway {
namespace {

#if defined(__has_feature)
#define BLUETTI_HAS_FEATURE(name) __has_feature(name)
#else
#define BLUETTI_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || BLUETTI_HAS_FEATURE(address_sanitizer)
constexpr bool kMustBeTraceable = true;
#else
constexpr bool kMustBeTraceable = false;
#endif

struct User {
  uid_t user = 0;
  gid_t group = 0;
};

// "10001:10001", and not root.
std::optional<User> user_of(std::string_view text) {
  User user;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, user.user);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, user.group);
  if (second.ec != std::errc() || second.ptr != end || user.user == 0 || user.group == 0) return std::nullopt;
  return user;
}

// A file of root's own with one name: whoever could write to the folder before may have put a link there.
void give_file(int folder, const char* name, const User& to) {
  const Descriptor file(::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (file.get() < 0) return;
  const bool is_plain = ::fstat(file.get(), &about) == 0 && S_ISREG(about.st_mode) && about.st_nlink == 1;
  if (is_plain && about.st_uid == 0)
    static_cast<void>(::fchown(file.get(), to.user, to.group) == 0);  // shows when opened
}

void give_folder(const char* name, const User& to) {
  const int folder = ::open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return;
  static_cast<void>(::fchown(folder, to.user, to.group) == 0);  // a fault shows when something is written
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(folder), &::closedir);
  if (!entries) return void(::close(folder));
  while (const dirent* entry = ::readdir(entries.get())) give_file(folder, entry->d_name, to);
}

bool become(const User& user) {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(user.group, user.group, user.group) == 0 &&
         ::setresuid(user.user, user.user, user.user) == 0 && ::setuid(0) != 0 &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

}  // namespace

void keep_memory_private() {
  if (!kMustBeTraceable) prctl(PR_SET_DUMPABLE, 0);
}

std::string give_up_root() {
  const char* wanted = std::getenv("BLUETTI_GATEWAY_RUN_AS");
  if (wanted == nullptr || ::geteuid() != 0) return {};
  const auto user = user_of(wanted);
  if (!user) return "BLUETTI_GATEWAY_RUN_AS must be the numbers of a user and a group, as in 10001:10001; neither is 0";
  if (const char* config = std::getenv("BLUETTI_GATEWAY_CONFIG")) give_file(AT_FDCWD, config, *user);
  if (const char* state = std::getenv("STATE_DIRECTORY")) give_folder(state, *user);
  if (become(*user)) return {};
  return fmt::format("cannot become user {}: {}", wanted, std::generic_category().message(errno));
}

}  // namespace bluetti::gateway
