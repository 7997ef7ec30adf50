// SPDX-License-Identifier: MIT
#include "gateway/mqtt/paho_client.h"

#include <arpa/inet.h>
#include <mqtt/async_client.h>
#include <netdb.h>

#include <array>
#include <atomic>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include "gateway/base/event.h"
#include "gateway/base/host_port.h"
#include "gateway/mqtt/incoming_limit.h"
#include "gateway/mqtt/openssl_settings.h"
#include "gateway/mqtt/reason.h"
#include "gateway/mqtt/refusal.h"
#include "protocol/memory_file.h"

namespace bluetti::gateway {
namespace {

constexpr int kMostLeaveTime = 500;  // ms for what is on its way before DISCONNECT
constexpr int kMaxBuffered = 65535;  // messages Paho may hold; beyond that publish() says no

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

// Empty: the name has an address; else what went wrong.
std::string resolve(const std::string& host) {
  addrinfo* found = nullptr;
  const addrinfo hints{.ai_flags = 0,
                       .ai_family = AF_UNSPEC,
                       .ai_socktype = SOCK_STREAM,
                       .ai_protocol = 0,
                       .ai_addrlen = 0,
                       .ai_addr = nullptr,
                       .ai_canonname = nullptr,
                       .ai_next = nullptr};
  const int result = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (result != 0) return "host name " + host + " not found: " + gai_strerror(result);
  freeaddrinfo(found);
  return {};
}

std::string uri(const BrokerUrl& url) {
  return (url.tls ? "ssl://" : "tcp://") + host_port_text(url.host, url.port);
}

mqtt::create_options create_options() {
  mqtt::create_options options(MQTTVERSION_3_1_1);
  options.set_max_buffered_messages(kMaxBuffered);
  return options;
}

// Why an action failed, as the library tells it.
std::string message_of(const mqtt::token& token) {
  try {
    (void)token.get_connect_response();
  } catch (const mqtt::exception& error) {
    return error.what();
  }
  return {};
}

// Shared with the threads that look a name up or look into a failure, which may outlive the client.
struct Lifetime {
  std::mutex mutex;
  // What belongs to an earlier one counts no more. Changed under the lock; read without it in callbacks, which hold the
  // library's own.
  std::atomic<unsigned> attempt = 0;
};

class PahoClient final : public MqttClient {
 public:
  PahoClient(Link link, ConnectionOptions options, EventSink sink)
      : link_(link),
        options_(std::move(options)),
        sink_(std::move(sink)),
        limit_(link, sink_),
        client_(uri(options_.url), options_.client_id, create_options()) {
    prepare_tls();
    client_.set_message_callback(
        [this](mqtt::const_message_ptr message) { guarded([&] { on_message(std::move(message)); }); });
    client_.set_connection_lost_handler(
        [this](const std::string& cause) { guarded([&] { on_connection_lost(cause); }); });
  }

  ~PahoClient() override {
    const std::lock_guard lock(lifetime_->mutex);
    ++lifetime_->attempt;
    try {
      if (leaving_) leaving_->wait_for(std::chrono::seconds(1));
    } catch (const mqtt::exception&) {  // not connected any more: nothing left to wait for
    }
  }

  void connect() override {
    if (options_.tls && options_.tls->verify == Verify::pinned && !pinned_) {
      return sink_(ConnectFailed{link_, "no certificate of the server is pinned"});
    }
    const unsigned attempt = next_attempt();
    if (is_address(options_.url.host)) return start();
    // Paho looks names up on its sending thread, which serves every client: a resolver that hangs would stop them all.
    std::thread([this, attempt, lifetime = lifetime_, host = options_.url.host] {
      std::string problem = resolve(host);
      const std::lock_guard lock(lifetime->mutex);
      if (lifetime->attempt != attempt) return;
      if (!problem.empty()) return sink_(ConnectFailed{link_, std::move(problem)});
      start();
    }).detach();
  }

  // Also of a connection that is still to be made.
  void disconnect() override {
    (void)next_attempt();
    try {
      leaving_ = client_.disconnect(kMostLeaveTime);
    } catch (const mqtt::exception&) {  // was not connected
    }
  }

  using MqttClient::subscribe;
  bool subscribe(const std::string& topic, int qos, RetainFlag) override {
    return attempt([&] { client_.subscribe(topic, qos, nullptr, subscribed_); });
  }

  bool unsubscribe(const std::string& topic) override {
    return attempt([&] { client_.unsubscribe(topic); });
  }

  bool publish(const std::string& topic, std::string_view payload, const Delivery& delivery) override {
    return attempt([&] { client_.publish(topic, payload.data(), payload.size(), delivery.qos, delivery.retained); });
  }

 private:
  struct ConnectListener final : mqtt::iaction_listener {
    explicit ConnectListener(PahoClient& owner) : client(owner) {}
    void on_success(const mqtt::token&) override {
      client.guarded([&] { client.sink_(Connected{client.link_}); });
    }
    void on_failure(const mqtt::token& token) override {
      client.guarded([&] { client.on_connect_failed(token); });
    }
    PahoClient& client;
  };
  struct SubscribeListener final : mqtt::iaction_listener {
    explicit SubscribeListener(PahoClient& owner) : client(owner) {}
    void on_success(const mqtt::token&) override {}
    void on_failure(const mqtt::token& token) override {
      client.guarded([&] { client.on_subscribe_failed(token); });
    }
    PahoClient& client;
  };

  // An exception must not reach the library's C code. There is none but that memory is short.
  template <typename Action>
  void guarded(Action action) noexcept {
    try {
      action();
    } catch (...) {
      limit_.lost();
    }
  }

  template <typename Action>
  static bool attempt(Action action) {
    try {
      action();
      return true;
    } catch (const mqtt::exception&) {
      return false;
    }
  }

  unsigned next_attempt() {
    const std::lock_guard lock(lifetime_->mutex);
    return ++lifetime_->attempt;
  }

  void prepare_tls() {
    if (!options_.tls) return;
    prepare_openssl();
    const std::string& pinned = options_.tls->pinned;
    if (!pinned.empty()) pinned_.emplace("pinned", std::as_bytes(std::span(pinned)));
  }

  void start() {
    try {
      client_.connect(connect_options(), nullptr, connected_);
    } catch (const std::exception& error) {
      sink_(ConnectFailed{link_, error.what()});
    }
  }

  void on_message(mqtt::const_message_ptr message) {
    const std::string_view topic = message->get_topic();
    const std::string_view payload = message->get_payload_str();
    if (!limit_.admits(topic, payload.size())) return;
    const bool retained = message->is_retained();
    sink_(MessageArrived{link_, std::move(message), topic, payload, retained, std::chrono::steady_clock::now()});
  }

  void on_connection_lost(const std::string& cause) {
    std::string reason(limit_.why_ended());
    const ConnectionEnd ending = reason.empty() ? ConnectionEnd::lost : ConnectionEnd::by_own_limit;
    if (reason.empty()) reason = cause.empty() ? "the connection was closed" : cause;
    sink_(ConnectionLost{.link = link_, .reason = std::move(reason), .ending = ending});
  }

  void on_connect_failed(const mqtt::token& token) {
    const int code = token.get_return_code();  // negative: the library's own
    if (code > 0) return sink_(ConnectFailed{link_, connack_reason(code), true});
    const std::string text = message_of(token);
    look_into(text.empty() ? "no answer" : text);
  }

  // One that only ended with the connection is no refusal: the end is news of its own.
  void on_subscribe_failed(const mqtt::token& token) {
    const int code = token.get_return_code();
    if (code < kFirstFailure) return;
    const auto topics = token.get_topics();
    sink_(SubscriptionRefused{link_, topics && !topics->empty() ? (*topics)[0] : "", broker_reason(code)});
  }

  // Finds a better reason, if there is one.
  void look_into(const std::string& reason) {
    std::thread([this, attempt = lifetime_->attempt.load(), lifetime = lifetime_, reason,
                 inquire = inquiry(options_.url, options_.tls)] {
      const std::string found = inquire();
      const std::lock_guard lock(lifetime->mutex);
      if (lifetime->attempt == attempt) sink_(ConnectFailed{link_, found.empty() ? reason : found});
    }).detach();
  }

  mqtt::connect_options connect_options() {
    mqtt::connect_options connect;
    // Left to itself, Paho answers a refusal by trying again at once, with MQTT 3.1.
    connect.set_mqtt_version(MQTTVERSION_3_1_1);
    connect.set_clean_session(true);
    connect.set_automatic_reconnect(false);
    connect.set_keep_alive_interval(options_.keepalive);
    connect.set_connect_timeout(options_.connect_timeout);
    connect.set_max_inflight(1000);
    if (!options_.username.empty()) connect.set_user_name(options_.username);
    if (!options_.password.empty()) connect.set_password(options_.password.reveal());
    if (options_.will) connect.set_will(mqtt::will_options(options_.will->topic, options_.will->payload, 1, true));
    if (options_.tls) connect.set_ssl(ssl_options(*options_.tls));
    return connect;
  }

  // Without an error handler: the library would call it where a copy of these options once was, long after connect()
  // has returned (Paho 1.2.0 points at its argument). What went wrong is found out again instead.
  mqtt::ssl_options ssl_options(const TlsMaterial& tls) {
    mqtt::ssl_options ssl;
    const std::string trusted = tls.verify == Verify::pinned ? pinned_->path() : tls.authorities;
    if (!trusted.empty()) ssl.set_trust_store(trusted);
    if (!tls.certificate.empty()) ssl.set_key_store(tls.certificate);
    if (!tls.private_key.empty()) ssl.set_private_key(tls.private_key);
    ssl.set_enable_server_cert_auth(tls.verify != Verify::none);
    ssl.set_verify(tls.verify == Verify::full);
    ssl.set_ssl_version(MQTT_SSL_VERSION_TLS_1_2);
    ssl.set_enabled_cipher_suites(cipher_string(tls.security_level));
    return ssl;
  }

  Link link_;
  ConnectionOptions options_;
  EventSink sink_;
  IncomingLimit limit_;
  std::shared_ptr<Lifetime> lifetime_ = std::make_shared<Lifetime>();
  std::optional<protocol::MemoryFile> pinned_;
  ConnectListener connected_{*this};
  SubscribeListener subscribed_{*this};
  mqtt::token_ptr leaving_;
  mqtt::async_client client_;  // last: destroyed first, and with it every callback
};

}  // namespace

std::unique_ptr<MqttClient> make_paho_client(Link link, ConnectionOptions options, EventSink sink) {
  return std::make_unique<PahoClient>(link, std::move(options), std::move(sink));
}

}  // namespace bluetti::gateway
