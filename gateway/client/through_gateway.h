// SPDX-License-Identifier: MIT
// Reads through a gateway that runs on the local broker, and checks first whether one does. See request_json.h for
// what is said. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/client/reader.h"
#include "gateway/config/config.h"
#include "gateway/local/bridge_topics.h"
#include "gateway/local/request_json.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway::read {

enum class Finding : std::uint8_t {
  looking,
  unreachable,  // the local broker is: see what lost() says
  absent,       // no gateway runs
  closed,       // one runs, but does not take requests
  open
};

class ThroughGateway final : public Reader {
 public:
  // How long a gateway that was never there is waited for, and an answer, beyond what the station takes.
  static constexpr std::chrono::seconds kLook{1};
  static constexpr std::chrono::seconds kPatience{15};

  // `name`: begins the ids of the requests, and must be no other client's.
  ThroughGateway(const LocalConfig& local, std::string station, std::unique_ptr<MqttClient> client, std::string name,
                 const ReadPolicy& policy);

  [[nodiscard]] Finding finding() const { return finding_; }

  void read(const RegisterRange& range, TimePoint now) override;
  void handle(const Event& event, TimePoint now) override;
  TimePoint tick(TimePoint now) override;
  void stop() override { client_->disconnect(); }
  [[nodiscard]] bool ready() const override { return finding_ == Finding::open; }
  [[nodiscard]] int attempt() const override { return attempt_; }

 private:
  void on_connected(TimePoint now);
  void on_down(const std::string& reason);
  void on_refused(const SubscriptionRefused& refused);
  void on_message(std::string_view topic, std::string_view payload, TimePoint now);
  void on_availability(bool online);
  void on_answer(Answer answer, TimePoint now);
  void send(TimePoint now);
  void stop_listening();
  void decide();

  BridgeTopics topics_;
  std::string availability_topic_;
  std::string station_;
  std::unique_ptr<MqttClient> client_;
  std::string name_;
  ReadPolicy policy_;
  Finding finding_ = Finding::looking;
  std::optional<bool> online_;
  std::optional<bool> accepts_;
  std::optional<Request> request_;  // under way
  int sent_ = 0;
  int attempt_ = 1;
  bool started_ = false;
  TimePoint look_until_ = TimePoint::max();
  TimePoint send_at_ = TimePoint::max();
  TimePoint deadline_ = TimePoint::max();
};

}  // namespace bluetti::gateway::read
