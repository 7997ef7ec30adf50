// SPDX-License-Identifier: MIT
#include "gateway/local/outlet.h"

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRetry = 1s;
constexpr Duration kLongestRetry = 30s;
constexpr Duration kRestart = 15s;  // what a broker may take to restart: it is asked each second so long

}  // namespace

Outlet::Outlet(std::unique_ptr<MqttClient> client, Clears::Topics& clears, std::uint64_t seed)
    : client_(std::move(client)), reconnects_(kFirstRetry, kLongestRetry, seed), clears_(clears) {}

void Outlet::replace(std::unique_ptr<MqttClient> client) {
  disconnect();
  client_ = std::move(client);
  clears_.on_down();
  undelivered_.on_down();
  reconnects_.reset();
  connect_at_ = TimePoint::min();
}

void Outlet::tick(TimePoint now) {
  if (connected_) clears_.tick(now);
  undelivered_.tick(now);
  if (now < connect_at_) return;
  connect_at_ = TimePoint::max();
  client_->connect();
}

TimePoint Outlet::next_action() const {
  return connected_ ? std::min({connect_at_, clears_.next_action(), undelivered_.next_action()}) : connect_at_;
}

void Outlet::on_connected(TimePoint now) {
  connected_ = true;
  connected_at_ = now;
  reconnects_.connected(now);
}

Duration Outlet::on_down(bool refused, bool taken_over, bool others, TimePoint now) {
  const bool was_connected = connected_;
  disconnect();
  clears_.on_down();
  undelivered_.on_down();
  if (was_connected || !down_since_) down_since_ = now;
  Duration wait = reconnects_.down(refused, taken_over, now, others);
  const bool may_restart = !refused && !reconnects_.contested() && now < *down_since_ + kRestart;
  if (may_restart) wait = std::min<Duration>(wait, kFirstRetry);
  connect_at_ = now + wait;
  return wait;
}

void Outlet::disconnect() {
  if (std::exchange(connected_, false)) client_->disconnect();
}

void Outlet::subscribe(const std::string& topic, int qos, RetainFlag retain_flag) {
  client_->subscribe(topic, qos, retain_flag);
}

bool Outlet::publish(const std::string& topic, std::string_view payload, const Delivery& delivery) {
  if (!connected_) return true;
  if (!client_->publish(topic, payload, delivery)) return false;
  ++published_;
  if (clears_.any()) clears_.keep(topic);
  undelivered_.sent(topic);
  return true;
}

bool Outlet::publish_retained(const std::string& topic, std::string_view payload) {
  return publish(topic, payload, {.qos = 1, .retained = true});
}

void Outlet::clear(std::vector<std::string> topics) {
  for (const std::string& topic : topics) undelivered_.forget(topic);
  clears_.add(std::move(topics));
  if (connected_) send_clears();
}

bool Outlet::send_clears() {
  while (const std::string* topic = clears_.next()) {
    if (!connected_ || !client_->publish(*topic, {}, {.qos = 1, .retained = true})) return false;
    ++published_;
    clears_.handed_over();
  }
  return true;
}

}  // namespace bluetti::gateway
