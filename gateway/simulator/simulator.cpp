// SPDX-License-Identifier: MIT
#include "gateway/simulator/simulator.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

#include "protocol/cloud_topics.h"

namespace bluetti::gateway::simulator {

Simulator::Simulator(std::vector<SimulatedStation> stations, MqttClient& client, Pace pace, TimePoint start)
    : client_(client), pace_(pace), start_(start), stations_(std::move(stations)) {
  by_request_topic_.reserve(stations_.size());
  answer_topics_.reserve(stations_.size());
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    const protocol::CloudAddress address{.model = stations_[i].model().cloud_name, .serial = stations_[i].serial()};
    by_request_topic_.emplace(protocol::to_station_topic(address), i);
    answer_topics_.push_back(protocol::from_station_topic(address));
  }
}

void Simulator::run(EventQueue& queue, const Clock& clock) {
  std::vector<Event> events;
  start();
  while (!finished_) {
    queue.pop_until(tick(clock.now()), events);
    for (const Event& event : events) handle(event, clock.now());
  }
}

void Simulator::handle(const Event& event, TimePoint now) {
  if (finished_) return;
  std::visit([&](const auto& happened) { on(happened, now); }, event);
}

TimePoint Simulator::tick(TimePoint now) {
  if (now >= retry_at_) {
    retry_at_ = TimePoint::max();
    client_.connect();
  }
  if (connected_) send_pushes(now);
  const TimePoint next_push = connected_ && !pushes_.empty() ? pushes_.top().due : TimePoint::max();
  return std::min({retry_at_, next_push, now + std::chrono::minutes{1}});
}

void Simulator::on(const MessageArrived& message, TimePoint now) {
  const auto found = by_request_topic_.find(message.topic);
  if (found == by_request_topic_.end() || message.retained) return;
  const auto payload = std::as_bytes(std::span{message.payload});
  publish(found->second, stations_[found->second].on_request(payload, simulated_time(now), buffer_));
}

void Simulator::on(const Connected&, TimePoint now) {
  connected_ = true;
  was_connected_ = true;
  backoff_.reset();
  spdlog::info("connected to the broker");
  subscribe();
  plan_pushes(now);
}

void Simulator::on(const ConnectFailed& failure, TimePoint now) {
  const bool subscription_refused = connected_;
  if (subscription_refused || !was_connected_) {
    spdlog::error("the broker does not take us: {}", failure.reason);
    failed_ = true;
    return finish();
  }
  spdlog::warn("cannot connect to the broker: {}", failure.reason);
  retry_later(now);
}

void Simulator::on(const ConnectionLost& loss, TimePoint now) {
  if (!std::exchange(connected_, false)) return;
  spdlog::warn("connection to the broker lost: {}", loss.reason);
  retry_later(now);
}

void Simulator::on(const StopRequested&, TimePoint) {
  finish();
}

void Simulator::finish() {
  client_.disconnect();
  finished_ = true;
}

void Simulator::retry_later(TimePoint now) {
  retry_at_ = now + backoff_.next();
}

void Simulator::subscribe() {
  std::set<std::string> topics;
  for (const SimulatedStation& station : stations_) {
    const std::string& model = station.model().cloud_name;
    topics.insert(stations_.size() > kMostSubscriptions
                      ? "SUB/" + model + "/+"
                      : protocol::to_station_topic({.model = model, .serial = station.serial()}));
  }
  for (const std::string& topic : topics) client_.subscribe(topic, 0);
}

// Spread over the interval, so that the stations do not speak in chorus.
void Simulator::plan_pushes(TimePoint now) {
  pushes_ = {};
  if (pace_.push_interval <= Duration::zero()) return;
  const auto stations = static_cast<Duration::rep>(stations_.size());
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    pushes_.push({now + pace_.push_interval * static_cast<Duration::rep>(i + 1) / stations, i});
  }
}

void Simulator::send_pushes(TimePoint now) {
  while (!pushes_.empty() && pushes_.top().due <= now) {
    const Push push = pushes_.top();
    pushes_.pop();
    publish(push.station, stations_[push.station].next_push(simulated_time(now), buffer_));
    pushes_.push({std::max(push.due, now - pace_.push_interval) + pace_.push_interval, push.station});
  }
}

void Simulator::publish(std::size_t station, std::span<const std::byte> payload) {
  if (payload.empty() || !connected_) return;
  const std::string_view text{reinterpret_cast<const char*>(payload.data()), payload.size()};
  client_.publish(answer_topics_[station], text, 0, false);
}

double Simulator::simulated_time(TimePoint now) const {
  return std::chrono::duration<double>(now - start_).count() * pace_.speed;
}

}  // namespace bluetti::gateway::simulator
