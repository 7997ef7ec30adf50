// SPDX-License-Identifier: MIT
// One account's connection to the cloud broker: when to connect, when to try again, which of the gateway's stations
// speak through it. The cloud allows about one session per account and refuses those that come back within 30 s (45 s
// works: measured by thierrycoopman/battery-ha). The loop's thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gateway/backoff.h"
#include "gateway/config/config.h"
#include "gateway/event.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway {

class CloudSession {
 public:
  CloudSession(const AccountConfig& account, std::unique_ptr<MqttClient> client, std::uint64_t seed);

  // Each station is named by its index and speaks on its own topic. May be called again: new topics are subscribed to.
  void set_stations(std::vector<std::size_t> stations, std::vector<std::string> topics);

  void tick(TimePoint now);  // connects when it is time to
  [[nodiscard]] TimePoint next_action() const { return retry_at_; }

  // Subscribes to every station's topic.
  void on_connected();
  // Returns how long it waits before the next try.
  Duration on_down(bool refused, TimePoint now);

  bool send(const std::string& topic, std::string_view payload);
  void disconnect();

  [[nodiscard]] const AccountConfig& account() const { return account_; }
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] const std::vector<std::size_t>& stations() const { return stations_; }

 private:
  void subscribe();

  AccountConfig account_;
  std::unique_ptr<MqttClient> client_;
  std::vector<std::size_t> stations_;
  std::vector<std::string> topics_;      // of the stations
  std::vector<std::string> subscribed_;  // in this session
  Backoff backoff_;
  TimePoint retry_at_ = TimePoint::min();  // at once
  bool connected_ = false;
};

}  // namespace bluetti::gateway
