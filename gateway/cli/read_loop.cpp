// SPDX-License-Identifier: MIT
#include "gateway/cli/read_loop.h"

#include <fmt/format.h>

#include <iostream>
#include <utility>

#include "gateway/cli/progress.h"

namespace bluetti::gateway::cli {

ReadLoop::ReadLoop() : signals_(sink()), on_terminal_(is_error_terminal()) {}

bool ReadLoop::run(read::Reader& reader, TimePoint until, const std::function<bool()>& done) {
  while (true) {
    const TimePoint next = reader.tick(clock_.now());
    if (done()) return true;
    if (signal_ != 0 || !reader.lost().empty()) return false;
    if (clock_.now() >= until) return true;
    show_progress(reader);
    queue_.pop_until(std::min(next, until), events_);
    for (const Event& event : events_) {
      if (const auto* stop = std::get_if<StopRequested>(&event)) signal_ = stop->signal;
      reader.handle(event, clock_.now());
    }
  }
}

std::optional<ReadOutcome> ReadLoop::read(read::Reader& reader, const RegisterRange& range) {
  std::optional<ReadOutcome> outcome;
  reader.read(range, clock_.now());
  (void)run(reader, TimePoint::max(), [&] { return (outcome = reader.take_outcome()).has_value(); });
  clear_progress();
  return outcome;
}

void ReadLoop::drain() {
  queue_.pop_until(clock_.now(), events_);
  for (const Event& event : events_) {
    if (const auto* stop = std::get_if<StopRequested>(&event)) signal_ = stop->signal;
  }
}

void ReadLoop::waits_for(std::string what, int attempts) {
  waited_for_ = std::move(what);
  attempts_ = attempts;
}

void ReadLoop::show_progress(const read::Reader& reader) {
  std::string text = reader.ready() ? waited_for_ : "connecting";
  if (!on_terminal_ || text.empty()) return;
  if (reader.ready() && reader.attempt() > 1) text += fmt::format(", attempt {} of {}", reader.attempt(), attempts_);
  if (text == shown_) return;
  std::cerr << kClearLine << text << " ..." << std::flush;
  shown_ = std::move(text);
}

void ReadLoop::clear_progress() {
  if (!std::exchange(shown_, {}).empty()) std::cerr << kClearLine << std::flush;
}

}  // namespace bluetti::gateway::cli
