// SPDX-License-Identifier: MIT
// The daemon's heart: the only owner of state. Events and times come in; requests, topics and log lines go out. Knows
// no socket, so that tests step it by hand. The loop's thread only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/clock.h"
#include "gateway/cloud_session.h"
#include "gateway/config.h"
#include "gateway/event.h"
#include "gateway/latency.h"
#include "gateway/local_publisher.h"
#include "gateway/mqtt_client.h"
#include "gateway/station.h"

namespace bluetti::gateway {

// Makes the client of a link.
using ClientFactory = std::function<std::unique_ptr<MqttClient>(Link)>;

class Gateway {
 public:
  // Config, catalogue and clock must outlive the gateway. The clock only measures; times to act by are arguments.
  // `seed` is for jitter.
  Gateway(const Config& config, const schemas::Catalog& catalog, const ClientFactory& make_client, const Clock& clock,
          std::uint64_t seed);

  void handle(const Event& event, TimePoint now);

  // Does what is due and returns when it wants to be called again.
  TimePoint tick(TimePoint now);

  // Says `offline` and disconnects.
  void stop();

  // For one round only: every station has been asked for everything and the values are on their way; or it cannot be.
  [[nodiscard]] bool round_complete() const;
  [[nodiscard]] bool any_link_failed() const { return link_failed_; }

  [[nodiscard]] const std::vector<Station>& stations() const { return stations_; }
  [[nodiscard]] const LatencyHistogram& latency() const { return latency_; }
  [[nodiscard]] bool stop_requested() const { return stop_signal_ != 0; }
  [[nodiscard]] int stop_signal() const { return stop_signal_; }

  // Counts of what passed and what was dropped, one line a station.
  void log_summary() const;

 private:
  struct Due {
    TimePoint at;
    std::size_t station;
    friend bool operator>(const Due& a, const Due& b) { return a.at > b.at; }
  };
  // What is said about a station once and counted from then on.
  struct Said {
    std::array<bool, kDropKinds> dropped{};
    bool exception = false;
  };

  void on(const MessageArrived& message, TimePoint now);
  void on(const Connected& connected, TimePoint now);
  void on(const ConnectFailed& failed, TimePoint now);
  void on(const ConnectionLost& lost, TimePoint now);
  void on(const StopRequested& stop, TimePoint now);

  void on_station_message(std::size_t station, const MessageArrived& message, TimePoint now);
  void link_down(Link link, std::string_view what, const std::string& reason, bool refused, TimePoint now);
  void publish(std::size_t station, const Reaction& reaction);
  void serve(std::size_t station, TimePoint now);  // time-outs, the next request, the next call
  void report(std::size_t station, const Reaction& reaction);

  const Config& config_;
  const Clock& clock_;
  std::vector<Station> stations_;
  std::vector<CloudSession> sessions_;
  std::vector<std::size_t> session_of_;      // by station
  std::vector<std::string> request_topics_;  // by station
  std::vector<std::string> message_topics_;  // by station; the keys below are views of these
  std::unordered_map<std::string_view, std::size_t> station_of_topic_;
  std::vector<Said> said_;
  std::vector<TimePoint> served_at_;  // the entry of a station in due_ that counts
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  LocalPublisher local_;
  LatencyHistogram latency_;
  bool link_failed_ = false;
  int stop_signal_ = 0;
};

}  // namespace bluetti::gateway
