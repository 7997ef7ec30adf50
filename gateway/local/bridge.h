// SPDX-License-Identifier: MIT
// The local side of the gateway: retained topics, availability, Home Assistant discovery, and what others on the local
// broker want done. Nothing is stored while the broker is away or slow: what is pending is sent from the stations'
// current values when it can be. The loop's thread only.
//
//   <base>/bridge/availability          online | offline
//   <base>/bridge/...                   what BridgeTopics sends
//   <base>/bridge/response/<id>         answers to requests, if they are accepted; not retained
//   <base>/<station>/availability       online | offline
//   <base>/<station>/<path>             one value; empty when it is absent
//   <base>/<station>/raw/<path>         every change of a value, if configured; not retained
//   <base>/<station>/time_slot/<n>      a time slot as a whole, where it may be changed
//   <base>/<station>/problem            ON | OFF: whether any bit of fault or warning is set
//   <base>/<station>/problems           which, as JSON
//   <base>/<station>/problem/event      one came or went; not retained
//   <base>/<station>/state              all values as JSON, if configured
//   <base>/<station>/old_values         which have grown old, as JSON, where that makes them unavailable
//   <base>/<station>/control/result     what became of a wish for a setting; not retained
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/event.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/local/availability_watch.h"
#include "gateway/local/bridge_topics.h"
#include "gateway/local/documents.h"
#include "gateway/local/echo.h"
#include "gateway/local/leftovers.h"
#include "gateway/local/outlet.h"
#include "gateway/local/publication.h"
#include "gateway/local/published_memory.h"
#include "gateway/local/value_filter.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway {

// What somebody on the local broker wants the gateway to do. Views into the message.
struct RestartWish {};
struct LogLevelWish {
  std::string_view level;
};
struct ReadWish {
  std::string_view request;
};
struct BoostWish {
  std::string_view station;  // its id
  std::string_view seconds;
};
struct SetWish {
  std::string_view station;
  std::string_view path;
  std::string_view value;
  bool retained = false;
  const ReplyTo* reply_to = nullptr;
};
struct UndoWish {
  std::string_view station;  // all that was changed there
  const ReplyTo* reply_to = nullptr;
};
using Wish = std::variant<RestartWish, LogLevelWish, ReadWish, BoostWish, SetWish, UndoWish>;

class Bridge {
 public:
  // What outlives one run: these belong to the caller and are kept in step.
  struct Memory {
    std::string installation;
    std::map<std::string, StationState, std::less<>>* stations = nullptr;
    Clears::Topics* clears = nullptr;
    Departed::Devices* departed = nullptr;
  };

  Bridge(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client, Memory memory, std::uint64_t seed);

  // A publication adds and removes itself.
  void add(Publication& publication);
  void remove(const Publication& publication);

  // The station has other blocks than before: topics that are gone are cleared, the others are sent again.
  void station_changed(Publication& publication, TimePoint now);
  // Its values come by another way: each is told, however little it differs from what was told last.
  void way_changed(Publication& publication);
  // Another configuration, whose publications are there.
  void reconfigure(std::shared_ptr<const Config> config, TimePoint now);
  // Another broker, or another way to it: leaves the one before and starts over.
  void reconnect(std::shared_ptr<const Config> config, std::unique_ptr<MqttClient> client);

  void on_connected(TimePoint now);  // sends everything
  // Returns the wait before the next try. `taken_over`: the broker says that another client has the same id.
  Duration on_down(bool refused, bool taken_over, bool others, TimePoint now);
  // Another client seems to have the same id, so that each takes the connection from the other.
  [[nodiscard]] bool contested() const { return outlet_.contested(); }
  // The wish has views into the message.
  [[nodiscard]] std::optional<Wish> on_message(const MessageArrived& message, TimePoint now);

  // The broker did not take a message on this topic, and never will.
  void on_not_delivered(std::string_view topic, TimePoint now);
  [[nodiscard]] std::size_t undelivered() const { return outlet_.undelivered() + (echo_.is_missing() ? 1U : 0U); }
  // The broker does not let us hear a topic.
  void on_subscription_refused(std::string_view topic);

  void heard(Publication& publication, TimePoint now);  // before its updates: what was old may be so no longer
  void publish_update(Publication& publication, const Update& update, TimePoint now);
  void publish_availability(Publication& publication);
  void publish_json(const Publication& publication);  // if configured
  void shape_changed(Publication& publication);       // it has other entities than before: new documents follow soon
  void publish_bridge(BridgeStatus status, TimePoint now);
  void answer_request(const std::string& id, std::string_view answer);
  void publish_control_result(const std::string& station, std::string_view result);
  // To where the sender of a message wanted it, unless that is a topic of our own values.
  void reply(const ReplyTo& reply_to, std::string_view answer);

  // Where several gateways share the stations: whether this one publishes it, and which gateways there are.
  void share(Publication& publication, bool ours, TimePoint now);
  // False: not now, the library's buffer is full. Comes back as Confirmed.
  [[nodiscard]] bool publish_members(const std::string& members);

  void tick(TimePoint now);          // ends with a flush()
  // What is kept for the documents of many stations at once, of which a setting is no more, or none is to be made.
  void forget_kinds() { documents_.forget_kinds(); }
  void flush() { outlet_.flush(); }  // lets go what was held back to leave in few writes
  [[nodiscard]] TimePoint next_action() const;

  // `offline`, then a clean DISCONNECT.
  void stop();

  [[nodiscard]] bool connected() const { return outlet_.connected(); }
  [[nodiscard]] std::optional<TimePoint> connected_since() const { return outlet_.connected_since(); }
  [[nodiscard]] bool has_pending() const { return pending_ > 0 || outlet_.has_clears(); }
  // Nothing follows what was sent, not even a document.
  [[nodiscard]] bool is_settled() const { return !has_pending() && documents_.next() == TimePoint::max(); }
  [[nodiscard]] std::uint64_t published() const { return outlet_.published(); }
  // True once after what is to be remembered has changed.
  [[nodiscard]] bool take_memory_changed();

 private:
  void subscribe();
  // Reads if they are allowed, changes if control is: each is checked by who serves it.
  [[nodiscard]] bool takes_requests() const { return config_->local.requests || config_->control.enabled; }
  void make_everything_pending(bool documents, TimePoint now);
  void make_pending(Publication& publication, bool documents, bool values);
  void put_off(Publication& publication, TimePoint now);  // the library's buffer is full
  void send_pending(TimePoint now);                       // until the library's buffer is full
  bool send_pending(Publication& publication, TimePoint now);
  bool send_availability(const Publication& publication);
  bool send_values(Publication& publication, TimePoint now);
  bool send_slot(const Publication& publication, std::size_t block, std::size_t slot, TimePoint now);
  bool send_old_values(const Publication& publication);
  void begin_ages(Publication& publication, TimePoint now);
  void review_ages(TimePoint now);
  void review_age(Publication& publication, TimePoint now);
  [[nodiscard]] std::chrono::seconds expiry_of(const Publication& publication, std::size_t block, std::size_t slot,
                                               TimePoint now) const;
  [[nodiscard]] std::chrono::seconds usual_expiry() const;
  void send_raw(const Publication& publication, const BlockState& block, std::size_t slot);
  bool send_time_slots(const Publication& publication, const Update& update);
  bool send_problems(Publication& publication);
  void send_held(TimePoint now);
  void clear_what_is_gone();
  bool send(const std::string& topic, std::string_view payload) { return outlet_.publish_retained(topic, payload); }
  bool send_state(const std::string& topic, std::string_view payload);
  [[nodiscard]] std::string topic_of(const Publication& publication, std::string_view path) const;
  [[nodiscard]] Publication* find(StationHandle handle) const;
  void look_for_leftovers(TimePoint now);
  void on_held_by_broker(const MessageArrived& message, TimePoint now);
  void stop_looking(TimePoint now);
  void on_document_of_departed(std::string_view topic, std::string_view payload);
  void remind_of_departed(TimePoint now);
  void bury_departed(TimePoint now);
  [[nodiscard]] std::optional<Wish> station_wish(const MessageArrived& message) const;
  [[nodiscard]] bool may_reply_on(std::string_view topic) const;
  // What an availability topic of ours ought to say; nothing: it is none, or it is about to be sent.
  [[nodiscard]] std::optional<std::string_view> own_availability(std::string_view topic);
  void correct_availability(TimePoint now);
  void look_for_echo(TimePoint now);

  std::shared_ptr<const Config> config_;
  Outlet outlet_;
  Departed departed_;
  PublishedMemory memory_;
  Documents documents_;
  BridgeTopics bridge_;
  BridgeStatus bridge_status_;
  ValueFilter filter_;
  AvailabilityWatch watch_;
  Echo echo_;
  Leftovers leftovers_;
  bool has_looked_ = false;    // for leftovers, at this broker
  std::size_t looked_up_ = 0;  // topics come back in the order of the publications: where to look first
  std::minstd_rand random_;
  std::vector<Publication*> publications_;
  std::size_t pending_ = 0;               // publications
  std::size_t cursor_ = 0;                // where sending goes on
  TimePoint ages_at_ = TimePoint::min();  // when a value may have grown old
  TimePoint refresh_at_ = TimePoint::max();
  TimePoint birth_at_ = TimePoint::max();   // answer to Home Assistant's birth message
  TimePoint resume_at_ = TimePoint::max();  // after the library's buffer was full
  std::string topic_;                       // scratch
  std::string json_;                        // scratch
};

}  // namespace bluetti::gateway
