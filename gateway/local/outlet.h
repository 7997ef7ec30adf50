// SPDX-License-Identifier: MIT
// The connection to the local broker: when to connect and to try again, and what goes out over it. Values are not
// stored while it is down: the bridge sends the current ones when it is back. Clears are: a topic that is to be emptied
// stays pending until the broker has had time to take it. The loop's thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/reconnects.h"
#include "gateway/base/time.h"
#include "gateway/local/clears.h"
#include "gateway/local/undelivered.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway {

class Outlet {
 public:
  // `clears`: of the state, which must outlive this.
  Outlet(std::unique_ptr<MqttClient> client, Clears::Topics& clears, std::uint64_t seed);

  // Another broker, or another way to it.
  void replace(std::unique_ptr<MqttClient> client);

  void tick(TimePoint now);  // connects when it is time
  [[nodiscard]] TimePoint next_action() const;
  void on_connected(TimePoint now);
  // The wait before the next try. `taken_over`: the broker says that another client has the same id. `others`: it has
  // addresses that this round has not tried.
  [[nodiscard]] Duration on_down(bool refused, bool taken_over, bool others, TimePoint now);
  [[nodiscard]] bool contested() const { return reconnects_.contested(); }
  void disconnect();

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::optional<TimePoint> connected_since() const {
    return connected_ ? std::optional(connected_at_) : std::nullopt;
  }
  [[nodiscard]] std::uint64_t published() const { return published_; }
  void subscribe(const std::string& topic, int qos, RetainFlag retain_flag = RetainFlag::of_delivery);
  void unsubscribe(const std::string& topic) { client_->unsubscribe(topic); }
  void flush() { client_->flush(); }
  [[nodiscard]] bool is_behind() { return client_->is_behind(); }

  // False: not now, the library's buffer is full. True without a connection: it is sent when there is one.
  bool publish(const std::string& topic, std::string_view payload, const Delivery& delivery);
  // Retained, at QoS 1: what stands until it is replaced.
  bool publish_retained(const std::string& topic, std::string_view payload);

  // Empties retained topics, now or as soon as that can be.
  void clear(std::vector<std::string> topics);
  // False: some are still pending.
  bool send_clears();
  [[nodiscard]] bool has_clears() const { return clears_.any_unsent(); }
  void on_not_delivered(std::string_view topic) { undelivered_.failed(topic); }
  [[nodiscard]] std::size_t undelivered() const { return undelivered_.count(); }  // topics
  // True once after the clears in the state have changed.
  [[nodiscard]] bool take_clears_changed() { return clears_.take_changed(); }

 private:
  std::unique_ptr<MqttClient> client_;
  Reconnects reconnects_;
  Clears clears_;
  Undelivered undelivered_;
  bool connected_ = false;
  TimePoint connected_at_;
  TimePoint connect_at_ = TimePoint::min();
  std::optional<TimePoint> down_since_;
  std::uint64_t published_ = 0;
};

}  // namespace bluetti::gateway
