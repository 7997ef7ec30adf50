// SPDX-License-Identifier: MIT
// The seam at the MQTT library: one connection to one broker. Implemented over Paho for the cloud, over libmosquitto
// for the local broker, and by a fake in tests. Called from the loop's thread only; nothing here waits for the network.
// What happens comes back as events.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bluetti::gateway {

// How a message travels and how long it lasts.
struct Delivery {
  int qos = 0;
  bool retained = false;
  std::chrono::seconds expiry{0};     // until the broker forgets it, by MQTT 5 only; 0: never
  std::string_view correlation = {};  // of the message that this answers, by MQTT 5 only
  bool tell_confirmed = false;        // of QoS 1: comes back as Confirmed when the broker has it
};

// What a message that arrives says of being retained.
enum class RetainFlag : std::uint8_t {
  of_delivery,   // true if it was there before the subscription
  as_published,  // true if it was published so, even just now; by MQTT 5 only, else as the other
};

class MqttClient {
 public:
  MqttClient() = default;
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;
  virtual ~MqttClient() = default;

  // Starts to connect. Ends in Connected or ConnectFailed.
  virtual void connect() = 0;

  // Sends what waits, then DISCONNECT. The last will is not sent by the broker then.
  virtual void disconnect() = 0;

  // False: not connected, or the library refused. A refusal by the broker arrives as SubscriptionRefused.
  virtual bool subscribe(const std::string& topic, int qos, RetainFlag retain_flag) = 0;
  bool subscribe(const std::string& topic, int qos) { return subscribe(topic, qos, RetainFlag::of_delivery); }

  // False: not connected, or the library refused.
  virtual bool unsubscribe(const std::string& topic) = 0;

  // False: not connected, or the library's buffer is full; the message is gone, and may be sent again. One that the
  // broker will never take is answered with true and arrives as NotDelivered, so that it does not hold up others.
  virtual bool publish(const std::string& topic, std::string_view payload, const Delivery& delivery) = 0;

  // The broker has yet to handle so much that what can wait should.
  [[nodiscard]] virtual bool is_behind() { return false; }

  // What was published may wait for more until then, to leave in one piece; not for long.
  virtual void flush() {}
};

}  // namespace bluetti::gateway
