// SPDX-License-Identifier: MIT
#include "gateway/control/audit.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

bool Audit::add(std::string_view line) {
  if (file_.empty()) return true;
  if (left_out_ > 0 && !write(fmt::format(R"({{"refused_left_out":{}}})", left_out_))) return false;
  left_out_ = 0;
  return write(line);
}

bool Audit::add_refused(std::string_view line, TimePoint now) {
  if (!refused_since_) refused_since_ = now;
  const auto earned = (now - *refused_since_) / kPerRefused;
  refused_left_ = static_cast<int>(std::min<std::int64_t>(refused_left_ + earned, kMostRefused));
  *refused_since_ += earned * kPerRefused;
  if (refused_left_ == 0) {
    ++left_out_;
    return true;
  }
  --refused_left_;
  return add(line);
}

// A link in its place is not followed, nor a file with a second name written to: they may be another user's.
bool Audit::write(std::string_view line) {
  rotate();
  const Descriptor file(open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (file.get() < 0) return fail(errno);
  struct stat about {};
  if (fstat(file.get(), &about) != 0) return fail(errno);
  if (!S_ISREG(about.st_mode) || about.st_nlink != 1 || about.st_uid != geteuid()) return fail(EPERM);
  std::string text(line);
  text += '\n';
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  return written == static_cast<ssize_t>(text.size()) || fail(written < 0 ? errno : ENOSPC);
}

}  // namespace bluetti::gateway
