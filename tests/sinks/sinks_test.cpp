// SPDX-License-Identifier: MIT
#include <bluetti/sink.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <future>
#include <sstream>
#include <stdexcept>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Change change(const std::string& value) {
  return {.time = std::chrono::system_clock::time_point(1'764'435'600'123ms),
          .station = "home",
          .path = "soc",
          .value = value,
          .json = value};
}

// Hands out what it was given, and waits while it is held.
class Gate {
 public:
  std::unique_ptr<Sink> sink() {
    return function_sink([this](const std::vector<Change>& changes) {
      std::unique_lock lock(mutex_);
      entered_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_; });
      for (const Change& each : changes) values_.push_back(each.value);
      changed_.notify_all();
    });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_until_entered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return entered_; });
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 5s, [&] { return values_.size() >= count; });
    return values_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  bool entered_ = false;
  std::vector<std::string> values_;
};

// The counters of the only sink, once so many changes have left its queue.
SinkCounters counters_after(const Sinks& sinks, std::uint64_t done) {
  const auto until = std::chrono::steady_clock::now() + 5s;
  SinkCounters counters = sinks.counters().front();
  while (counters.written + counters.failed < done && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
    counters = sinks.counters().front();
  }
  return counters;
}

TEST(Sinks, AStalledOneDoesNotHoldUpTheOthers) {
  Gate stalled;
  Gate open;
  open.open();
  Sinks sinks;
  sinks.add("stalled", stalled.sink(), {.capacity = 2});
  sinks.add("open", open.sink());
  sinks.write(change("0"));
  stalled.wait_until_entered();
  for (int value = 1; value < 10; ++value) sinks.write(change(std::to_string(value)));
  EXPECT_EQ(open.wait_for(10).size(), 10U);
  EXPECT_EQ(sinks.counters()[0].dropped, 7U);
  EXPECT_EQ(sinks.counters()[0].waiting, 2U);
  stalled.open();
}

TEST(Sinks, DropsTheOldestOrTheNewest) {
  for (const DropPolicy policy : {DropPolicy::oldest, DropPolicy::newest}) {
    Gate gate;
    Sinks sinks;
    sinks.add("gate", gate.sink(), {.capacity = 2, .drop = policy});
    sinks.write(change("0"));
    gate.wait_until_entered();
    for (const char* const value : {"1", "2", "3"}) sinks.write(change(value));
    gate.open();
    if (policy == DropPolicy::oldest) {
      EXPECT_THAT(gate.wait_for(3), ElementsAre("0", "2", "3"));
    } else {
      EXPECT_THAT(gate.wait_for(3), ElementsAre("0", "1", "2"));
    }
  }
}

TEST(Sinks, OneThatThrowsIsCountedAndTriedAgain) {
  std::atomic<bool> works = false;
  Sinks sinks;
  sinks.add("moody", function_sink([&](const std::vector<Change>&) {
              if (!works) throw std::runtime_error("no room");
            }));
  sinks.write(change("1"));
  SinkCounters counters = counters_after(sinks, 1);
  EXPECT_EQ(counters.failed, 1U);
  EXPECT_EQ(counters.problem, "no room");
  works = true;
  sinks.write(change("2"));
  counters = counters_after(sinks, 2);
  EXPECT_EQ(counters.written, 1U);
  EXPECT_EQ(counters.problem, "");
}

TEST(Sinks, WritesWhatWaitsBeforeItGoesAndLeavesAStuckOneBehind) {
  auto memory = std::make_unique<MemorySink>(2);
  Gate stuck;
  std::vector<std::string> seen;
  {
    Sinks sinks;
    sinks.add("list", function_sink([&](const std::vector<Change>& changes) {
                for (const Change& each : changes) seen.push_back(each.value);
              }));
    sinks.add("stuck", stuck.sink());
    for (const char* const value : {"1", "2", "3"}) sinks.write(change(value));
  }
  EXPECT_THAT(seen, ElementsAre("1", "2", "3"));
  stuck.open();
  stuck.wait_for(3);
}

TEST(Sinks, OneThatIsRemovedWritesWhatWaitsAndHoldsUpNobodyAndItsSuccessorComesAfterIt) {
  Gate first;
  Gate second;
  second.open();
  Sinks sinks;
  sinks.add("file", first.sink());
  sinks.write(change("1"));
  first.wait_until_entered();
  sinks.write(change("2"));
  sinks.remove("file");
  EXPECT_TRUE(sinks.empty());
  sinks.add("file", second.sink());
  sinks.write(change("3"));
  EXPECT_THAT(sinks.counters(), testing::SizeIs(1));
  EXPECT_EQ(sinks.counters()[0].waiting, 1U) << "the first has not ended";
  first.open();
  EXPECT_THAT(first.wait_for(2), ElementsAre("1", "2"));
  EXPECT_THAT(second.wait_for(1), ElementsAre("3"));
}

TEST(MemorySink, KeepsTheLastChanges) {
  MemorySink memory(2);
  memory.write({change("1"), change("2"), change("3")});
  ASSERT_EQ(memory.changes().size(), 2U);
  EXPECT_EQ(memory.changes().front().value, "2");
}

TEST(CompositeSink, PassesOnToAllEvenIfOneThrows) {
  std::vector<std::string> seen;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(function_sink([](const std::vector<Change>&) { throw std::runtime_error("broken"); }));
  sinks.push_back(function_sink([&](const std::vector<Change>& changes) { seen.push_back(changes.front().value); }));
  const auto composite = composite_sink(std::move(sinks));
  EXPECT_THROW(composite->write({change("1")}), std::runtime_error);
  EXPECT_THAT(seen, ElementsAre("1"));
}

class JsonlSink : public ::testing::Test {
 protected:
  JsonlSink() : folder_(std::filesystem::temp_directory_path() / ("sinks-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~JsonlSink() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "changes.jsonl"; }
  static std::string content(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
};

TEST_F(JsonlSink, WritesAnObjectALineForItsOwnerAlone) {
  const auto sink = jsonl_sink({.file = file()});
  Change text = change("");
  text.path = "a \"name\"";
  text.json = "null";
  sink->write({change("87"), text});
  EXPECT_EQ(
      content(file()),
      "{\"time\":\"2025-11-29T17:00:00.123Z\",\"station\":\"home\",\"path\":\"soc\",\"value\":87}\n"
      "{\"time\":\"2025-11-29T17:00:00.123Z\",\"station\":\"home\",\"path\":\"a \\\"name\\\"\",\"value\":null}\n");
  struct stat about {};
  ASSERT_EQ(::stat(file().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(JsonlSink, BeginsANewFileAndKeepsSoMany) {
  const std::size_t line = 80;  // about
  const auto sink = jsonl_sink({.file = file(), .most_bytes = 3 * line, .files = 3});
  for (int value = 100; value < 120; ++value) sink->write({change(std::to_string(value))});
  EXPECT_TRUE(std::filesystem::exists(file() += ".2"));
  EXPECT_FALSE(std::filesystem::exists(file() += ".3"));
  EXPECT_LT(content(file() += ".1").size(), 4 * line);
  EXPECT_THAT(content(file()) + content(file() += ".1"), HasSubstr("\"value\":119}\n"));
}

TEST_F(JsonlSink, SaysWhyItCannotWriteAndGoesOnWhenItCan) {
  std::filesystem::create_directories(file());
  const auto sink = jsonl_sink({.file = file()});
  try {
    sink->write({change("1")});
    FAIL() << "a folder was written to";
  } catch (const std::exception& error) {
    EXPECT_THAT(error.what(), HasSubstr("changes.jsonl"));
  }
  std::filesystem::remove(file());
  sink->write({change("2")});
  EXPECT_THAT(content(file()), HasSubstr("\"value\":2}"));
}

}  // namespace
}  // namespace bluetti::test
