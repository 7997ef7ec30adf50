// SPDX-License-Identifier: MIT
#include "gateway/state/state_file.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "gateway/base/allocation_limit.h"
#include "gateway/base/private_file.h"
#include "gateway/base/read_file.h"
#include "gateway/state/state_json.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kForgotten =
    "the gateway goes on with an empty memory: it signs in again, trusts the certificate it sees next where "
    "verify = \"pinned\", and does not know what it published before";

std::string new_installation() {
  std::random_device random;  // the system's
  return fmt::format("{:08x}{:08x}", random(), random());
}

void make_private(const fs::path& file, std::vector<std::string>& messages) {
  if (!others_can_read(file)) return;
  std::error_code error;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
  messages.push_back(
      error ? fmt::format("state file {}: others can read it, and it may hold tokens; chmod 600 {}", file.string(),
                          file.string())
            : fmt::format("state file {}: others could read it, and it may hold tokens; now they cannot (chmod 600)",
                          file.string()));
}

fs::path free_name_beside(const fs::path& file) {
  const std::string wanted = file.string() + ".set-aside";
  std::string name = wanted;
  std::error_code ignored;
  for (int count = 2; fs::exists(fs::symlink_status(name, ignored)); ++count)
    name = fmt::format("{}-{}", wanted, count);
  return name;
}

}  // namespace

class StateFile::Writer {
 public:
  Writer(fs::path path, OnFailure on_failure) : path_(std::move(path)), on_failure_(std::move(on_failure)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void save(State state) {
    {
      const std::lock_guard lock(mutex_);
      waiting_ = std::move(state);
    }
    changed_.notify_all();
  }

  bool flush() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_ && !writing_; });
    return written_;
  }

 private:
  void run() {
    allow_large_allocations();  // of thousands of stations it is one long text
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return waiting_ || stopping_; });
      if (!waiting_) return;
      const State state = *std::exchange(waiting_, std::nullopt);
      writing_ = true;
      lock.unlock();
      const bool written = write(state);
      lock.lock();
      writing_ = false;
      written_ = written;
      changed_.notify_all();
    }
  }

  bool write(const State& state) {
    const std::error_code error = replace_private_file(path_, state_to_json(state));
    if (error && error != reported_) {
      on_failure_(fmt::format("state file {} could not be written: {}; {}", path_.string(), error.message(),
                              remedy_for(error, path_)));
    }
    reported_ = error;
    return !error;
  }

  const fs::path path_;
  const OnFailure on_failure_;
  std::error_code reported_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<State> waiting_;
  bool writing_ = false;
  bool written_ = true;
  bool stopping_ = false;
  std::thread thread_{[this] { run(); }};  // last: it uses all of the above
};

StateFile::StateFile(fs::path path, OnFailure on_failure)
    : path_(std::move(path)), on_failure_(std::move(on_failure)) {}

StateFile::~StateFile() = default;

StateFile::Loaded StateFile::load(std::string_view installation) {
  Loaded loaded;
  const fs::path file = behind_links(path_);
  if (is_foreign_link(file)) {
    keep_off(file, "it is a symbolic link of another user", loaded);
  } else if (!path_.empty()) {
    lock(file, loaded);
    read(file, loaded);
  }
  std::string& known = loaded.state.installation;
  if (known.empty()) known = installation.empty() ? new_installation() : std::string(installation);
  return loaded;
}

void StateFile::lock(const fs::path& file, Loaded& loaded) {
  if (!lock_) lock_ = std::make_unique<FileLock>(file);
  may_write_ = !lock_->is_anothers();
  if (may_write_) return;
  loaded.messages.push_back(fmt::format(
      "state file {} is in use by another process, a running gateway perhaps: it is read and left as it is, "
      "and nothing that is learned here will be remembered. Stop the other one first if it is to be",
      file.string()));
}

void StateFile::read(const fs::path& file, Loaded& loaded) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) return;
  if (fs::exists(status) && !fs::is_regular_file(status)) return keep_off(file, "it is not a regular file", loaded);
  auto content = read_file(file);
  if (const auto* unread = std::get_if<std::error_code>(&content)) return keep_off(file, unread->message(), loaded);
  if (may_write_) make_private(file, loaded.messages);
  auto state = state_from_json(std::get<std::string>(content));
  if (const auto* fault = std::get_if<std::string>(&state)) return set_aside(file, *fault, loaded);
  loaded.state = std::get<State>(std::move(state));
}

void StateFile::set_aside(const fs::path& file, const std::string& fault, Loaded& loaded) {
  if (!may_write_) return loaded.messages.push_back(fmt::format("state file {}: {}", file.string(), fault));
  const fs::path aside = free_name_beside(file);
  std::error_code error;
  fs::rename(file, aside, error);
  if (error) return keep_off(file, fmt::format("{}, and it cannot be set aside: {}", fault, error.message()), loaded);
  loaded.messages.push_back(fmt::format("state file {}: {}. It was set aside as {}, and {}", file.string(), fault,
                                        aside.string(), kForgotten));
}

void StateFile::keep_off(const fs::path& file, const std::string& fault, Loaded& loaded) {
  may_write_ = false;
  loaded.messages.push_back(
      fmt::format("state file {} cannot be used: {}. It is left as it is and nothing will be remembered; {}. Make it a "
                  "file that the user the gateway runs as can read and replace, or move it away, and restart",
                  file.string(), fault, kForgotten));
}

void StateFile::save(const State& state) {
  changed_ = false;
  if (path_.empty() || !may_write_) return;
  if (!writer_) writer_ = std::make_unique<Writer>(path_, on_failure_);
  writer_->save(state);
}

TimePoint StateFile::turn(const State& state, TimePoint now) {
  if (!changed_) return TimePoint::max();
  if (now < save_at_) return save_at_;
  save_at_ = now + kApart;
  save(state);
  return TimePoint::max();
}

bool StateFile::flush() {
  return may_write_ && (!writer_ || writer_->flush());
}

}  // namespace bluetti::gateway
