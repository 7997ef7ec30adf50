// SPDX-License-Identifier: MIT
// Prints what a station on the local network has to say over Modbus TCP: lan HOST PORT SERIAL MODEL.
#include <bluetti/client.h>

#include <cstdlib>
#include <iostream>

namespace {

bluetti::ClientOptions options_for(std::string host, int port, std::string serial, std::string model) {
  return {.way = bluetti::lan({.host = std::move(host), .port = static_cast<std::uint16_t>(port)}),
          .stations = {{.serial = std::move(serial), .model = std::move(model)}}};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 2;
  bluetti::Client client(options_for(arguments[1], std::atoi(arguments[2]), arguments[3], arguments[4]));
  if (const auto connected = client.connect(); !connected) {
    std::cerr << connected.error().message << '\n';
    return 3;
  }
  bool complete = true;
  for (const auto& block : client.stream_group("lan", bluetti::OnError::go_on)) {
    complete = complete && block;
    if (!block) {
      std::cerr << block.error().message << '\n';
      continue;
    }
    for (const bluetti::Value& value : block->values) {
      if (value.is_present()) std::cout << value.path << " = " << value.text() << ' ' << value.unit << '\n';
    }
  }
  return complete ? 0 : 1;
}
