// SPDX-License-Identifier: MIT
// Describes a block and a model in the application, and reads them.
#include <bluetti/client.h>
#include <bluetti/testing.h>

#include <iostream>

int main() {
  using bluetti::FieldSchema;
  bluetti::BlockSchema heater(22000, "heater");
  heater.registers(2)
      .field(FieldSchema::u16("temperature", 22000).transform(bluetti::scale(0.1)).unit("°C"))
      .field(FieldSchema::enumeration("state", 22001, {{0, "off"}, {1, "heating"}}));

  bluetti::SchemaRegistry schemas;
  const auto block = schemas.add(heater);
  const auto model = schemas.add("el300v2.toml", R"(
name = "EL300V2"
extends = "EL100V2"
evidence = "inferred"
source = "an example"
blocks = [100, 22000]
)");
  if (!block || !model) {
    std::cerr << (block ? model : block).error().message << '\n';
    return 1;
  }

  const bluetti::testing::Simulation simulation({"EL300V2"}, schemas);
  bluetti::Client client({.way = simulation.way(), .schemas = schemas});
  if (!client.connect()) return 1;
  const auto values = client.read_block(22000);
  if (!values) return 1;
  std::cout << "heater: " << values->text("heater_state") << ", " << values->text("heater_temperature") << " °C\n";
}
