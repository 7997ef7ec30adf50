// SPDX-License-Identifier: MIT
#include "gateway/client/own_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/mqtt/connection_advice.h"
#include "gateway/station/answer_matching.h"
#include "gateway/station/envelope_of.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway::read {
namespace {

protocol::CloudAddress address_of(const StationConfig& station) {
  return {station.cloud_model, station.serial};
}

}  // namespace

OwnSession::OwnSession(const AccountConfig& account, const StationConfig& station, SessionParts parts,
                       const ReadPolicy& policy, bool patient, const Clock& clock, std::uint64_t seed)
    : station_(station),
      policy_(policy),
      patient_(patient),
      clock_(clock),
      request_topic_(protocol::to_station_topic(address_of(station))),
      known_(std::move(parts.known)),
      recorder_(std::move(parts.recorder)),
      session_(account, std::move(parts.access), std::move(parts.make_client), seed) {
  session_.set_stations({0}, {protocol::from_station_topic(address_of(station))});
  if (recorder_) recorder_->know(station.serial);
}

void OwnSession::read(const RegisterRange& range, TimePoint now) {
  read_.emplace(*station_.model, range, policy_, late_, std::max(now, quiet_until_), std::move(last_answer_));
}

void OwnSession::handle(const Event& event, TimePoint now) {
  std::visit([&](const auto& kind) { on(kind, now); }, event);
}

void OwnSession::on(const MessageArrived& message, TimePoint now) {
  record(capture::Sender::station, message.topic, message.payload, message.retained, now);
  if (message.retained) return;
  if (!read_ || !read_->on_message(message.payload, now)) overhear(message.payload);
  take_what_came();
}

void OwnSession::overhear(std::string_view payload) {
  const HearResult result = hear(envelope_of(station_.model->envelope), station_.model->unit, payload);
  const auto* heard = std::get_if<Heard>(&result);
  const auto* push = heard ? std::get_if<protocol::Push>(&heard->frame) : nullptr;
  if (!push) return;
  overheard_.push_back({.first = push->first_register, .data = {push->data.begin(), push->data.end()}});
}

void OwnSession::on(const Connected&, TimePoint now) {
  session_.on_connected(now, clock_.wall());
  was_up_ = true;
}

void OwnSession::on(const ConnectFailed& failed, TimePoint now) {
  down("cannot connect to", failed.reason, failed.refused, now);
}

void OwnSession::on(const ConnectionLost& lost, TimePoint now) {
  down("lost the connection to", lost.reason, false, now);
}

void OwnSession::on(const AccessReady& ready, TimePoint now) {
  if (ready.access->remember) known_ = *ready.access->remember;
  session_.on_access(ready.access, now, clock_.wall());
}

void OwnSession::on(const AccessFailed& failed, TimePoint now) {
  if (failed.remember) known_ = *failed.remember;
  (void)session_.on_access_failed(failed.final, now);
  if (!session_.connected()) lost_ = failed.reason;
}

void OwnSession::down(std::string what, const std::string& reason, bool refused, TimePoint now) {
  const std::optional<SessionDown> down = session_.on_down(refused, now);
  if (!down) return;
  std::string message = fmt::format("{} {}: {}{}", what, session_.url().text(), reason, connection_advice(reason));
  if (!patient_ || !was_up_) {
    lost_ = std::move(message);
    return;
  }
  if (read_) {
    read_.reset();
    outcome_ = ReadFailure{FailureKind::disconnected, "lost the connection to the cloud"};
  }
  news_.push_back(
      fmt::format("{}; trying again in {} s", message, std::chrono::round<std::chrono::seconds>(down->wait).count()));
}

TimePoint OwnSession::tick(TimePoint now) {
  session_.tick(now, known_);
  if (read_) read_->tick(now);
  take_what_came();
  if (session_.connected() && read_ && read_->wants_to_ask(now)) session_.line_up(0);
  while (session_.next_turn(now)) ask(now);
  TimePoint next = std::min(session_.next_action(), session_.next_turn_at(now));
  if (recorder_) next = std::min(next, recorder_->tick(now));
  const bool waits_for_turn = read_ && read_->wants_to_ask(now);
  return read_ && !waits_for_turn ? std::min(next, read_->next_action()) : next;
}

void OwnSession::ask(TimePoint now) {
  if (!read_ || !read_->wants_to_ask(now)) return;
  const std::optional<std::string_view> request = read_->next_request(now);
  if (!request) return take_what_came();
  record(capture::Sender::gateway, request_topic_, *request, false, now);
  (void)session_.send(request_topic_, *request, now);  // if not sent, it is not answered, and asked again
}

void OwnSession::take_what_came() {
  if (!read_ || !read_->outcome()) return;
  outcome_ = read_->outcome();
  quiet_until_ = read_->quiet_until();
  last_answer_ = read_->last_answer();
  read_.reset();
}

void OwnSession::record(capture::Sender from, std::string_view topic, std::string_view payload, bool retained,
                        TimePoint now) {
  if (recorder_) recorder_->record(from, topic, payload, retained, now);
}

}  // namespace bluetti::gateway::read
