// SPDX-License-Identifier: MIT
#include "gateway/client/station_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/mqtt/connection_advice.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway::read {
namespace {

protocol::CloudAddress address_of(const StationConfig& station) {
  return {station.cloud_model, station.serial};
}

StationHandle handle_of(std::size_t index) {
  return StationHandle{static_cast<std::uint32_t>(index + 1)};
}

const schemas::Catalog& no_blocks() {
  static const schemas::Catalog none;
  return none;
}

}  // namespace

StationSession::Member::Member(const StationConfig& station_config, const SessionParts& parts, Duration answer_timeout,
                               DecoderCache& decoders)
    : config(station_config),
      request_topic(protocol::to_station_topic(address_of(config))),
      station({.model = config.model,
               .poll = {},
               .answer_timeout = answer_timeout,
               .ways = {parts.way},
               .lan_unit = parts.lan_unit},
              decoders) {}

StationSession::StationSession(const AccountConfig& account, const std::vector<StationConfig>& stations,
                               SessionParts parts, Duration answer_timeout, const Clock& clock, std::uint64_t seed,
                               SessionListener& listener)
    : clock_(clock),
      listener_(listener),
      is_lan_(parts.way == schemas::Way::lan),
      known_(std::move(parts.known)),
      recorder_(std::move(parts.recorder)),
      session_(account, std::move(parts.access), std::move(parts.make_client), seed),
      decoders_(no_blocks()) {
  std::vector<CloudSession::Speaker> speakers;
  for (const StationConfig& station : stations) {
    speakers.push_back({handle_of(members_.size()), protocol::from_station_topic(address_of(station))});
    members_.push_back(std::make_unique<Member>(station, parts, answer_timeout, decoders_));
    if (recorder_) recorder_->know(station.serial);
  }
  session_.set_speakers(std::move(speakers));
}

void StationSession::handle(const Event& event, TimePoint now) {
  std::visit([&](const auto& kind) { on(kind, now); }, event);
}

void StationSession::on(const MessageArrived& message, TimePoint now) {
  record(capture::Sender::station, message.topic, message.payload, message.retained, now);
  const auto address = protocol::parse_from_station_topic(message.topic);
  if (message.retained || !address) return;
  for (std::size_t index = 0; index < members_.size(); ++index) {
    if (members_[index]->config.serial != address->serial) continue;
    (void)members_[index]->station.on_message(message.payload, false, now);
    overhear(index, message.payload);
  }
}

void StationSession::overhear(std::size_t index, std::string_view payload) {
  const Station& station = members_[index]->station;
  const HearResult result = hear(station.line_by(station.way()), payload);
  const auto* arrived = std::get_if<protocol::Arrived>(&result);
  const auto* push = arrived ? std::get_if<protocol::Push>(&arrived->frame) : nullptr;
  if (push) listener_.on_push(index, *push);
}

void StationSession::on(const Connected&, TimePoint now) {
  session_.on_connected(now, clock_.wall());
  for (const auto& member : members_) member->station.session_up(now);
  listener_.on_up(now);
}

void StationSession::on(const ConnectFailed& failed, TimePoint now) {
  down("cannot connect to", failed.reason, failed.refused ? ConnectionEnd::refused : ConnectionEnd::lost, now);
}

void StationSession::on(const ConnectionLost& lost, TimePoint now) {
  down("lost the connection to", lost.reason, lost.ending, now);
}

void StationSession::on(const AccessReady& ready, TimePoint now) {
  if (ready.access->remember) known_ = *ready.access->remember;
  session_.on_access(ready.access, now, clock_.wall());
}

void StationSession::on(const AccessFailed& failed, TimePoint now) {
  if (failed.remember) known_ = *failed.remember;
  (void)session_.on_access_failed(failed.final, now);
  if (!session_.connected()) listener_.on_no_access(failed.reason);
}

void StationSession::down(std::string_view what, const std::string& reason, ConnectionEnd ending, TimePoint now) {
  const std::optional<SessionDown> down = session_.on_down(ending, now);
  if (!down) return;
  const std::string place =
      is_lan_ ? fmt::format("{}:{}", session_.url().host, session_.url().port) : session_.url().text();
  const std::string_view advice = is_lan_ ? "" : connection_advice(reason);
  if (!listener_.on_down(fmt::format("{} {}: {}{}", what, place, reason, advice), down->wait)) return;
  const std::string_view lost = is_lan_ ? "lost the connection to the station" : "lost the connection to the cloud";
  for (const auto& member : members_) member->station.session_down(now, lost);
}

TimePoint StationSession::tick(TimePoint now) {
  session_.tick(now, known_);
  for (std::size_t index = 0; index < members_.size(); ++index) {
    Station& station = members_[index]->station;
    (void)station.tick(now);
    if (station.wants_to_ask(now)) session_.line_up(handle_of(index), true);
  }
  while (const auto turn = session_.next_turn(now)) {
    for (std::size_t index = 0; index < members_.size(); ++index) {
      if (handle_of(index) == *turn) ask(*members_[index], now);
    }
  }
  TimePoint next = std::min(session_.next_action(), session_.next_turn_at(now));
  if (recorder_) next = std::min(next, recorder_->tick(now));
  for (const auto& member : members_) {
    if (!member->station.wants_to_ask(now)) next = std::min(next, member->station.next_action());
  }
  return next;
}

void StationSession::ask(Member& member, TimePoint now) {
  const std::optional<std::string_view> request = member.station.next_request(now);
  if (!request) return;
  record(capture::Sender::gateway, member.request_topic, *request, false, now);
  (void)session_.send(member.request_topic, *request, now);  // if not sent, it is not answered, and asked again
}

void StationSession::record(capture::Sender from, std::string_view topic, std::string_view payload, bool retained,
                            TimePoint now) {
  if (recorder_) recorder_->record(from, topic, payload, retained, now);
}

}  // namespace bluetti::gateway::read
