// SPDX-License-Identifier: MIT
#include <bluetti/async_client.h>
#include <bluetti/testing.h>
#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <thread>

namespace {

using namespace std::chrono_literals;
using bluetti::AsyncClient;
using bluetti::BlockValues;
using bluetti::CallOptions;
using bluetti::ErrorClass;
using bluetti::Result;

bluetti::ClientOptions options_of(const bluetti::testing::Simulation& simulation, bluetti::Executor executor = {}) {
  return {.way = simulation.way(),
          .stations = {},
          .retry = {.attempts = 1},
          .answer_timeout = 10s,
          .schemas = {},
          .control = {},
          .executor = std::move(executor)};
}

TEST(AsyncClient, ReadsByFuture) {
  bluetti::testing::Simulation simulation({"AP300"});
  AsyncClient client(options_of(simulation));
  ASSERT_TRUE(client.connect().get());
  auto grid = client.read_block(1300);
  auto battery = client.read_block(6000);
  EXPECT_EQ(grid.get()->block, 1300);
  EXPECT_EQ(battery.get()->block, 6000);
}

TEST(AsyncClient, CallsBackOnTheCallersExecutor) {
  bluetti::testing::Simulation simulation({"AP300"});
  std::mutex mutex;
  std::vector<std::function<void()>> tasks;
  AsyncClient client(options_of(simulation, [&](std::function<void()> task) {
    const std::lock_guard lock(mutex);
    tasks.push_back(std::move(task));
  }));
  ASSERT_TRUE(client.connect().get());
  std::thread::id called_on;
  client.read_block(1300, CallOptions{}, [&](Result<BlockValues> result) {
    EXPECT_TRUE(result);
    called_on = std::this_thread::get_id();
  });
  while (called_on == std::thread::id()) {
    std::vector<std::function<void()>> due;
    {
      const std::lock_guard lock(mutex);
      due.swap(tasks);
    }
    for (const auto& task : due) task();
    std::this_thread::yield();
  }
  EXPECT_EQ(called_on, std::this_thread::get_id());
}

TEST(AsyncClient, TakesAHundredReadsOfEightThreads) {
  bluetti::testing::Simulation simulation({"AP300", "EL100V2", "EP600"});
  AsyncClient client(options_of(simulation));
  ASSERT_TRUE(client.connect().get());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int read = thread; read < 104; read += 8) {
        const auto& station = simulation.stations()[static_cast<std::size_t>(read) % 3];
        const auto result = client.read_block(100, CallOptions{.station = station.serial}).get();
        if (result && result->station == station.serial) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 104);
}

TEST(AsyncClient, ASilentStationDoesNotHoldUpAnother) {
  bluetti::testing::Simulation simulation({"AP300", "EL100V2"});
  AsyncClient client(options_of(simulation));
  ASSERT_TRUE(client.connect().get());
  simulation.set_silent(simulation.stations()[0].serial, true);
  auto silent = client.read_block(100, CallOptions{.station = simulation.stations()[0].serial});
  auto other = client.read_block(100, CallOptions{.station = simulation.stations()[1].serial});
  EXPECT_TRUE(other.get());
  EXPECT_EQ(silent.wait_for(0s), std::future_status::timeout);
}

TEST(AsyncClient, EndsACallAtItsDeadlineOrWhenItIsCancelled) {
  bluetti::testing::Simulation simulation({"AP300"});
  AsyncClient client(options_of(simulation));
  ASSERT_TRUE(client.connect().get());
  const std::string& serial = simulation.stations()[0].serial;
  simulation.set_silent(serial, true);
  CallOptions late;
  late.deadline = std::chrono::steady_clock::now() + 20ms;
  auto first = client.read_block(1300, late);
  std::stop_source source;
  CallOptions cancelled;
  cancelled.cancel = source.get_token();
  auto second = client.read_block(1300, cancelled);
  const auto at_deadline = first.get();
  EXPECT_EQ(at_deadline.error().kind, ErrorClass::transport);
  EXPECT_THAT(at_deadline.error().message, ::testing::HasSubstr("deadline"));
  source.request_stop();
  EXPECT_THAT(second.get().error().message, ::testing::HasSubstr("cancelled"));
}

TEST(AsyncClient, EndsWhatIsNotDoneWhenItGoes) {
  bluetti::testing::Simulation simulation({"AP300"});
  std::future<Result<BlockValues>> read;
  {
    AsyncClient client(options_of(simulation));
    ASSERT_TRUE(client.connect().get());
    simulation.set_silent(simulation.stations()[0].serial, true);
    read = client.read_block(1300);
  }
  EXPECT_EQ(read.get().error().kind, ErrorClass::transport);
}

TEST(AsyncClient, MayBeDestroyedInACallback) {
  bluetti::testing::Simulation simulation({"AP300"});
  auto client = std::make_unique<AsyncClient>(options_of(simulation));
  ASSERT_TRUE(client->connect().get());
  std::promise<bool> gone;
  client->read_block(1300, CallOptions{}, [&](Result<BlockValues> result) {
    client.reset();
    gone.set_value(result.ok());
  });
  EXPECT_TRUE(gone.get_future().get());
}

}  // namespace
