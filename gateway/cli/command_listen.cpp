// SPDX-License-Identifier: MIT
// `listen`: one station, read again and again, and what it sends unasked.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <utility>

#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/read_command.h"
#include "gateway/cli/read_output.h"
#include "gateway/cli/table.h"

namespace bluetti::gateway::cli {
namespace {

using Ranges = std::vector<RegisterRange>;
using WallTime = std::chrono::system_clock::time_point;

int milliseconds_of(WallTime time) {
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  return static_cast<int>(since_epoch.count() % 1000);
}

// "2026-11-21T15:30:33.123Z" for programs.
std::string utc(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), milliseconds_of(time));
}

// "2026-11-21 16:30:33.123" for people, by their own clock.
std::string local_time(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", fmt::localtime(seconds), milliseconds_of(time));
}

class Listener {
 public:
  Listener(ReadCommand& command, Ranges ranges, const ListenOptions& options)
      : command_(command), ranges_(std::move(ranges)), options_(options) {}

  void run();

 private:
  [[nodiscard]] bool reads() const { return options_.interval > 0; }
  [[nodiscard]] bool enough() const { return options_.count && done_ >= *options_.count; }
  bool read_round();  // false: the command is over
  void print(std::string_view kind, const RegisterData& data);
  void print(const RegisterRange& range, const ReadFailure& failure);
  void print_what_came();

  ReadCommand& command_;
  Ranges ranges_;
  const ListenOptions& options_;
  int done_ = 0;  // rounds, or messages where nothing is read
};

void Listener::run() {
  const auto interval = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options_.interval));
  TimePoint next = reads() ? command_.loop().clock().now() : TimePoint::max();
  while (!enough()) {
    if (reads() && command_.loop().clock().now() >= next) {
      if (!read_round()) return;
      next = std::max(next + interval, command_.loop().clock().now());
      continue;
    }
    command_.loop().waits_for({});
    const bool goes_on = command_.wait(next, [this] {
      print_what_came();
      return enough();
    });
    if (!goes_on) return;
  }
}

bool Listener::read_round() {
  for (std::size_t index = 0; index < ranges_.size(); ++index) {
    const auto outcome = command_.read(ranges_[index], reading(ranges_[index], index, ranges_.size()));
    print_what_came();
    if (!outcome) return false;
    if (const auto* failure = std::get_if<ReadFailure>(&*outcome)) {
      print(ranges_[index], *failure);
    } else {
      print("read", std::get<RegisterData>(*outcome));
    }
  }
  ++done_;
  return true;
}

void Listener::print_what_came() {
  const std::vector<std::string> news = command_.reader().take_news();
  const std::vector<RegisterData> overheard = command_.reader().take_overheard();
  if (!news.empty() || !overheard.empty()) command_.loop().clear_progress();
  for (const std::string& line : news) std::cerr << line << '\n';
  for (const RegisterData& data : overheard) {
    if (!reads() && enough()) return;
    print("push", data);
    if (!reads()) ++done_;
  }
}

void Listener::print(std::string_view kind, const RegisterData& data) {
  const WallTime now = command_.loop().clock().wall();
  for (const DecodedBlock& block : decode(data, command_.plan())) {
    if (command_.json()) {
      std::cout << fmt::format(R"({{"time":"{}","kind":"{}",)", utc(now), kind) << block_json(block).substr(1) << '\n';
    } else {
      std::cout << local_time(now) << "  " << kind << "  " << block_text(block, colour_wanted()) << '\n';
    }
  }
  std::cout << std::flush;
}

void Listener::print(const RegisterRange& range, const ReadFailure& failure) {
  const WallTime now = command_.loop().clock().wall();
  std::cerr << local_time(now) << "  " << failure_text(range, failure) << '\n';
  if (!command_.json()) return;
  std::cout << fmt::format(R"({{"time":"{}","kind":"error",)", utc(now)) << failure_json(range, failure).substr(1)
            << std::endl;
}

}  // namespace

int listen(const ListenOptions& options) {
  ReadCommand command(options);
  if (const auto code = command.prepare()) return *code;
  const ReadPlan& plan = command.plan();
  auto chosen = chosen_blocks(plan, options.blocks, most_polled_blocks(plan.station));
  if (const auto* problem = std::get_if<std::string>(&chosen)) return refuse(*problem);
  if (const auto code = command.open(true, options.record)) return *code;
  if (command.through_gateway() && options.interval <= 0) {
    return refuse("--interval 0 reads nothing, and through a gateway nothing is overheard: say how often to read");
  }
  Listener(command, std::move(std::get<Ranges>(chosen)), options).run();
  return command.exit_code();
}

}  // namespace bluetti::gateway::cli
