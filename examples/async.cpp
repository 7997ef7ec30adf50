// SPDX-License-Identifier: MIT
// Reads two stations at the same time: one by future, one by callback on a queue of the application's own.
#include <bluetti/async_client.h>
#include <bluetti/testing.h>

#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>

int main() {
  const bluetti::testing::Simulation simulation({"AP300", "EL100V2"});
  std::mutex mutex;
  std::condition_variable posted;
  std::deque<std::function<void()>> tasks;
  const auto executor = [&](std::function<void()> task) {
    const std::lock_guard lock(mutex);
    tasks.push_back(std::move(task));
    posted.notify_one();
  };
  bluetti::AsyncClient client({.way = simulation.way(), .executor = executor});
  if (!client.connect().get()) return 1;

  auto first = client.read_block(1300);
  client.read_block(1300, {.station = simulation.stations()[1].serial}, [](bluetti::Result<bluetti::BlockValues> grid) {
    if (grid) std::cout << "second: " << grid->text("grid_phase/1/voltage") << " V\n";
  });
  std::cout << "first: " << first.get()->text("grid_phase/1/voltage") << " V\n";

  std::unique_lock lock(mutex);
  posted.wait(lock, [&] { return !tasks.empty(); });
  tasks.front()();
}
