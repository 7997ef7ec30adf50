// SPDX-License-Identifier: MIT
#include "gateway/local/supervised_client.h"

#include <spdlog/spdlog.h>

#include <mutex>
#include <utility>

#include "gateway/base/background.h"
#include "gateway/local/local_connection.h"

namespace bluetti::gateway {
namespace {

// The lock is for the moment in which the thread that asked brings another client; nobody waits inside it.
class SupervisedClient final : public MqttClient {
 public:
  SupervisedClient(LocalConfig local, AskSupervisor ask, MakeLocalClient make, EventSink sink, Link link)
      : local_(std::move(local)), ask_(std::move(ask)), make_(std::move(make)), sink_(std::move(sink)), link_(link) {}

  void connect() override {
    background_.run([this, ask = ask_, supervisor = *local_.supervisor] {
      auto answer = std::make_shared<SupervisorAnswer>(ask(supervisor));
      return [this, answer] { take(std::move(*answer)); };  // only while this client lives
    });
  }

  void disconnect() override {
    const std::lock_guard lock(mutex_);
    if (client_) client_->disconnect();
  }

  using MqttClient::subscribe;
  bool subscribe(const std::string& topic, int qos, RetainFlag retain_flag) override {
    const std::lock_guard lock(mutex_);
    return client_ && client_->subscribe(topic, qos, retain_flag);
  }

  bool unsubscribe(const std::string& topic) override {
    const std::lock_guard lock(mutex_);
    return client_ && client_->unsubscribe(topic);
  }

  bool publish(const std::string& topic, std::string_view payload, const Delivery& delivery) override {
    const std::lock_guard lock(mutex_);
    return client_ && client_->publish(topic, payload, delivery);
  }

  bool is_behind() override {
    const std::lock_guard lock(mutex_);
    return client_ && client_->is_behind();
  }

  void flush() override {
    const std::lock_guard lock(mutex_);
    if (client_) client_->flush();
  }

 private:
  void take(SupervisorAnswer answer) {
    if (auto* problem = std::get_if<std::string>(&answer)) return sink_(ConnectFailed{link_, std::move(*problem)});
    NamedBroker& broker = std::get<NamedBroker>(answer);
    LocalConfig local = local_;
    local.url = std::move(broker.url);
    if (local.username.empty()) {
      local.username = std::move(broker.username);
      local.password = std::move(broker.password);
    }
    spdlog::info("[local] the Supervisor names {}", local.url.text());
    std::unique_ptr<MqttClient> client = make_(local_connection(local));
    const std::lock_guard lock(mutex_);
    std::swap(client_, client);  // the one before goes when the lock is free again
    client_->connect();
  }

  const LocalConfig local_;
  const AskSupervisor ask_;
  const MakeLocalClient make_;
  const EventSink sink_;
  const Link link_;
  std::mutex mutex_;
  std::unique_ptr<MqttClient> client_;
  Background background_;  // last: nothing is handed over once the rest goes
};

}  // namespace

std::unique_ptr<MqttClient> make_supervised_client(LocalConfig local, AskSupervisor ask, MakeLocalClient make,
                                                   EventSink sink, Link link) {
  return std::make_unique<SupervisedClient>(std::move(local), std::move(ask), std::move(make), std::move(sink), link);
}

}  // namespace bluetti::gateway
