// SPDX-License-Identifier: MIT
// A file of one line for each wish and what became of it, for its owner's eyes only. Grows to a megabyte, then the one
// before is replaced. Refused wishes, which anybody may make as often as they like, are bounded, so that they do not
// replace what was done: the others are counted, and the count is written before the next line. The loop's thread only;
// a line is written at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.h"

namespace bluetti::gateway {

class Audit {
 public:
  static constexpr std::uintmax_t kMostBytes = 1'000'000;

  // Empty: nothing is written.
  void use(std::filesystem::path file) { file_ = std::move(file); }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

  // Refused wishes that are written: so many at once, then one in so long.
  static constexpr int kMostRefused = 100;
  static constexpr std::chrono::minutes kPerRefused{10};

  // False: problem() says why.
  bool add(std::string_view line);
  // Of a wish that was refused; true also if it was counted only.
  bool add_refused(std::string_view line, TimePoint now);
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  bool fail(int error);
  bool write(std::string_view line);
  void rotate() const;

  std::filesystem::path file_;
  std::string problem_;
  int refused_left_ = kMostRefused;
  std::optional<TimePoint> refused_since_;  // from then on the next one is earned
  std::uint64_t left_out_ = 0;
};

}  // namespace bluetti::gateway
