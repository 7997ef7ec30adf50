// SPDX-License-Identifier: MIT
// Where values go besides whoever asked for them: files, memory, what an application makes of them. Each sink has a
// queue and a thread of its own, so that one that is slow, stuck or broken holds up nothing else; what does not fit its
// queue is dropped and counted.
#pragma once

#include <bluetti/export.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace bluetti {

// One value that is not what it was.
struct Change {
  std::chrono::system_clock::time_point time = {};
  std::string station = {};  // its id in the configuration; in the library its serial number
  std::string path = {};     // "soc", "grid_phase/1/voltage"
  std::string value = {};    // as published: "230.1", "ON"; empty: there is none any more
  std::string json = {};     // the same as JSON: 230.1, true, "charging", null
};

// Something that takes changes. Its own thread calls it, one call at a time.
class BLUETTI_API Sink {
 public:
  Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink();

  // May take its time, and may throw: then these changes are lost and counted.
  virtual void write(const std::vector<Change>& changes) = 0;
};

enum class DropPolicy : std::uint8_t {
  oldest,  // what has waited longest makes room
  newest   // what would come last is left out
};

struct SinkOptions {
  std::size_t capacity = 10'000;  // changes that may wait
  DropPolicy drop = DropPolicy::oldest;
};

struct SinkCounters {
  std::string name;
  std::uint64_t written = 0;  // changes that it has taken
  std::uint64_t dropped = 0;  // that had no room in its queue
  std::uint64_t failed = 0;   // that it threw at
  std::size_t waiting = 0;
  std::string problem;  // what it threw last; empty: nothing since it last took some
};

// Several sinks side by side. Any thread.
class BLUETTI_API Sinks {
 public:
  Sinks();
  Sinks(const Sinks&) = delete;
  Sinks& operator=(const Sinks&) = delete;
  // Each sink may write what waits for at most two seconds; one that is stuck is left behind with its thread.
  ~Sinks();

  // One that has the name of one that was removed begins when that one has ended.
  void add(std::string name, std::unique_ptr<Sink> sink, SinkOptions options = {});
  // Those of this name get nothing more. They write what waits by themselves: nobody is held up by it.
  void remove(const std::string& name);
  // Never waits for a sink.
  void write(const Change& change);
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::vector<SinkCounters> counters() const;

 private:
  class Queue;
  void forget_ended();
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Queue>> queues_;
};

struct JsonlOptions {
  std::filesystem::path file = {};
  std::uint64_t most_bytes = 10'000'000;  // then the file becomes FILE.1, that FILE.2, and so on
  int files = 5;                          // with the one that is written; at least 1
};
// One JSON object a line: {"time":"2026-11-29T17:00:00.123Z","station":"home","path":"soc","value":87}. The file is its
// owner's alone. Throws while it cannot be written, and tries again with the next changes.
[[nodiscard]] BLUETTI_API std::unique_ptr<Sink> jsonl_sink(JsonlOptions options);

// Keeps the last changes.
class BLUETTI_API MemorySink : public Sink {
 public:
  explicit MemorySink(std::size_t capacity = 1000);
  ~MemorySink() override;
  void write(const std::vector<Change>& changes) override;
  [[nodiscard]] std::vector<Change> changes() const;  // any thread

 private:
  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<Change> changes_;
};

// Passes them on to several, one after the other on one thread. What one throws does not keep them from the others.
[[nodiscard]] BLUETTI_API std::unique_ptr<Sink> composite_sink(std::vector<std::unique_ptr<Sink>> sinks);

// Calls a function.
[[nodiscard]] BLUETTI_API std::unique_ptr<Sink> function_sink(std::function<void(const std::vector<Change>&)> function);

}  // namespace bluetti
