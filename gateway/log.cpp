// SPDX-License-Identifier: MIT
#include "gateway/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

namespace bluetti::gateway {
namespace {

// "[local] connected" -> "local"
std::string_view area_of(std::string_view message) {
  if (!message.starts_with('[')) return {};
  const std::size_t end = message.find("] ");
  return end == std::string_view::npos ? std::string_view() : message.substr(1, end - 1);
}

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
    if (const auto area = area_of(text); !area.empty()) {
      line["area"] = area;
      text.remove_prefix(area.size() + 3);
    }
    line["message"] = text;
    const std::string json = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
    to.append(json.data(), json.data() + json.size());
  }

  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }

 private:
  spdlog::pattern_formatter time_{"%Y-%m-%dT%H:%M:%S.%eZ", spdlog::pattern_time_type::utc, ""};
};

spdlog::level::level_enum level_of(const std::string& name) {
  return spdlog::level::from_str(name);
}

}  // namespace

void start_logging(const LogConfig& config, const std::string* level) {
  // https://no-color.org
  const char* no_color = std::getenv("NO_COLOR");
  const auto colour = no_color && *no_color ? spdlog::color_mode::never : spdlog::color_mode::automatic;
  auto logger = std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(colour));
  if (config.format == LogFormat::json) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v");
  }
  logger->set_level(level_of(level ? *level : config.level));
  spdlog::set_default_logger(std::move(logger));
}

std::string log_level() {
  const auto name = spdlog::level::to_string_view(spdlog::get_level());
  return {name.data(), name.size()};
}

bool set_log_level(std::string_view name) {
  if (std::ranges::find(kLogLevels, name) == kLogLevels.end()) return false;
  spdlog::set_level(level_of(std::string(name)));
  return true;
}

std::string short_serial(std::string_view serial) {
  constexpr std::size_t kShown = 4;
  return "..." + std::string(serial.substr(serial.size() - std::min(kShown, serial.size())));
}

}  // namespace bluetti::gateway
