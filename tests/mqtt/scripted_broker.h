// SPDX-License-Identifier: MIT
// A broker on loopback that does what a test says, among it what no real one can be made to do. One client at a time;
// knows just enough of MQTT 3.1.1 and 5 to accept, to grant and to confirm.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

namespace bluetti::test {

struct Script {
  std::uint8_t granted = 0;                   // in the answer to SUBSCRIBE; 0x80 and more: a refusal
  bool ends_at_subscribe = false;             // closes instead of answering
  std::size_t largest_packet = 1 << 28;       // closes when it is sent a larger one
  std::optional<std::uint8_t> confirms_with;  // a reason in PUBACK, as of MQTT 5
  std::optional<std::uint8_t> leaves_with;    // a reason in DISCONNECT at SUBSCRIBE, as of MQTT 5
  bool is_v5 = false;
  std::size_t announces = 0;    // at SUBSCRIBE: the head of a message of so many bytes
  bool knows_only_311 = false;  // refuses CONNECT of MQTT 5
};

class ScriptedBroker {
 public:
  explicit ScriptedBroker(Script script);
  ~ScriptedBroker();
  ScriptedBroker(const ScriptedBroker&) = delete;
  ScriptedBroker& operator=(const ScriptedBroker&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connects() const { return connects_; }

 private:
  void serve();
  void serve_client(int client);
  [[nodiscard]] bool answer(int client, std::uint8_t header, const std::string& body);

  Script script_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int stop_ = -1;  // eventfd
  std::atomic<int> connects_ = 0;
  std::thread thread_;
};

// A socket that listens on loopback and accepts nothing by itself.
[[nodiscard]] int listen_on_loopback(std::uint16_t& port, int backlog);

}  // namespace bluetti::test
