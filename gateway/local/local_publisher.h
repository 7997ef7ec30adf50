// SPDX-License-Identifier: MIT
// The local side: retained topics, availability and Home Assistant discovery. Nothing is stored up while the local
// broker is away: everything is told anew from the stations' current values when it is back. The loop's thread only.
//
//   <base>/bridge/availability          online | offline
//   <base>/<station>/availability       online | offline
//   <base>/<station>/<path>             one value; empty when it is absent
//   <base>/<station>/state              all values as JSON, if asked for
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/discovery.h"
#include "gateway/backoff.h"
#include "gateway/cloud/station.h"
#include "gateway/config/config.h"
#include "gateway/event.h"
#include "gateway/mqtt/mqtt_client.h"
#include "gateway/mqtt/paho_client.h"

namespace bluetti::gateway {

class LocalPublisher {
 public:
  static constexpr std::chrono::seconds kDocumentInterval{
      2};  // Home Assistant may lose the first of two quick versions

  LocalPublisher(const LocalConfig& local, const DiscoveryConfig& discovery, std::unique_ptr<MqttClient> client,
                 const std::vector<Station>& stations, std::uint64_t seed);

  [[nodiscard]] static LastWill last_will(const LocalConfig& local);

  // One station, or all of them, were described anew: topics that are no more are cleared, the others told again.
  void station_changed(std::size_t station, TimePoint now);
  void stations_changed(TimePoint now);

  void on_connected(TimePoint now);               // tells everything
  Duration on_down(bool refused, TimePoint now);  // returns the wait before the next try
  void on_message(std::string_view topic, std::string_view payload, bool retained, TimePoint now);

  void publish_update(std::size_t station, const Update& update);
  void publish_availability(std::size_t station);
  void publish_json(std::size_t station);   // if configured
  void shape_changed(std::size_t station);  // other entities than before: the document is made anew, soon

  void tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const;

  // `offline`, then a clean DISCONNECT.
  void stop();

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::uint64_t published() const { return published_; }

 private:
  struct StationTopics {
    std::string availability;
    std::string state;
    std::string discovery;                         // the document's topic
    std::vector<std::vector<std::string>> values;  // by block and slot; empty: not published
    std::string document;                          // as last published
    std::map<std::string, std::string> announced;  // component id -> platform, in that document
    TimePoint document_due = TimePoint::max();
    TimePoint document_published = TimePoint::min();

    [[nodiscard]] std::set<std::string> all() const;
  };

  [[nodiscard]] StationTopics topics_of(const Station& station) const;
  void tell(std::size_t station, TimePoint now);
  void refresh(TimePoint now);
  void publish_values(std::size_t station);
  void publish_slot(std::size_t station, std::size_t block, std::size_t slot);
  void publish_document(std::size_t station, TimePoint now);
  [[nodiscard]] discovery::Station describe(std::size_t station, std::map<std::string, std::string>& components) const;
  void send(const std::string& topic, std::string_view payload, int qos = 0);

  LocalConfig local_;
  DiscoveryConfig discovery_;
  std::unique_ptr<MqttClient> client_;
  const std::vector<Station>& stations_;
  std::vector<StationTopics> topics_;
  std::string bridge_availability_;
  Backoff backoff_;
  std::minstd_rand random_;
  bool connected_ = false;
  bool incomplete_ = false;  // the library refused a message: tell everything again soon
  TimePoint connect_at_ = TimePoint::min();
  TimePoint refresh_at_ = TimePoint::max();
  TimePoint next_document_ = TimePoint::max();  // the earliest document_due
  std::uint64_t published_ = 0;
  std::string json_;
};

}  // namespace bluetti::gateway
