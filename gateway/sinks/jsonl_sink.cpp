// SPDX-License-Identifier: MIT
#include <bluetti/sink.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "gateway/base/descriptor.h"
#include "schemas/json_text.h"

namespace bluetti {
namespace {

constexpr mode_t kOwnersAlone = 0600;

[[noreturn]] void fail(const std::filesystem::path& file) {
  throw std::system_error(errno, std::generic_category(), file.string());
}

std::string time_text(std::chrono::system_clock::time_point time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)),
                     milliseconds % 1000);
}

void append_line(const Change& change, std::string& text) {
  text += fmt::format(R"({{"time":"{}","station":)", time_text(change.time));
  schemas::append_json_text(change.station, text);
  text += R"(,"path":)";
  schemas::append_json_text(change.path, text);
  text += fmt::format(",\"value\":{}}}\n", change.json);
}

class JsonlSink final : public Sink {
 public:
  explicit JsonlSink(JsonlOptions options) : options_(std::move(options)) {
    options_.files = std::max(options_.files, 1);
  }

  void write(const std::vector<Change>& changes) override {
    std::string text;
    for (const Change& change : changes) {
      append_line(change, text);
      if (size_ + text.size() < options_.most_bytes) continue;
      append(std::exchange(text, {}));
      rotate();
    }
    append(text);
  }

 private:
  // Half a line would spoil the next one.
  [[noreturn]] void take_back(int file, off_t size) {
    const int error = errno;
    [[maybe_unused]] const int taken_back = ::ftruncate(file, size);
    errno = error;
    fail(options_.file);
  }

  // A file that was moved away or removed meanwhile begins again.
  void append(std::string_view text) {
    if (text.empty()) return;
    const gateway::Descriptor file(
        ::open(options_.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, kOwnersAlone));
    struct stat about {};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) fail(options_.file);
    size_ = static_cast<std::uint64_t>(about.st_size);
    while (!text.empty()) {
      const ssize_t written = ::write(file.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) take_back(file.get(), about.st_size);
      size_ += static_cast<std::uint64_t>(written);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void rotate() {
    const auto numbered = [this](int number) {
      std::filesystem::path file = options_.file;
      return number == 0 ? file : file += fmt::format(".{}", number);
    };
    std::error_code ignored;  // some are not there yet
    if (options_.files == 1) std::filesystem::remove(options_.file, ignored);
    for (int number = options_.files - 1; number > 0; --number) {
      std::filesystem::rename(numbered(number - 1), numbered(number), ignored);
    }
    size_ = 0;
  }

  JsonlOptions options_;
  std::uint64_t size_ = 0;  // as last seen
};

}  // namespace

std::unique_ptr<Sink> jsonl_sink(JsonlOptions options) {
  return std::make_unique<JsonlSink>(std::move(options));
}

}  // namespace bluetti
