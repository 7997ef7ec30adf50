// SPDX-License-Identifier: MIT
#include "gateway/control/audit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "gateway/base/descriptor.h"

namespace bluetti::gateway {

bool Audit::fail(int error) {
  problem_ = std::system_category().message(error);
  return false;
}

void Audit::rotate() const {
  std::error_code error;
  if (std::filesystem::file_size(file_, error) < kMostBytes || error) return;
  std::filesystem::path before = file_;
  std::filesystem::rename(file_, before += ".1", error);
}

// A link in its place is not followed: it may be another user's.
bool Audit::add(std::string_view line) {
  if (file_.empty()) return true;
  rotate();
  const Descriptor file(open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) return fail(errno);
  std::string text(line);
  text += '\n';
  const ssize_t written = write(file.get(), text.data(), text.size());
  return written == static_cast<ssize_t>(text.size()) || fail(written < 0 ? errno : ENOSPC);
}

}  // namespace bluetti::gateway
