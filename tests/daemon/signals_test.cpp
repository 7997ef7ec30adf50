// SPDX-License-Identifier: MIT
#include "gateway/daemon/signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "gateway/base/clock.h"
#include "gateway/base/event_queue.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kPatience{20};

template <typename T>
int count(const std::vector<Event>& events) {
  return static_cast<int>(
      std::ranges::count_if(events, [](const Event& event) { return std::holds_alternative<T>(event); }));
}

// One life of a gateway as the signals see it.
class OneLife {
 public:
  explicit OneLife(Signals& signals) : to_(signals, [this](Event event) { queue_.push(std::move(event)); }) {}

  // The events that come until there is one of this kind.
  template <typename T>
  bool hears() {
    const TimePoint end = clock_.now() + kPatience;
    std::vector<Event> events;
    while (clock_.now() < end) {
      queue_.pop_until(end, events);
      if (count<T>(events) > 0) return true;
    }
    return false;
  }

 private:
  const SteadyClock clock_;
  EventQueue queue_;
  SignalsTo to_;
};

// Blocks them for the whole program, as the first of these objects does: a signal of a test must not end it.
TEST(Signals, AWishToStopWhileNobodyListensIsHeardByTheNextLife) {
  for (int round = 0; round < 200; ++round) {
    Signals signals;
    { OneLife before(signals); }
    kill(getpid(), SIGTERM);
    OneLife next(signals);
    ASSERT_TRUE(next.hears<StopRequested>()) << "round " << round;
    EXPECT_TRUE(signals.stop_requested());
  }
}

TEST(Signals, AWishToStopThatAnEndingLifeDidNotActOnIsHeardByTheNext) {
  for (int round = 0; round < 200; ++round) {
    Signals signals;
    {
      OneLife ending(signals);
      kill(getpid(), SIGTERM);  // arrives in its queue, or between the two
    }
    OneLife next(signals);
    ASSERT_TRUE(next.hears<StopRequested>()) << "round " << round;
  }
}

TEST(Signals, AReloadWhileNobodyListensIsHeardByTheNextLife) {
  Signals signals;
  kill(getpid(), SIGHUP);
  OneLife next(signals);
  EXPECT_TRUE(next.hears<ReloadRequested>());
  EXPECT_FALSE(signals.stop_requested());
}

TEST(Signals, ASecondWishToStopEndsTheProcessAtOnce) {
  const pid_t child = fork();
  if (child == 0) {
    Signals signals;
    OneLife life(signals);
    kill(getpid(), SIGTERM);
    if (!life.hears<StopRequested>()) _exit(1);
    kill(getpid(), SIGINT);
    life.hears<ReloadRequested>();  // never comes
    _exit(2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGINT);
}

}  // namespace
}  // namespace bluetti::gateway
