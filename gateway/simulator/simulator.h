// SPDX-License-Identifier: MIT
// Many stations, simulated or out of a record, on one connection: routes requests to them by topic, publishes their
// answers and pushes, connects again when the broker goes away. The loop's thread only; steps by handle() and tick(),
// so tests bring their own times.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/backoff.h"
#include "gateway/base/clock.h"
#include "gateway/base/event.h"
#include "gateway/base/event_queue.h"
#include "gateway/mqtt/mqtt_client.h"
#include "gateway/simulator/any_station.h"

namespace bluetti::gateway::simulator {

struct Pace {
  double speed = 1;          // simulated or recorded seconds per second
  Duration push_interval{};  // between the pushes of a simulated station; zero: none
};

class Simulator {
 public:
  static constexpr std::size_t kMostSubscriptions = 64;  // with more stations: one wildcard per model
  static constexpr std::chrono::seconds kFirstRetry{1};
  static constexpr std::chrono::seconds kLongestRetry{4};  // and up to a quarter more

  Simulator(std::vector<AnyStation> stations, MqttClient& client, Pace pace, TimePoint start);

  // Connects. The first try must succeed: a simulator at the wrong broker should not look alive.
  void start() { client_.connect(); }
  void handle(const Event& event, TimePoint now);
  // Sends what is due; returns when it wants to be called again.
  TimePoint tick(TimePoint now);

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] bool failed() const { return failed_; }

  // Handles events until finished.
  void run(EventQueue& queue, const Clock& clock);

 private:
  struct Push {
    TimePoint due;
    std::size_t station = 0;
    friend bool operator>(const Push& a, const Push& b) { return a.due > b.due; }
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  void on(const MessageArrived& message, TimePoint now);
  void on(const Connected& connected, TimePoint now);
  void on(const ConnectFailed& failure, TimePoint now);
  void on(const ConnectionLost& loss, TimePoint now);
  void on(const SubscriptionRefused& refused, TimePoint now);
  void on(const NotDelivered& failed, TimePoint now);
  void on(const Confirmed&, TimePoint) {}        // it waits for none
  void on(const MessageTooLarge&, TimePoint) {}  // no request is so large
  void on(const StopRequested& stop, TimePoint now);
  void on(const ReloadRequested&, TimePoint) {}  // there is nothing to reload
  void on(const AccessReady&, TimePoint) {}      // nor to get: the client has it
  void on(const AccessFailed&, TimePoint) {}
  void on(const StateNotSaved&, TimePoint) {}
  void on(const SnapshotWanted&, TimePoint) {}  // nobody looks
  void on(const LanNews&, TimePoint) {}         // it has no station
  void on(const SettingWanted&, TimePoint) {}
  void on(const SetUpDone&, TimePoint) {}

  void subscribe();
  void plan_pushes(TimePoint now);
  [[nodiscard]] TimePoint first_push(std::size_t station, TimePoint now);
  void send_pushes(TimePoint now);
  [[nodiscard]] TimePoint send_push(std::size_t station, TimePoint due, TimePoint now);
  void retry_later(TimePoint now);
  void give_up(std::string_view reason);
  void finish();
  void publish(std::size_t station, std::span<const std::byte> payload);
  [[nodiscard]] double simulated_time(TimePoint now) const;
  [[nodiscard]] TimePoint real_time(double simulated) const;

  MqttClient& client_;
  Pace pace_;
  TimePoint start_;
  std::vector<AnyStation> stations_;
  std::vector<std::string> answer_topics_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> by_request_topic_;
  std::priority_queue<Push, std::vector<Push>, std::greater<>> pushes_;
  PayloadBuffer buffer_{};
  TimePoint retry_at_ = TimePoint::max();
  Backoff backoff_{reconnect_policy(kFirstRetry, kLongestRetry), 1};
  bool connected_ = false;
  bool was_connected_ = false;
  bool finished_ = false;
  bool failed_ = false;
};

}  // namespace bluetti::gateway::simulator
