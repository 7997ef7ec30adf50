// SPDX-License-Identifier: MIT
#include "gateway/cli/read_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/mqtt/openssl_settings.h"
#include "gateway/observe/log.h"

namespace bluetti::gateway::cli {

std::optional<int> ReadCommand::prepare() {
  prepare_openssl();
  start_logging({.level = "warning"});
  ReadPlanResult planned = plan_read(options_, Environment::of_process());
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&planned)) {
    print_problems(*problems);
    return kUsage;
  }
  plan_ = std::move(std::get<ReadPlan>(planned));
  return std::nullopt;
}

std::optional<int> ReadCommand::open(bool patient, const std::filesystem::path& record) {
  loop_.emplace();
  auto opened = open_way(*plan_, {.direct = options_.direct, .patient = patient, .record = record}, *loop_);
  if (const auto* code = std::get_if<int>(&opened)) return *code;
  way_.emplace(std::move(std::get<Way>(opened)));
  return std::nullopt;
}

std::optional<ReadOutcome> ReadCommand::read(const RegisterRange& range, std::string progress) {
  loop_->waits_for(std::move(progress), plan_->policy.retry.attempts);
  auto outcome = loop_->read(reader(), range);
  if (!outcome) return std::nullopt;
  if (const auto* failure = std::get_if<ReadFailure>(&*outcome)) failed(*failure);
  return outcome;
}

void ReadCommand::failed(const ReadFailure& failure) {
  const bool unreachable = failure.kind == FailureKind::disconnected;
  code_ = std::max<int>(code_, unreachable ? kUnreachable : kFailed);
}

int ReadCommand::exit_code() {
  if (loop_->signal() != 0) return 128 + loop_->signal();
  if (reader().lost().empty()) return code_;
  std::cerr << reader().lost() << '\n';
  return kUnreachable;
}

std::string reading(const RegisterRange& range, std::size_t index, std::size_t count) {
  return fmt::format("reading {} {} ({} of {})", range.block ? "block" : "register", range.first, index + 1, count);
}

}  // namespace bluetti::gateway::cli
