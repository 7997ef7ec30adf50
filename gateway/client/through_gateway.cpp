// SPDX-License-Identifier: MIT
#include "gateway/client/through_gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/local/local_connection.h"

namespace bluetti::gateway::read {

ThroughGateway::ThroughGateway(const LocalConfig& local, std::string station, std::unique_ptr<MqttClient> client,
                               std::string name, const ReadPolicy& policy)
    : topics_(local.base, local.bridge),
      availability_topic_(bridge_availability_topic(local)),
      station_(std::move(station)),
      client_(std::move(client)),
      name_(std::move(name)),
      policy_(policy) {}

void ThroughGateway::handle(const Event& event, TimePoint now) {
  if (std::holds_alternative<Connected>(event)) return on_connected(now);
  if (const auto* failed = std::get_if<ConnectFailed>(&event)) {
    return failed->at.others ? client_->connect() : on_down(failed->reason);
  }
  if (const auto* lost = std::get_if<ConnectionLost>(&event)) return on_down(lost->reason);
  if (const auto* refused = std::get_if<SubscriptionRefused>(&event)) return on_refused(*refused);
  if (const auto* message = std::get_if<MessageArrived>(&event)) on_message(message->topic, message->payload, now);
}

void ThroughGateway::on_connected(TimePoint now) {
  client_->subscribe(availability_topic_, 1);
  client_->subscribe(topics_.requests_topic(), 1);
  look_until_ = now + kLook;
}

void ThroughGateway::on_down(const std::string& reason) {
  if (finding_ == Finding::looking) finding_ = Finding::unreachable;
  lost_ = reason;
}

// Without the answers, or without what the gateway says of itself, there is no way through it.
void ThroughGateway::on_refused(const SubscriptionRefused& refused) {
  on_down(fmt::format("the broker refuses topic {}: {}; let this user read it in the broker's access list",
                      refused.topic, refused.reason));
}

void ThroughGateway::on_message(std::string_view topic, std::string_view payload, TimePoint now) {
  if (topic == availability_topic_) return on_availability(payload == kOnline);
  if (topic == topics_.requests_topic()) {
    accepts_ = payload == "ON";
    return decide();
  }
  auto answer = parse_answer(payload);
  if (request_ && answer && answer->id == request_->id) on_answer(*std::move(answer), now);
}

void ThroughGateway::on_availability(bool online) {
  if (finding_ == Finding::open && !online) lost_ = "the gateway has stopped";
  online_ = online;
  decide();
}

// One that went away leaves what it announced behind, so that its availability counts first.
void ThroughGateway::decide() {
  if (finding_ != Finding::looking || !online_) return;
  if (!*online_) {
    finding_ = Finding::absent;
  } else if (accepts_) {
    finding_ = *accepts_ ? Finding::open : Finding::closed;
  }
}

void ThroughGateway::read(const RegisterRange& range, TimePoint now) {
  request_ = Request{.id = {}, .station = station_, .block = range.first, .count = std::nullopt};
  if (!range.block) request_->count = range.count;
  attempt_ = 1;
  send_at_ = now;
}

// Each attempt has an id of its own, so that a late answer is not taken for that of another.
void ThroughGateway::send(TimePoint now) {
  stop_listening();
  request_->id = fmt::format("{}-{}", name_, ++sent_);
  client_->subscribe(topics_.response_topic(request_->id), 1);
  client_->publish(topics_.request_topic(), to_json(*request_), {.qos = 1});
  client_->flush();
  send_at_ = TimePoint::max();
  deadline_ = now + policy_.answer_timeout + kPatience;
}

// To the topic of an answer that came, or that is waited for no longer.
void ThroughGateway::stop_listening() {
  if (request_ && !request_->id.empty()) client_->unsubscribe(topics_.response_topic(request_->id));
}

void ThroughGateway::on_answer(Answer answer, TimePoint now) {
  deadline_ = TimePoint::max();
  if (auto* failure = std::get_if<ReadFailure>(&answer.outcome)) {
    if (failure->kind == FailureKind::busy && failure->retry.count() > 0) {
      send_at_ = now + failure->retry;
      return;
    }
    const bool may_help = failure->kind == FailureKind::silent || failure->kind == FailureKind::busy;
    if (may_help && attempt_ < policy_.retry.attempts) {
      send_at_ = now + policy_.retry.delay_after(attempt_++);
      return;
    }
    if (may_help && attempt_ > 1) failure->reason += fmt::format(" in {} attempts", attempt_);
  }
  stop_listening();
  request_.reset();
  outcome_ = std::move(answer.outcome);
}

TimePoint ThroughGateway::tick(TimePoint now) {
  if (!std::exchange(started_, true)) client_->connect();
  if (finding_ == Finding::looking && now >= look_until_)
    finding_ = online_ == true ? Finding::closed : Finding::absent;
  if (now >= send_at_) send(now);
  if (now >= deadline_) {
    on_answer({.id = {},
               .station = {},
               .model = {},
               .outcome = ReadFailure{FailureKind::silent, "the gateway does not answer"},
               .values = {}},
              now);
  }
  return std::min({finding_ == Finding::looking ? look_until_ : TimePoint::max(), send_at_, deadline_});
}

}  // namespace bluetti::gateway::read
