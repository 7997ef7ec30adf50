// SPDX-License-Identifier: MIT
#include <bluetti/sink.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <iterator>
#include <thread>
#include <utility>

namespace bluetti {
namespace {

constexpr std::chrono::seconds kPatience{2};

}  // namespace

Sink::Sink() = default;
Sink::~Sink() = default;

// Lives on with its thread where that is stuck in the sink.
class Sinks::Queue : public std::enable_shared_from_this<Queue> {
 public:
  Queue(std::string name, std::unique_ptr<Sink> sink, SinkOptions options) : options_(options), sink_(std::move(sink)) {
    counters_.name = std::move(name);
  }

  void start(std::shared_ptr<Queue> after) {
    std::thread([self = shared_from_this(), after = std::move(after)]() mutable {
      if (after) after->wait_for_end();
      after.reset();
      self->run();
    }).detach();
  }

  void write(const Change& change) {
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      if (waiting_.size() >= options_.capacity) {
        ++counters_.dropped;
        if (options_.drop == DropPolicy::newest || waiting_.empty()) return;
        waiting_.pop_front();
      }
      waiting_.push_back(change);
    }
    came_.notify_one();
  }

  void end() {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    came_.notify_one();
  }

  void wait_for_end() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return has_ended_; });
  }
  void wait_for_end(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    ended_.wait_until(lock, until, [this] { return has_ended_; });
  }

  [[nodiscard]] const std::string& name() const { return counters_.name; }
  [[nodiscard]] bool is_ending() const {
    const std::lock_guard lock(mutex_);
    return ending_;
  }
  [[nodiscard]] bool has_ended() const {
    const std::lock_guard lock(mutex_);
    return has_ended_;
  }
  [[nodiscard]] SinkCounters counters() const {
    const std::lock_guard lock(mutex_);
    SinkCounters counters = counters_;
    counters.waiting = waiting_.size();
    return counters;
  }

 private:
  void run() {
    for (std::vector<Change> changes = take(); !changes.empty(); changes = take()) hand_over(changes);
    sink_.reset();
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
    ended_.notify_all();
  }

  // All that waits; nothing: it is over.
  std::vector<Change> take() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    std::vector<Change> changes(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
    waiting_.clear();
    return changes;
  }

  void hand_over(const std::vector<Change>& changes) {
    std::string problem;
    try {
      sink_->write(changes);
    } catch (const std::exception& error) {
      problem = error.what();
    } catch (...) {
      problem = "unknown exception";
    }
    const std::lock_guard lock(mutex_);
    (problem.empty() ? counters_.written : counters_.failed) += changes.size();
    counters_.problem = std::move(problem);
  }

  const SinkOptions options_;
  std::unique_ptr<Sink> sink_;  // of its thread alone
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::condition_variable ended_;
  std::deque<Change> waiting_;
  SinkCounters counters_;
  bool ending_ = false;
  bool has_ended_ = false;
};

Sinks::Sinks() = default;

Sinks::~Sinks() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (const auto& queue : queues_) queue->end();
  for (const auto& queue : queues_) queue->wait_for_end(until);
}

void Sinks::add(std::string name, std::unique_ptr<Sink> sink, SinkOptions options) {
  auto queue = std::make_shared<Queue>(std::move(name), std::move(sink), options);
  const std::lock_guard lock(mutex_);
  forget_ended();
  const auto before = std::find_if(queues_.rbegin(), queues_.rend(), [&queue](const auto& one) {
    return one->name() == queue->name() && one->is_ending();
  });
  queue->start(before == queues_.rend() ? nullptr : *before);
  queues_.push_back(std::move(queue));
}

void Sinks::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  forget_ended();
  for (const auto& queue : queues_) {
    if (queue->name() == name) queue->end();
  }
}

void Sinks::forget_ended() {
  std::erase_if(queues_, [](const auto& queue) { return queue->has_ended(); });
}

void Sinks::write(const Change& change) {
  const std::lock_guard lock(mutex_);
  for (const auto& queue : queues_) queue->write(change);
}

bool Sinks::empty() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(queues_, [](const auto& queue) { return queue->is_ending(); });
}

std::vector<SinkCounters> Sinks::counters() const {
  const std::lock_guard lock(mutex_);
  std::vector<SinkCounters> counters;
  for (const auto& queue : queues_) {
    if (!queue->is_ending()) counters.push_back(queue->counters());
  }
  return counters;
}

MemorySink::MemorySink(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}
MemorySink::~MemorySink() = default;

void MemorySink::write(const std::vector<Change>& changes) {
  const std::lock_guard lock(mutex_);
  changes_.insert(changes_.end(), changes.begin(), changes.end());
  if (changes_.size() <= capacity_) return;
  changes_.erase(changes_.begin(), changes_.end() - static_cast<std::ptrdiff_t>(capacity_));
}

std::vector<Change> MemorySink::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

namespace {

class CompositeSink final : public Sink {
 public:
  explicit CompositeSink(std::vector<std::unique_ptr<Sink>> sinks) : sinks_(std::move(sinks)) {}

  void write(const std::vector<Change>& changes) override {
    std::exception_ptr first;
    for (const auto& sink : sinks_) {
      try {
        sink->write(changes);
      } catch (...) {
        if (!first) first = std::current_exception();
      }
    }
    if (first) std::rethrow_exception(first);
  }

 private:
  std::vector<std::unique_ptr<Sink>> sinks_;
};

class FunctionSink final : public Sink {
 public:
  explicit FunctionSink(std::function<void(const std::vector<Change>&)> function) : function_(std::move(function)) {}
  void write(const std::vector<Change>& changes) override { function_(changes); }

 private:
  std::function<void(const std::vector<Change>&)> function_;
};

}  // namespace

std::unique_ptr<Sink> composite_sink(std::vector<std::unique_ptr<Sink>> sinks) {
  return std::make_unique<CompositeSink>(std::move(sinks));
}

std::unique_ptr<Sink> function_sink(std::function<void(const std::vector<Change>&)> function) {
  return std::make_unique<FunctionSink>(std::move(function));
}

}  // namespace bluetti
