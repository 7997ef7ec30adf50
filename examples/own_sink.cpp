// SPDX-License-Identifier: MIT
// A sink of the application's own beside a file of JSON lines: own_sink FILE.
#include <bluetti/client.h>
#include <bluetti/testing.h>

#include <iostream>

class Printer : public bluetti::Sink {
 public:
  void write(const std::vector<bluetti::Change>& changes) override {
    for (const bluetti::Change& change : changes) {
      std::cout << change.station << '/' << change.path << " = " << change.value << '\n';
    }
  }
};

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const bluetti::testing::Simulation simulation({"AP300"});
  {
    bluetti::Client client({.way = simulation.way()});
    client.add_sink("screen", std::make_unique<Printer>());
    client.add_sink("file", bluetti::jsonl_sink({.file = arguments[1]}), {.drop = bluetti::DropPolicy::newest});
    if (!client.connect() || !client.read_block(1300)) return 1;
  }  // what waits is written
}
