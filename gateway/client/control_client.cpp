// SPDX-License-Identifier: MIT
#include "gateway/client/control_client.h"

#include <utility>

#include "gateway/local/local_connection.h"

namespace bluetti::gateway::read {

ControlClient::ControlClient(const LocalConfig& local, ControlRequest request, std::unique_ptr<MqttClient> client)
    : topics_(local.base, local.bridge),
      availability_topic_(bridge_availability_topic(local)),
      request_(std::move(request)),
      client_(std::move(client)) {}

void ControlClient::handle(const Event& event, TimePoint now) {
  if (std::holds_alternative<Connected>(event)) {
    client_->subscribe(availability_topic_, 1);
    client_->subscribe(topics_.response_topic(request_.id), 1);
    give_up_at_ = now + kLook;
  } else if (const auto* failed = std::get_if<ConnectFailed>(&event)) {
    if (failed->at.others) return client_->connect();
    lost_ = failed->reason;
  } else if (const auto* gone = std::get_if<ConnectionLost>(&event)) {
    lost_ = gone->reason;
  } else if (const auto* message = std::get_if<MessageArrived>(&event)) {
    on_message(message->topic, message->payload, now);
  }
}

void ControlClient::on_message(std::string_view topic, std::string_view payload, TimePoint now) {
  if (topic == topics_.response_topic(request_.id)) {
    answer_ = payload;
  } else if (topic == availability_topic_ && payload == kOffline) {
    lost_ = "no gateway runs there";
  } else if (topic == availability_topic_ && !std::exchange(asked_, true)) {
    client_->publish(topics_.request_topic(), to_json(request_), {.qos = 1});
    client_->flush();
    give_up_at_ = now + kPatience;
  }
}

TimePoint ControlClient::tick(TimePoint now) {
  if (!std::exchange(started_, true)) client_->connect();
  if (now >= give_up_at_ && !answer_ && lost_.empty()) {
    lost_ = asked_ ? "the gateway does not answer: is control enabled there?" : "no gateway runs there";
  }
  return give_up_at_;
}

}  // namespace bluetti::gateway::read
