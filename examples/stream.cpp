// SPDX-License-Identifier: MIT
// Reads a group of blocks one after the other, and prints every value that there is.
#include <bluetti/client.h>
#include <bluetti/testing.h>

#include <iostream>

int main() {
  const bluetti::testing::Simulation simulation({"AP300"});
  bluetti::Client client({.way = simulation.way()});
  if (!client.connect()) return 1;
  for (const auto& block : client.stream_group("battery", bluetti::OnError::go_on)) {
    if (!block) {
      std::cerr << block.error().message << '\n';
      continue;
    }
    for (const bluetti::Value& value : block->values) {
      if (value.is_present()) std::cout << value.path << " = " << value.text() << ' ' << value.unit << '\n';
    }
  }
}
