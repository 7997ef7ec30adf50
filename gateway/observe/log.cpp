// SPDX-License-Identifier: MIT
#include "gateway/observe/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "gateway/observe/log_lines.h"

namespace bluetti::gateway {
namespace {

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    std::string_view text(message.payload.data(), message.payload.size());
    nlohmann::ordered_json line;
    spdlog::memory_buf_t time;
    time_.format(message, time);
    line["time"] = std::string_view(time.data(), time.size());
    const auto level = spdlog::level::to_string_view(message.level);
    line["level"] = std::string_view(level.data(), level.size());
    if (const auto tag = tag_of(text); !tag.empty()) {
      line["area"] = tag;
      text.remove_prefix(tag.size() + 3);
    }
    line["message"] = text;
    const std::string written = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
    to.append(written.data(), written.data() + written.size());
  }

  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }

 private:
  spdlog::pattern_formatter time_{"%Y-%m-%dT%H:%M:%S.%eZ", spdlog::pattern_time_type::utc, ""};
};

// By spdlog's levels.
constexpr std::array<std::string_view, 7> kColours{"\x1b[2m",    "\x1b[36m",   "\x1b[32m", "\x1b[33;1m",
                                                   "\x1b[31;1m", "\x1b[31;1m", ""};
constexpr std::string_view kPlain = "\x1b[0m";

// Standard error. Any thread: base_sink has the lock.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  using Level = spdlog::level::level_enum;

  explicit LogSink(bool colour) : colour_(colour) {}
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  ~LogSink() override {
    repeated_.tell_all(spdlog::log_clock::now());
    budget_.tell_all(spdlog::log_clock::now());
  }

  // Each returns the least of all levels: what is below is not even made into text.
  Level configure(const LogConfig& config, const std::optional<std::string>& level);
  Level set_general_level(Level level);
  [[nodiscard]] Level general_level();
  void tell_repeated();
  void keep(std::size_t most);
  [[nodiscard]] std::vector<LogLine> newest();

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override { std::fflush(stderr); }

 private:
  [[nodiscard]] Level least_level() const { return std::min(general_, *std::ranges::min_element(levels_)); }
  [[nodiscard]] Level level_of(std::string_view line) const;
  void write(spdlog::log_clock::time_point time, Level level, std::string_view text);
  void write_line(std::string_view line, std::size_t colour_begin, std::size_t colour_end, Level level) const;

  const bool colour_;
  bool full_serials_ = false;
  Level general_ = Level::info;
  std::array<Level, kLogAreas.size()> levels_{};  // n_levels: the general one
  RepeatedLines repeated_{
      [this](auto time, int level, std::string_view line) { write(time, static_cast<Level>(level), line); }};
  LineBudget budget_{Level::info, [this](auto time, int level, std::string_view line) {
                       write(time, static_cast<Level>(level), line);
                     }};
  std::size_t most_kept_ = 0;
  std::deque<LogLine> kept_;
  std::string printable_;
  std::string shortened_;
  spdlog::memory_buf_t line_;
};

LogSink::Level LogSink::configure(const LogConfig& config, const std::optional<std::string>& level) {
  const std::lock_guard lock(mutex_);
  general_ = spdlog::level::from_str(level ? *level : config.level);
  full_serials_ = config.full_serials;
  levels_.fill(Level::n_levels);
  for (std::size_t area = 0; area < kLogAreas.size(); ++area) {
    const auto own = config.levels.find(kLogAreas[area]);
    if (own != config.levels.end() && !level) levels_[area] = spdlog::level::from_str(own->second);
  }
  return least_level();
}

LogSink::Level LogSink::set_general_level(Level level) {
  const std::lock_guard lock(mutex_);
  general_ = level;
  return least_level();
}

LogSink::Level LogSink::general_level() {
  const std::lock_guard lock(mutex_);
  return general_;
}

void LogSink::tell_repeated() {
  const std::lock_guard lock(mutex_);
  repeated_.tell_old(spdlog::log_clock::now());
  budget_.tell_old(spdlog::log_clock::now());
}

void LogSink::keep(std::size_t most) {
  const std::lock_guard lock(mutex_);
  most_kept_ = most;
  while (kept_.size() > most_kept_) kept_.pop_front();
}

std::vector<LogLine> LogSink::newest() {
  const std::lock_guard lock(mutex_);
  return {kept_.begin(), kept_.end()};
}

LogSink::Level LogSink::level_of(std::string_view line) const {
  const Level own = levels_[area_of(line)];
  return own == Level::n_levels ? general_ : own;
}

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
  std::string_view text(message.payload.data(), message.payload.size());
  if (message.level < level_of(text)) return;
  if (!full_serials_ && shorten_serials(text, shortened_)) text = shortened_;
  // Whoever made it, and at whatever level: from here on it is one line of printable text.
  if (make_printable(text, printable_)) text = printable_;
  if (repeated_.is_repeated(message.time, message.level, text)) return;
  if (!budget_.is_left_out(message.time, message.level, text)) write(message.time, message.level, text);
}

void LogSink::write(spdlog::log_clock::time_point time, Level level, std::string_view text) {
  const spdlog::details::log_msg message(time, {}, "", level, spdlog::string_view_t(text.data(), text.size()));
  line_.clear();
  formatter_->format(message, line_);
  if (most_kept_ > 0) {
    const auto name = spdlog::level::to_string_view(level);
    kept_.push_back({time, std::string(name.data(), name.size()), std::string(text)});
    if (kept_.size() > most_kept_) kept_.pop_front();
  }
  write_line({line_.data(), line_.size()}, message.color_range_start, message.color_range_end, level);
}

void LogSink::write_line(std::string_view line, std::size_t colour_begin, std::size_t colour_end, Level level) const {
  const auto put = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  if (!colour_ || colour_end <= colour_begin) return put(line);
  put(line.substr(0, colour_begin));
  put(kColours[static_cast<std::size_t>(level)]);
  put(line.substr(colour_begin, colour_end - colour_begin));
  put(kPlain);
  put(line.substr(colour_end));
}

// https://no-color.org
bool colour_on_standard_error() {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) != 0 && (!no_color || !*no_color);
}

// nullptr: logging was not started.
LogSink* present_sink() {
  const auto& sinks = spdlog::default_logger_raw()->sinks();
  return sinks.empty() ? nullptr : dynamic_cast<LogSink*>(sinks.front().get());
}

void use(LogSink& sink, spdlog::logger& logger, const LogConfig& config, const std::optional<std::string>& level) {
  if (config.format == LogFormat::json) {
    sink.set_formatter(std::make_unique<JsonFormatter>());
  } else {
    sink.set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v");
  }
  logger.set_level(sink.configure(config, level));
}

}  // namespace

void start_logging(const LogConfig& config, const std::optional<std::string>& level) {
  auto sink = std::make_shared<LogSink>(colour_on_standard_error());
  auto logger = std::make_shared<spdlog::logger>("", sink);
  use(*sink, *logger, config, level);
  spdlog::set_default_logger(std::move(logger));
}

void change_logging(const LogConfig& config, const std::optional<std::string>& level) {
  if (LogSink* sink = present_sink()) use(*sink, *spdlog::default_logger_raw(), config, level);
}

void tick_log() {
  if (LogSink* sink = present_sink()) sink->tell_repeated();
}

void keep_log_lines(std::size_t most) {
  if (LogSink* sink = present_sink()) sink->keep(most);
}

std::vector<LogLine> newest_log_lines() {
  LogSink* sink = present_sink();
  return sink != nullptr ? sink->newest() : std::vector<LogLine>();
}

std::string log_level() {
  LogSink* sink = present_sink();
  const auto name = spdlog::level::to_string_view(sink ? sink->general_level() : spdlog::get_level());
  return {name.data(), name.size()};
}

bool set_log_level(std::string_view name) {
  if (std::ranges::find(kLogLevels, name) == kLogLevels.end()) return false;
  const auto level = spdlog::level::from_str(std::string(name));
  LogSink* sink = present_sink();
  spdlog::set_level(sink ? sink->set_general_level(level) : level);
  return true;
}

}  // namespace bluetti::gateway
