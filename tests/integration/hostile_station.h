// SPDX-License-Identifier: MIT
// Stations that misbehave, on a real connection to the cloud broker. Every serial number of the model PROBE answers;
// every register holds its own number, so that a value taken from the wrong place is seen at once. One register, the
// pulse, counts what has been sent: a new pulse shows a new answer. How requests are answered is the test's to say. Any
// thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/base/event_queue.h"
#include "gateway/mqtt/mqtt_client.h"
#include "protocol/modbus.h"
#include "tests/integration/harness.h"

namespace bluetti::test {

inline constexpr std::uint16_t kPulseRegister = 30103;
inline constexpr int kFirstPulse = 50000;
inline constexpr std::uint8_t kStationUnit = 0;

struct Request {
  std::string topic;  // of the answer
  protocol::ReadRequest read;
  gateway::TimePoint at;
};

struct Reply {
  std::string payload;
  gateway::Duration after{};
  bool retained = false;
};

// What is sent when a request comes; `truth` is the right answer's payload.
using Behaviour = std::function<std::vector<Reply>(const Request&, const std::string& truth)>;

// Payloads in the envelope of second-generation stations.
[[nodiscard]] std::string enveloped(std::span<const std::byte> frame);
[[nodiscard]] std::string answer(std::uint8_t unit, const std::vector<std::uint16_t>& registers);

class HostileStation {
 public:
  explicit HostileStation(const Broker& cloud);
  ~HostileStation();
  HostileStation(const HostileStation&) = delete;
  HostileStation& operator=(const HostileStation&) = delete;

  void behave(Behaviour behaviour);
  void behave_well();
  void push(const std::string& topic);  // the block with the pulse, unasked
  void send(const std::string& topic, Reply reply);

  [[nodiscard]] std::size_t requests() const;
  [[nodiscard]] int pulse() const;  // the last one sent; one less than kFirstPulse before
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  struct Due {
    gateway::TimePoint at;
    std::string topic;
    Reply reply;
  };

  void run();
  void handle(const gateway::Event& event);
  void on_request(std::string_view topic, std::string_view payload);
  [[nodiscard]] gateway::TimePoint send_what_is_due();
  [[nodiscard]] std::vector<std::uint16_t> registers(std::uint16_t first, std::uint16_t count);

  gateway::EventQueue queue_;
  std::unique_ptr<gateway::MqttClient> client_;
  std::atomic<bool> connected_ = false;
  bool stopping_ = false;  // the thread's
  gateway::TimePoint connect_at_ = gateway::TimePoint::min();
  mutable std::mutex mutex_;  // guards all below
  Behaviour behaviour_;
  std::vector<Due> due_;
  std::size_t requests_ = 0;
  int pulse_ = kFirstPulse - 1;
  std::thread thread_;
};

}  // namespace bluetti::test
