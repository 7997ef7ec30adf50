// SPDX-License-Identifier: MIT
// What `scan`, `raw` and `listen` have in common: from options to a plan, a loop and a way, read by read to an exit
// code.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "gateway/cli/read_way.h"

namespace bluetti::gateway::cli {

// A command under way: its plan, its loop and the way it reads.
class ReadCommand {
 public:
  explicit ReadCommand(const ReadOptions& options) : options_(options) {}

  // The exit code if the command is over already.
  std::optional<int> prepare();
  std::optional<int> open(bool patient, const std::filesystem::path& record);

  // Nothing: it is over, see exit_code().
  std::optional<ReadOutcome> read(const RegisterRange& range, std::string progress);
  // False: it is over.
  bool wait(TimePoint until, const std::function<bool()>& done) { return loop_->run(reader(), until, done); }

  void failed(const ReadFailure& failure);
  [[nodiscard]] int exit_code();

  [[nodiscard]] const ReadPlan& plan() const { return *plan_; }
  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] bool through_gateway() const { return way_->through_gateway(); }
  [[nodiscard]] read::Reader& reader() { return way_->reader(); }
  [[nodiscard]] ReadLoop& loop() { return *loop_; }

 private:
  const ReadOptions& options_;
  std::optional<ReadPlan> plan_;
  std::optional<ReadLoop> loop_;
  std::optional<Way> way_;
  int code_ = 0;
};

// "reading block 1300 (2 of 5)"
[[nodiscard]] std::string reading(const RegisterRange& range, std::size_t index, std::size_t count);

}  // namespace bluetti::gateway::cli
