// SPDX-License-Identifier: MIT
#include "gateway/client/own_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/mqtt/connection_advice.h"
#include "gateway/station/envelope_of.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway::read {
namespace {

protocol::CloudAddress address_of(const StationConfig& station) {
  return {station.cloud_model, station.serial};
}

constexpr StationHandle kStation{1};

const schemas::Catalog& no_blocks() {
  static const schemas::Catalog none;
  return none;
}

}  // namespace

OwnSession::OwnSession(const AccountConfig& account, const StationConfig& station, SessionParts parts,
                       const ReadPolicy& policy, bool patient, const Clock& clock, std::uint64_t seed)
    : config_(station),
      policy_(policy),
      patient_(patient),
      clock_(clock),
      request_topic_(protocol::to_station_topic(address_of(station))),
      known_(std::move(parts.known)),
      recorder_(std::move(parts.recorder)),
      session_(account, std::move(parts.access), std::move(parts.make_client), seed),
      decoders_(no_blocks()),
      station_({.model = station.model, .poll = {}, .answer_timeout = policy.answer_timeout}, decoders_) {
  session_.set_speakers({{kStation, protocol::from_station_topic(address_of(station))}});
  if (recorder_) recorder_->know(station.serial);
}

void OwnSession::read(const RegisterRange& range, TimePoint) {
  auto read =
      std::make_unique<ReadTransaction>(*config_.model, range, policy_, TimePoint::max(), [this](ReadOutcome outcome) {
        under_way_ = nullptr;
        outcome_ = std::move(outcome);
      });
  under_way_ = read.get();
  station_.submit(std::move(read));
}

void OwnSession::handle(const Event& event, TimePoint now) {
  std::visit([&](const auto& kind) { on(kind, now); }, event);
}

void OwnSession::on(const MessageArrived& message, TimePoint now) {
  record(capture::Sender::station, message.topic, message.payload, message.retained, now);
  if (message.retained) return;
  (void)station_.on_message(message.payload, false, now);
  overhear(message.payload);
}

void OwnSession::overhear(std::string_view payload) {
  const Line line{.framing = &protocol::framing_of(envelope_of(config_.model->envelope)), .unit = config_.model->unit};
  const HearResult result = hear(line, payload);
  const auto* arrived = std::get_if<protocol::Arrived>(&result);
  const auto* push = arrived ? std::get_if<protocol::Push>(&arrived->frame) : nullptr;
  if (!push) return;
  overheard_.push_back({.first = push->first_register, .data = {push->data.begin(), push->data.end()}});
}

void OwnSession::on(const Connected&, TimePoint now) {
  session_.on_connected(now, clock_.wall());
  station_.session_up(now);
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
  station_.session_down(now, "lost the connection to the cloud");
  news_.push_back(
      fmt::format("{}; trying again in {} s", message, std::chrono::round<std::chrono::seconds>(down->wait).count()));
}

TimePoint OwnSession::tick(TimePoint now) {
  session_.tick(now, known_);
  (void)station_.tick(now);
  if (station_.wants_to_ask(now)) session_.line_up(kStation, true);
  while (session_.next_turn(now)) ask(now);
  TimePoint next = std::min(session_.next_action(), session_.next_turn_at(now));
  if (recorder_) next = std::min(next, recorder_->tick(now));
  return station_.wants_to_ask(now) ? next : std::min(next, station_.next_action());
}

void OwnSession::ask(TimePoint now) {
  const std::optional<std::string_view> request = station_.next_request(now);
  if (!request) return;
  record(capture::Sender::gateway, request_topic_, *request, false, now);
  (void)session_.send(request_topic_, *request, now);  // if not sent, it is not answered, and asked again
}

void OwnSession::record(capture::Sender from, std::string_view topic, std::string_view payload, bool retained,
                        TimePoint now) {
  if (recorder_) recorder_->record(from, topic, payload, retained, now);
}

}  // namespace bluetti::gateway::read
