// SPDX-License-Identifier: MIT
// Switches an output off and has it proven. Nothing is changed without `enabled` and the consent.
#include <bluetti/client.h>
#include <bluetti/testing.h>

#include <iostream>

int main() {
  const bluetti::testing::Simulation simulation({"AP300"});
  bluetti::Client client({.way = simulation.way(), .control = {.enabled = true, .consents = {"outputs"}}});
  if (!client.connect()) return 1;
  const auto result = client.write("ac_output", "OFF");
  if (!result) {
    std::cerr << result.error().message << '\n';
    return 1;
  }
  const bool is_confirmed = result->outcome == bluetti::WriteOutcome::confirmed;
  std::cout << result->path << ": " << (is_confirmed ? "confirmed" : result->reason) << ", was "
            << result->before.value_or("unknown") << ", is " << result->after.value_or("unknown") << '\n';
  return is_confirmed ? 0 : 1;
}
