// SPDX-License-Identifier: MIT
// A file of one line for each wish and what became of it, for its owner's eyes only. Grows to a megabyte, then the one
// before is replaced. The loop's thread only; a line is written at once.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace bluetti::gateway {

class Audit {
 public:
  static constexpr std::uintmax_t kMostBytes = 1'000'000;

  // Empty: nothing is written.
  void use(std::filesystem::path file) { file_ = std::move(file); }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

  // False: problem() says why.
  bool add(std::string_view line);
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  bool fail(int error);
  void rotate() const;

  std::filesystem::path file_;
  std::string problem_;
};

}  // namespace bluetti::gateway
