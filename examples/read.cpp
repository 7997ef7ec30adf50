// SPDX-License-Identifier: MIT
// Reads one block of a simulated station. For a real one, see cloud() in docs/library.md.
#include <bluetti/client.h>
#include <bluetti/testing.h>

#include <iostream>

int main() {
  const bluetti::testing::Simulation simulation({"AP300"});
  bluetti::Client client({.way = simulation.way()});
  if (const auto connected = client.connect(); !connected) {
    std::cerr << connected.error().message << '\n';
    return 1;
  }
  const auto grid = client.read_block(1300);
  if (!grid) {
    std::cerr << grid.error().message << '\n';
    return 1;
  }
  std::cout << "frequency: " << grid->text("grid_frequency") << " Hz\n"
            << "voltage: " << grid->text("grid_phase/1/voltage") << " V\n";
}
