// SPDX-License-Identifier: MIT
// The local side: retained topics, availability and Home Assistant discovery. Nothing is stored up while the local
// broker is away or slow: what is owed to it is told from the stations' current values when it can be. The loop's
// thread only.
//
//   <base>/bridge/availability          online | offline
//   <base>/bridge/...                   what BridgeTopics tells
//   <base>/bridge/response/<id>         answers to requests, if they are taken; not retained
//   <base>/<station>/availability       online | offline
//   <base>/<station>/<path>             one value; empty when it is absent
//   <base>/<station>/state              all values as JSON, if asked for
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/backoff.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/local/bridge_topics.h"
#include "gateway/local/documents.h"
#include "gateway/local/published_memory.h"
#include "gateway/local/value_filter.h"
#include "gateway/mqtt/mqtt_client.h"
#include "gateway/station/station.h"

namespace bluetti::gateway {

// What somebody on the local broker wants the gateway to do.
struct BridgeCommand {
  bool restart = false;
  std::string log_level;     // empty: as it is
  std::string read_request;  // a request to read from a station; empty: none
};

class LocalPublisher {
 public:
  // What outlives one run: `memory` belongs to the caller and is kept in step.
  struct Memory {
    std::string installation;
    std::map<std::string, StationState, std::less<>>* stations = nullptr;
  };

  LocalPublisher(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client,
                 const std::vector<Station>& stations, Memory memory, std::uint64_t seed);

  // The stations were described anew, one or all: topics that are no more are cleared, the others told again.
  void station_changed(std::size_t station, TimePoint now);
  void stations_changed(std::shared_ptr<const Config> config, TimePoint now);

  // Another broker, or another way to it: takes leave of the one before and begins as at the start.
  void reconnect(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client);

  void on_connected(TimePoint now);               // tells everything
  Duration on_down(bool refused, TimePoint now);  // returns the wait before the next try
  std::optional<BridgeCommand> on_message(std::string_view topic, std::string_view payload, bool retained,
                                          TimePoint now);

  void publish_update(std::size_t station, const Update& update, TimePoint now);
  void publish_availability(std::size_t station);
  void publish_json(std::size_t station);   // if configured
  void shape_changed(std::size_t station);  // other entities than before: the documents are made anew, soon
  void publish_bridge(BridgeStatus status);
  void answer_request(const std::string& id, std::string_view answer);

  // Where several gateways share the stations: whether this one is told of here, and which gateways there are.
  void share(std::size_t station, bool ours);
  void publish_members(const std::string& members);

  void tick(TimePoint now);           // ends with a flush()
  void flush() { client_->flush(); }  // lets go what was held back to leave in few writes
  [[nodiscard]] TimePoint next_action() const;

  // `offline`, then a clean DISCONNECT.
  void stop();

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool owes_nothing() const { return owing_ == 0; }
  // Nothing is to follow what was told, not even a document.
  [[nodiscard]] bool is_settled() const { return owes_nothing() && documents_.next() == TimePoint::max(); }
  [[nodiscard]] std::uint64_t published() const { return published_; }
  // True once after what is to be remembered has changed.
  [[nodiscard]] bool take_memory_changed() { return memory_.take_changed(); }

 private:
  // What a station's subscribers have not been told yet.
  struct Owed {
    bool documents = false;
    bool values = false;
    [[nodiscard]] bool anything() const { return documents || values; }
  };

  void owe_everything(bool documents, TimePoint now);
  void owe(std::size_t station, Owed what);
  void settle(TimePoint now);  // tells what is owed, until the library's buffer is full
  bool settle_station(std::size_t station, TimePoint now);
  bool publish_values(std::size_t station, TimePoint now);
  bool publish_slot(std::size_t station, std::size_t block, std::size_t slot);
  void publish_held(TimePoint now);
  void clear_what_is_gone();
  void subscribe_to_requests();
  // What stands until it is told anew: availability, documents; and clearing.
  bool send(const std::string& topic, std::string_view payload);
  bool send_state(const std::string& topic, std::string_view payload);
  bool publish(const std::string& topic, std::string_view payload, const Delivery& delivery);
  [[nodiscard]] std::string station_topic(std::size_t station, std::string_view path) const;

  std::shared_ptr<const Config> config_;
  std::unique_ptr<MqttClient> client_;
  const std::vector<Station>& stations_;
  PublishedMemory memory_;
  Documents documents_;
  BridgeTopics bridge_;
  BridgeStatus bridge_status_;
  ValueFilter filter_;
  Backoff backoff_;
  std::minstd_rand random_;
  std::vector<Owed> owed_;  // by station
  std::vector<bool> ours_;  // by station
  std::size_t owing_ = 0;   // stations that something is owed to
  std::size_t cursor_ = 0;  // where settling goes on
  bool connected_ = false;
  TimePoint connect_at_ = TimePoint::min();
  TimePoint refresh_at_ = TimePoint::max();
  TimePoint birth_at_ = TimePoint::max();   // answer to Home Assistant's birth
  TimePoint settle_at_ = TimePoint::max();  // after the library's buffer was full
  std::uint64_t published_ = 0;
  std::string topic_;  // scratch
  std::string json_;   // scratch
};

}  // namespace bluetti::gateway
