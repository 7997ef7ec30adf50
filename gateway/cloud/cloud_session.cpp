// SPDX-License-Identifier: MIT
#include "gateway/cloud/cloud_session.h"

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

// QoS 0 both ways: a lost request is asked again at the next poll, and QoS 1 costs a round trip of 40 ms on brokers
// that leave Nagle's algorithm on.
constexpr int kCloudQos = 0;

}  // namespace

CloudSession::CloudSession(const AccountConfig& account, std::unique_ptr<MqttClient> client, std::uint64_t seed)
    : account_(account),
      client_(std::move(client)),
      backoff_(account.reconnect_delay, account.reconnect_delay_max, seed) {}

void CloudSession::set_stations(std::vector<std::size_t> stations, std::vector<std::string> topics) {
  stations_ = std::move(stations);
  topics_ = std::move(topics);
  if (connected_) subscribe();
}

void CloudSession::subscribe() {
  for (const std::string& topic : topics_) {
    if (std::ranges::find(subscribed_, topic) != subscribed_.end()) continue;
    client_->subscribe(topic, kCloudQos);
    subscribed_.push_back(topic);
  }
}

void CloudSession::tick(TimePoint now) {
  if (now < retry_at_) return;
  retry_at_ = TimePoint::max();  // until this try has ended
  client_->connect();
}

void CloudSession::on_connected() {
  connected_ = true;
  backoff_.reset();
  subscribed_.clear();
  subscribe();
}

Duration CloudSession::on_down(bool refused, TimePoint now) {
  if (std::exchange(connected_, false)) client_->disconnect();
  const Duration wait = backoff_.next(refused);
  retry_at_ = now + wait;
  return wait;
}

bool CloudSession::send(const std::string& topic, std::string_view payload) {
  return connected_ && client_->publish(topic, payload, kCloudQos, false);
}

void CloudSession::disconnect() {
  if (std::exchange(connected_, false)) client_->disconnect();
}

}  // namespace bluetti::gateway
