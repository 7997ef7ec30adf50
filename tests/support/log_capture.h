// SPDX-License-Identifier: MIT
// What is logged while it exists.
#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace bluetti::test {

class LogCapture {
 public:
  LogCapture() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_)));
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  ~LogCapture() { spdlog::set_default_logger(std::move(before_)); }

  [[nodiscard]] std::string text() const { return log_.str(); }
  [[nodiscard]] int count(std::string_view part) const {
    const std::string text = log_.str();
    int count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
  }
  void clear() { log_.str({}); }

 private:
  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> before_;
};

}  // namespace bluetti::test
