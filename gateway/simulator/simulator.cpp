// SPDX-License-Identifier: MIT
#include "gateway/simulator/simulator.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

#include "protocol/cloud_topics.h"

namespace bluetti::gateway::simulator {

Simulator::Simulator(std::vector<AnyStation> stations, MqttClient& client, Pace pace, TimePoint start)
    : client_(client), pace_(pace), start_(start), stations_(std::move(stations)) {
  by_request_topic_.reserve(stations_.size());
  answer_topics_.reserve(stations_.size());
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    const protocol::CloudAddress address = address_of(stations_[i]);
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
  const auto answer = [&](auto& station) { return station.on_request(payload, simulated_time(now), buffer_); };
  publish(found->second, std::visit(answer, stations_[found->second]));
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
  if (!was_connected_) return give_up(failure.reason);
  spdlog::warn("cannot connect to the broker: {}", failure.reason);
  retry_later(now);
}

// A station that hears no requests is none.
void Simulator::on(const SubscriptionRefused& refused, TimePoint) {
  give_up(refused.topic + ": " + refused.reason);
}

void Simulator::on(const NotDelivered& failed, TimePoint) {
  spdlog::warn("the broker does not take {}: {}", failed.topic, failed.reason);
}

void Simulator::give_up(std::string_view reason) {
  spdlog::error("the broker does not take us: {}", reason);
  failed_ = true;
  finish();
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
  for (const AnyStation& station : stations_) {
    const protocol::CloudAddress address = address_of(station);
    topics.insert(stations_.size() > kMostSubscriptions ? "SUB/" + std::string(address.model) + "/+"
                                                        : protocol::to_station_topic(address));
  }
  for (const std::string& topic : topics) client_.subscribe(topic, 0);
}

void Simulator::plan_pushes(TimePoint now) {
  pushes_ = {};
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    if (const TimePoint due = first_push(i, now); due != TimePoint::max()) pushes_.push({due, i});
  }
}

// Simulated ones are spread over the interval, so that the stations do not speak in chorus.
TimePoint Simulator::first_push(std::size_t station, TimePoint now) {
  if (auto* replayed = std::get_if<ReplayedStation>(&stations_[station])) {
    replayed->skip_pushes_before(simulated_time(now));
    return real_time(replayed->next_push_time());
  }
  if (pace_.push_interval <= Duration::zero()) return TimePoint::max();
  const auto part = static_cast<Duration::rep>(station + 1);
  return now + pace_.push_interval * part / static_cast<Duration::rep>(stations_.size());
}

void Simulator::send_pushes(TimePoint now) {
  while (!pushes_.empty() && pushes_.top().due <= now) {
    const Push push = pushes_.top();
    pushes_.pop();
    pushes_.push({send_push(push.station, push.due, now), push.station});
  }
}

// Returns when the next one is due. A simulated station does not make up for those it missed.
TimePoint Simulator::send_push(std::size_t station, TimePoint due, TimePoint now) {
  if (auto* replayed = std::get_if<ReplayedStation>(&stations_[station])) {
    publish(station, replayed->next_push());
    return real_time(replayed->next_push_time());
  }
  publish(station, std::get<SimulatedStation>(stations_[station]).next_push(simulated_time(now), buffer_));
  return std::max(due, now - pace_.push_interval) + pace_.push_interval;
}

void Simulator::publish(std::size_t station, std::span<const std::byte> payload) {
  if (payload.empty() || !connected_) return;
  const std::string_view text{reinterpret_cast<const char*>(payload.data()), payload.size()};
  client_.publish(answer_topics_[station], text, {});
}

double Simulator::simulated_time(TimePoint now) const {
  return std::chrono::duration<double>(now - start_).count() * pace_.speed;
}

TimePoint Simulator::real_time(double simulated) const {
  const std::chrono::duration<double> since_start(simulated / pace_.speed);
  if (since_start > std::chrono::hours(24 * 365)) return TimePoint::max();
  return start_ + std::chrono::duration_cast<Duration>(since_start) + Duration(1);  // not a moment too early
}

}  // namespace bluetti::gateway::simulator
