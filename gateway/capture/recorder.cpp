// SPDX-License-Identifier: MIT
#include "gateway/capture/recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "gateway/base/private_file.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway::capture {
namespace {

std::string last_error() {
  return std::generic_category().message(errno);
}

std::string header() {
  return fmt::format("{{\"format\":\"{}\",\"version\":{},\"gateway\":\"{}\"}}\n", kFormat, kVersion, GATEWAY_VERSION);
}

bool ends_with_newline(int descriptor, off_t size) {
  char last = 0;
  return size == 0 || (::pread(descriptor, &last, 1, size - 1) == 1 && last == '\n');
}

// Whether it is ours to continue: empty, or a record already.
bool is_record(int descriptor, off_t size) {
  const std::string beginning = fmt::format("{{\"format\":\"{}\"", kFormat);
  std::string found(beginning.size(), '\0');
  return size == 0 || (::pread(descriptor, found.data(), found.size(), 0) == std::ssize(found) && found == beginning);
}

std::optional<std::string> reason_against(int descriptor, struct stat& status) {
  if (::fstat(descriptor, &status) != 0) return last_error();
  if (!S_ISREG(status.st_mode)) return "not a file";
  if (status.st_nlink > 1) return "has another name elsewhere; name a file that is not there yet";
  if (!is_record(descriptor, status.st_size)) return "holds something else; name a file that is not there yet";
  if (::fchmod(descriptor, S_IRUSR | S_IWUSR) != 0) return last_error();
  return std::nullopt;
}

void append_hex(std::span<const std::byte> bytes, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::byte byte : bytes) {
    out += kDigits[std::to_integer<std::size_t>(byte) >> 4];
    out += kDigits[std::to_integer<std::size_t>(byte) & 0xF];
  }
}

// Parts of topics need no escape characters, see protocol::is_topic_part().
void append_line(Sender from, std::string_view model, const Anonymous& message, bool retained, double seconds,
                 std::string& out) {
  fmt::format_to(std::back_inserter(out), R"({{"t":{:.3f},"from":"{}","model":"{}","station":"{}","payload":")",
                 seconds, from == Sender::station ? "station" : "gateway", model, message.serial);
  append_hex(message.payload, out);
  out += '"';
  if (retained) out += ",\"retained\":true";
  if (message.masked) out += ",\"masked\":true";
  out += "}\n";
}

}  // namespace

Recorder::Opened Recorder::open(const RecordConfig& config, std::shared_ptr<const schemas::Catalog> catalog,
                                TimePoint start) {
  const auto refused = [&config](std::string_view why) { return fmt::format("{}: {}", config.file.string(), why); };
  // Not blocking: a pipe must not hold up the start.
  constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;
  const int descriptor = ::open(behind_links(config.file).c_str(), kFlags, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return refused(last_error());
  struct stat status {};
  if (const auto reason = reason_against(descriptor, status)) {
    ::close(descriptor);
    return refused(*reason);
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::unique_ptr<Recorder> recorder(new Recorder(config, descriptor, size, std::move(catalog), start));
  if (!ends_with_newline(descriptor, status.st_size)) recorder->waiting_ = '\n';  // a line that a crash cut off
  recorder->waiting_ += header();
  recorder->size_ += recorder->waiting_.size();
  recorder->flush();
  if (!recorder->active()) return refused("cannot be written");
  return recorder;
}

Recorder::Recorder(const RecordConfig& config, int descriptor, std::uint64_t size,
                   std::shared_ptr<const schemas::Catalog> catalog, TimePoint start)
    : file_(config.file),
      descriptor_(descriptor),
      size_(size),
      most_bytes_(config.most_bytes),
      start_(start),
      anonymizer_(std::move(catalog), Pseudonyms::random_key()) {}

Recorder::~Recorder() {
  flush();
  close();
}

void Recorder::record(Sender from, std::string_view topic, std::string_view payload, bool retained, TimePoint now) {
  if (!active()) return;
  const auto address =
      from == Sender::station ? protocol::parse_from_station_topic(topic) : protocol::parse_to_station_topic(topic);
  if (!address) return;
  const Anonymous message = anonymizer_.anonymize(from, *address, std::as_bytes(std::span(payload)));
  line_.clear();
  append_line(from, address->model, message, retained, std::chrono::duration<double>(now - start_).count(), line_);
  if (size_ + line_.size() > most_bytes_) {
    flush();
    close();
    return spdlog::warn("the record {} has reached its {} bytes: nothing more is recorded", file_.string(), size_);
  }
  waiting_ += line_;
  size_ += line_.size();
  if (waiting_.size() >= kFlushSize) return flush();
  if (flush_at_ == TimePoint::max()) flush_at_ = now + kFlushInterval;
}

TimePoint Recorder::tick(TimePoint now) {
  if (now >= flush_at_) flush();
  return flush_at_;
}

void Recorder::flush() {
  flush_at_ = TimePoint::max();
  std::string_view rest = waiting_;
  while (active() && !rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      spdlog::error("the record {} cannot be written: {}; nothing more is recorded", file_.string(), last_error());
      close();
    }
  }
  waiting_.clear();
}

void Recorder::close() {
  if (active()) ::close(std::exchange(descriptor_, -1));
}

}  // namespace bluetti::gateway::capture
