// SPDX-License-Identifier: MIT
#include "gateway/gateway.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gateway/log.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway {
namespace {

std::vector<Station> make_stations(const Config& config, const schemas::Catalog& catalog) {
  std::vector<Station> stations;
  stations.reserve(config.stations.size());
  for (const StationConfig& station : config.stations) {
    const auto account = std::ranges::find(config.accounts, station.account, &AccountConfig::id);
    stations.emplace_back(station, catalog, account->answer_timeout);
  }
  return stations;
}

long whole_seconds(Duration duration) {
  return std::lround(std::chrono::duration<double>(duration).count());
}

// What a person can do about a failed connection, where the reason tells.
std::string_view advice(const std::string& reason) {
  const auto has = [&reason](std::string_view word) { return reason.find(word) != std::string::npos; };
  if (has("too small") || has("too weak") || has("md too weak")) {
    return "; the broker's key or certificate is below OpenSSL's security level: `security_level = 0` accepts it";
  }
  if (has("verify failed")) {
    return "; the broker's certificate is not trusted: give its CA as `ca`, or see `verify`";
  }
  if (has("certificate expired")) return "; the broker says that the client certificate has expired: get a new one";
  return "";
}

}  // namespace

Gateway::Gateway(const Config& config, const schemas::Catalog& catalog, const ClientFactory& make_client,
                 const Clock& clock, std::uint64_t seed)
    : config_(config),
      clock_(clock),
      stations_(make_stations(config, catalog)),
      said_(stations_.size()),
      served_at_(stations_.size(), TimePoint::max()),
      local_(config.local, config.discovery, make_client(kLocal), stations_, seed) {
  for (std::size_t index = 0; index < config.accounts.size(); ++index) {
    sessions_.emplace_back(config.accounts[index], make_client(Link{static_cast<int>(index)}), seed + index + 1);
  }
  for (std::size_t index = 0; index < stations_.size(); ++index) {
    const StationConfig& station = stations_[index].config();
    const protocol::CloudAddress address{station.cloud_model, station.serial};
    const auto account = std::ranges::find(config.accounts, station.account, &AccountConfig::id);
    session_of_.push_back(static_cast<std::size_t>(account - config.accounts.begin()));
    request_topics_.push_back(protocol::to_station_topic(address));
    message_topics_.push_back(protocol::from_station_topic(address));
    sessions_[session_of_.back()].add_station(index, message_topics_.back());
  }
  for (std::size_t index = 0; index < stations_.size(); ++index)
    station_of_topic_.emplace(message_topics_[index], index);
}

void Gateway::handle(const Event& event, TimePoint now) {
  std::visit([&](const auto& kind) { on(kind, now); }, event);
}

void Gateway::on(const MessageArrived& message, TimePoint now) {
  if (message.link.is_local()) return local_.on_message(message.topic, message.payload, message.retained, now);
  const auto found = station_of_topic_.find(message.topic);
  if (found == station_of_topic_.end()) return spdlog::debug("[cloud] message on unknown topic {}", message.topic);
  on_station_message(found->second, message, now);
}

void Gateway::on_station_message(std::size_t index, const MessageArrived& message, TimePoint now) {
  const Reaction reaction = stations_[index].on_message(message.payload, message.retained, now);
  report(index, reaction);
  publish(index, reaction);
  if (!reaction.updates.empty()) latency_.add(clock_.now() - message.arrived);
  serve(index, now);
}

// The values come before `online`: who waits for the one finds the other.
void Gateway::publish(std::size_t index, const Reaction& reaction) {
  for (const Update& update : reaction.updates) local_.publish_update(index, update);
  if (!reaction.updates.empty()) local_.publish_json(index);
  if (reaction.shape_changed) local_.shape_changed(index);
  if (!reaction.came_online) return;
  spdlog::info("[{}] online", stations_[index].config().id);
  local_.publish_availability(index);
}

void Gateway::report(std::size_t index, const Reaction& reaction) {
  const std::string& id = stations_[index].config().id;
  if (reaction.dropped) {
    bool& said = said_[index].dropped[static_cast<std::size_t>(*reaction.dropped)];
    const auto level = said ? spdlog::level::debug : spdlog::level::warn;
    spdlog::log(level, "[{}] dropped a message from the cloud: {}{}{} (said once, counted from here on)", id,
                describe(*reaction.dropped), reaction.detail.empty() ? "" : ": ", reaction.detail);
    said = true;
  }
  if (reaction.refused_block) {
    const schemas::Block& block = stations_[index].blocks()[*reaction.refused_block].decoder.block();
    spdlog::info("[{}] does not have block {} ({}): not asked again in this session", id, block.id, block.title);
  } else if (reaction.exception != 0 && !std::exchange(said_[index].exception, true)) {
    const schemas::Block* block = stations_[index].asked();
    spdlog::warn("[{}] answered block {} with Modbus exception {} ({}); asked again at the next poll (said once)", id,
                 block->id, reaction.exception, protocol::exception_name(reaction.exception));
  }
}

void Gateway::on(const Connected& connected, TimePoint now) {
  if (connected.link.is_local()) {
    spdlog::info("[local] connected to {}", config_.local.url.text());
    return local_.on_connected(now);
  }
  CloudSession& session = sessions_[static_cast<std::size_t>(connected.link.account)];
  spdlog::info("[cloud {}] connected to {}, {} station{}", session.account().id, session.account().url.text(),
               session.stations().size(), session.stations().size() == 1 ? "" : "s");
  session.on_connected();
  for (const std::size_t station : session.stations()) {
    stations_[station].session_up(now);
    said_[station] = {};
    serve(station, now);
  }
}

void Gateway::on(const ConnectFailed& failed, TimePoint now) {
  link_failed_ = true;
  link_down(failed.link, "cannot connect to", failed.reason, failed.refused, now);
}

void Gateway::on(const ConnectionLost& lost, TimePoint now) {
  link_down(lost.link, "lost the connection to", lost.reason, false, now);
}

void Gateway::link_down(Link link, std::string_view what, const std::string& reason, bool refused, TimePoint now) {
  if (link.is_local()) {
    const Duration wait = local_.on_down(refused, now);
    return spdlog::warn("[local] {} {}: {}{}; trying again in {} s", what, config_.local.url.text(), reason,
                        advice(reason), whole_seconds(wait));
  }
  CloudSession& session = sessions_[static_cast<std::size_t>(link.account)];
  const Duration wait = session.on_down(refused, now);
  spdlog::warn("[cloud {}] {} {}: {}{}; trying again in {} s", session.account().id, what, session.account().url.text(),
               reason, advice(reason), whole_seconds(wait));
  for (const std::size_t station : session.stations()) {
    stations_[station].session_down();
    serve(station, now);
  }
}

void Gateway::on(const StopRequested& stop, TimePoint) {
  stop_signal_ = stop.signal;
}

TimePoint Gateway::tick(TimePoint now) {
  local_.tick(now);
  TimePoint next = local_.next_action();
  for (CloudSession& session : sessions_) {
    session.tick(now);
    next = std::min(next, session.next_action());
  }
  while (!due_.empty() && due_.top().at <= now) {
    const Due due = due_.top();
    due_.pop();
    if (served_at_[due.station] == due.at) serve(due.station, now);
  }
  return due_.empty() ? next : std::min(next, due_.top().at);
}

void Gateway::serve(std::size_t index, TimePoint now) {
  Station& station = stations_[index];
  if (station.tick(now)) {
    spdlog::warn("[{}] offline: {} reads in a row were not answered; asking once a minute", station.config().id,
                 Station::kMissesUntilOffline);
    local_.publish_availability(index);
  }
  if (const auto request = station.next_request(now)) {
    if (!sessions_[session_of_[index]].send(request_topics_[index], *request)) {
      spdlog::debug("[{}] request not sent: the connection is down", station.config().id);
    }
  }
  const TimePoint next = station.next_action();
  if (next == served_at_[index] && next > now) return;
  served_at_[index] = next;
  if (next != TimePoint::max()) due_.push({next, index});
}

void Gateway::stop() {
  local_.stop();
  for (CloudSession& session : sessions_) session.disconnect();
}

bool Gateway::round_complete() const {
  return local_.connected() && std::ranges::all_of(stations_, &Station::went_round);
}

void Gateway::log_summary() const {
  for (const Station& station : stations_) {
    const Counters& counters = station.counters();
    spdlog::info("[{}] {} requests, {} answers, {} pushes, {} exceptions, {} time-outs", station.config().id,
                 counters.requests, counters.answers, counters.pushes, counters.exceptions, counters.timeouts);
    for (std::size_t kind = 0; kind < kDropKinds; ++kind) {
      if (counters.dropped[kind] == 0) continue;
      spdlog::info("[{}] {} dropped: {}", station.config().id, counters.dropped[kind],
                   describe(static_cast<Drop>(kind)));
    }
  }
  using Milliseconds = std::chrono::duration<double, std::milli>;
  spdlog::info("[local] {} messages published; frame to publish {:.3f} ms (p50), {:.3f} ms (p99) over {} frames",
               local_.published(), Milliseconds(latency_.percentile(0.5)).count(),
               Milliseconds(latency_.percentile(0.99)).count(), latency_.count());
}

}  // namespace bluetti::gateway
