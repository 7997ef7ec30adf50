// SPDX-License-Identifier: MIT
#include "gateway/mqtt/mosquitto_client.h"

#include <mosquitto.h>

#include <utility>

#include "gateway/mqtt/mosquitto_connection.h"
#include "gateway/mqtt/openssl_settings.h"

namespace bluetti::gateway {
namespace {

std::vector<BrokerUrl> urls_of(const ConnectionOptions& options) {
  std::vector<BrokerUrl> urls{options.url};
  urls.insert(urls.end(), options.more_urls.begin(), options.more_urls.end());
  return urls;
}

class MosquittoClient final : public MqttClient {
 public:
  MosquittoClient(Link link, ConnectionOptions options, EventSink sink)
      : link_(link),
        options_(std::move(options)),
        sink_(std::move(sink)),
        limits_(std::make_shared<ConnectionLimits>(link, sink_, urls_of(options_))) {
    mosquitto_lib_init();  // counts; never undone, since a thread that waits for the network may outlive this
    if (options_.tls) prepare_openssl();
  }

  ~MosquittoClient() override {
    if (connection_) connection_->abandon(std::chrono::seconds(3));
  }

  void connect() override {
    if (connection_) connection_->abandon();
    connection_ = std::make_shared<MosquittoConnection>(link_, options_, sink_, limits_);
    connection_->start();
  }

  void disconnect() override {
    if (connection_) connection_->disconnect();
  }

  using MqttClient::subscribe;
  bool subscribe(const std::string& topic, int qos, RetainFlag retain_flag) override {
    return connection_ && connection_->subscribe(topic, qos, retain_flag);
  }

  bool unsubscribe(const std::string& topic) override { return connection_ && connection_->unsubscribe(topic); }

  bool publish(const std::string& topic, std::string_view payload, const Delivery& delivery) override {
    return connection_ && connection_->publish(topic, payload, delivery);
  }

  bool is_behind() override { return connection_ && connection_->is_behind(); }

  void flush() override {
    if (connection_) connection_->flush();
  }

 private:
  Link link_;
  ConnectionOptions options_;
  EventSink sink_;
  std::shared_ptr<ConnectionLimits> limits_;
  std::shared_ptr<MosquittoConnection> connection_;
};

}  // namespace

std::unique_ptr<MqttClient> make_mosquitto_client(Link link, ConnectionOptions options, EventSink sink) {
  return std::make_unique<MosquittoClient>(link, std::move(options), std::move(sink));
}

}  // namespace bluetti::gateway
