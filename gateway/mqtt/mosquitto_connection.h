// SPDX-License-Identifier: MIT
// One connection of a MosquittoClient, from the first try to its end; the next one is a new object. The library is used
// by two threads, the owner's and the connection's, under one lock that neither holds while it waits for the network.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "gateway/base/event.h"
#include "gateway/mqtt/broker_addresses.h"
#include "gateway/mqtt/connection_options.h"
#include "gateway/mqtt/incoming_limit.h"
#include "gateway/mqtt/mqtt_client.h"
#include "gateway/mqtt/outgoing_messages.h"
#include "gateway/mqtt/packet_limit.h"
#include "gateway/mqtt/tls_context.h"

struct mosquitto;

namespace bluetti::gateway {

// What outlasts one connection.
struct ConnectionLimits {
  ConnectionLimits(Link link, EventSink sink, std::vector<BrokerUrl> urls)
      : incoming(link, std::move(sink)), addresses(std::move(urls)) {}
  IncomingLimit incoming;
  PacketLimit packets;
  BrokerAddresses addresses;
  // A message that was too large has ended a connection. It may be retained and end the next one: the broker is asked
  // to keep such messages back, which MQTT 5 can.
  std::atomic<bool> asks_for_limit = false;
};

class MosquittoConnection : public std::enable_shared_from_this<MosquittoConnection> {
 public:
  MosquittoConnection(Link link, const ConnectionOptions& options, EventSink sink,
                      std::shared_ptr<ConnectionLimits> limits);
  ~MosquittoConnection();
  MosquittoConnection(const MosquittoConnection&) = delete;
  MosquittoConnection& operator=(const MosquittoConnection&) = delete;

  void start();  // once; the thread keeps the object alive until it ends
  bool subscribe(const std::string& topic, int qos, RetainFlag retain_flag);
  bool unsubscribe(const std::string& topic);
  bool publish(const std::string& topic, std::string_view payload, const Delivery& delivery);
  [[nodiscard]] bool is_behind();
  void flush();
  void disconnect();
  // Disconnects if that is still to be done, and sends no event any more. Waits so long for the end.
  void abandon(Duration wait = Duration::zero());

 private:
  enum class Stage : std::uint8_t { connecting, connected, leaving, over };
  void run();
  // Empty: done; else what is wrong.
  [[nodiscard]] std::string prepare();
  [[nodiscard]] std::string prepare_tls();
  [[nodiscard]] std::string reach();
  [[nodiscard]] std::string try_addresses();
  void set_callbacks();
  void serve();
  [[nodiscard]] std::string serve_once(short happened);
  [[nodiscard]] std::string why_ended(int result, int error_number);
  void look_for_unconfirmed();
  [[nodiscard]] int patience() const;  // ms
  void end(std::string reason);
  void leave();
  void say_goodbye();
  void tell(Event event);
  void hold_back(bool hold);
  void wake() const;

  void on_connack(int code);
  void on_suback(int id, int code);
  void on_message(std::string_view topic, std::string_view payload, bool retained, ReplyTo reply_to);
  void on_sent(int id, int code);
  void on_disconnect(int code);
  void not_delivered(std::string topic, std::size_t size, std::string reason);
  // Of the message that made the broker end the connection, if one did.
  void suspect_size();

  Link link_;
  ConnectionOptions options_;  // of its URL the address is guarded by the lock
  EventSink sink_;
  ContextHandle context_;
  int wake_ = -1;  // eventfd

  std::shared_ptr<ConnectionLimits> limits_;

  std::mutex mutex_;  // of all below
  std::condition_variable changed_;
  struct mosquitto* library_ = nullptr;  // while it connects, it is the connecting thread's
  Stage stage_ = Stage::connecting;
  std::optional<std::string> reached_;  // what came of connecting; empty: it did
  TimePoint give_up_at_;                // connecting, or leaving
  TimePoint connected_at_;
  bool abandoned_ = false;
  bool says_goodbye_ = false;  // still to
  bool held_back_ = false;
  bool closed_by_broker_ = false;
  bool taken_over_ = false;
  std::unordered_map<int, std::string> subscriptions_;  // topics yet to be granted, by the message's id
  OutgoingMessages outgoing_;
  std::unordered_set<int> told_;  // messages whose sender wants to know of the confirmation, by id
  std::size_t unsent_size_ = 0;
  std::string refusal_;
  std::string last_words_;  // why the broker ended it, by MQTT 5
};

}  // namespace bluetti::gateway
