// SPDX-License-Identifier: MIT
#include "gateway/local/outlet.h"

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRetry = 1s;
constexpr Duration kLongestRetry = 30s;

}  // namespace

Outlet::Outlet(std::unique_ptr<MqttClient> client, std::uint64_t seed)
    : client_(std::move(client)), reconnects_(kFirstRetry, kLongestRetry, seed) {}

void Outlet::replace(std::unique_ptr<MqttClient> client) {
  disconnect();
  client_ = std::move(client);
  clears_.clear();
  reconnects_.reset();
  connect_at_ = TimePoint::min();
}

void Outlet::tick(TimePoint now) {
  if (now < connect_at_) return;
  connect_at_ = TimePoint::max();
  client_->connect();
}

void Outlet::on_connected(TimePoint now) {
  connected_ = true;
  reconnects_.connected(now);
}

Duration Outlet::on_down(bool refused, bool taken_over, TimePoint now) {
  disconnect();
  const Duration wait = reconnects_.down(refused, taken_over, now);
  connect_at_ = now + wait;
  return wait;
}

void Outlet::disconnect() {
  if (std::exchange(connected_, false)) client_->disconnect();
}

void Outlet::subscribe(const std::string& topic, int qos) {
  client_->subscribe(topic, qos);
}

bool Outlet::publish(const std::string& topic, std::string_view payload, const Delivery& delivery) {
  if (!connected_) return true;
  if (!client_->publish(topic, payload, delivery)) return false;
  ++published_;
  return true;
}

bool Outlet::publish_retained(const std::string& topic, std::string_view payload) {
  return publish(topic, payload, {.qos = 1, .retained = true});
}

void Outlet::clear(std::vector<std::string> topics) {
  std::ranges::move(topics, std::back_inserter(clears_));
  if (connected_) send_clears();
}

bool Outlet::send_clears() {
  while (!clears_.empty()) {
    if (!connected_ || !publish_retained(clears_.front(), {})) return false;
    clears_.pop_front();
  }
  return true;
}

}  // namespace bluetti::gateway
