// SPDX-License-Identifier: MIT
// Asks the gateway that runs on the local broker to change settings, or to change them back, and waits for what became
// of it. See gateway/local/request_json.h for what is said. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/local/bridge_topics.h"
#include "gateway/local/request_json.h"
#include "gateway/mqtt/mqtt_client.h"

namespace bluetti::gateway::read {

class ControlClient {
 public:
  static constexpr std::chrono::seconds kLook{2};       // for a gateway that runs
  static constexpr std::chrono::seconds kPatience{90};  // for its answer: writes settle, and are tried three times

  // The request's id must be no other client's.
  ControlClient(const LocalConfig& local, ControlRequest request, std::unique_ptr<MqttClient> client);

  void handle(const Event& event, TimePoint now);
  TimePoint tick(TimePoint now);  // returns when it wants to be called again
  void stop() { client_->disconnect(); }

  // What the gateway has answered, as JSON; nothing: not yet.
  [[nodiscard]] const std::optional<std::string>& answer() const { return answer_; }
  // Why there will be no answer; empty: there may be.
  [[nodiscard]] const std::string& lost() const { return lost_; }

 private:
  void on_message(std::string_view topic, std::string_view payload, TimePoint now);

  BridgeTopics topics_;
  std::string availability_topic_;
  ControlRequest request_;
  std::unique_ptr<MqttClient> client_;
  std::optional<std::string> answer_;
  std::string lost_;
  bool started_ = false;
  bool asked_ = false;
  TimePoint give_up_at_ = TimePoint::max();
};

}  // namespace bluetti::gateway::read
