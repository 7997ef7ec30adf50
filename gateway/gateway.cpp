// SPDX-License-Identifier: MIT
#include "gateway/gateway.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gateway/log.h"
#include "protocol/cloud_topics.h"
#include "protocol/envelope.h"

namespace bluetti::gateway {
namespace {

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

Gateway::Gateway(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog,
                 const ClientFactory& make_client, const Clock& clock, std::uint64_t seed)
    : config_(std::move(config)),
      catalog_(std::move(catalog)),
      clock_(clock),
      stations_(make_stations()),
      local_(config_->local, config_->discovery, make_client(kLocal), stations_, seed) {
  for (std::size_t index = 0; index < config_->accounts.size(); ++index) {
    sessions_.emplace_back(config_->accounts[index], make_client(Link{static_cast<int>(index)}), seed + index + 1);
  }
  wire_stations({});
}

std::vector<Station> Gateway::make_stations() const {
  std::vector<Station> stations;
  stations.reserve(config_->stations.size());
  for (const StationConfig& station : config_->stations) {
    stations.emplace_back(station, *catalog_, config_->accounts[session_of(station)].answer_timeout);
  }
  return stations;
}

std::size_t Gateway::session_of(const StationConfig& station) const {
  const auto account = std::ranges::find(config_->accounts, station.account, &AccountConfig::id);
  return static_cast<std::size_t>(account - config_->accounts.begin());
}

void Gateway::wire_stations(TimePoint now) {
  said_.resize(stations_.size());
  served_at_.assign(stations_.size(), TimePoint::max());
  due_ = {};
  request_topics_.clear();
  station_of_serial_.clear();
  std::vector<std::vector<std::size_t>> stations(sessions_.size());
  std::vector<std::vector<std::string>> topics(sessions_.size());
  for (std::size_t index = 0; index < stations_.size(); ++index) {
    const StationConfig& station = stations_[index].config();
    const std::string_view model = station.cloud_model.empty() ? protocol::kAnyModel : station.cloud_model;
    const protocol::CloudAddress address{model, station.serial};
    request_topics_.push_back(protocol::to_station_topic(address));
    station_of_serial_.emplace(station.serial, index);
    stations[session_of(station)].push_back(index);
    topics[session_of(station)].push_back(protocol::from_station_topic(address));
  }
  for (std::size_t session = 0; session < sessions_.size(); ++session) {
    sessions_[session].set_stations(std::move(stations[session]), std::move(topics[session]));
  }
  for (std::size_t index = 0; index < stations_.size(); ++index) serve(index, now);
}

void Gateway::reload(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog,
                     TimePoint now) {
  std::vector<Station> earlier = std::exchange(stations_, {});
  const std::shared_ptr<const schemas::Catalog> earlier_catalog = std::exchange(catalog_, std::move(catalog));
  config_ = std::move(config);
  stations_ = make_stations();
  for (Station& station : stations_) {
    const auto same = std::ranges::find_if(
        earlier, [&](const Station& other) { return other.config().serial == station.config().serial; });
    if (same != earlier.end()) {
      station.succeed(*same, now);
    } else if (sessions_[session_of(station.config())].connected()) {
      station.session_up(now);
    }
  }
  said_.clear();
  local_.stations_changed(now);
  wire_stations(now);
  spdlog::info("configuration and schemas read anew: {} stations", stations_.size());
}

void Gateway::handle(const Event& event, TimePoint now) {
  std::visit([&](const auto& kind) { on(kind, now); }, event);
}

void Gateway::on(const MessageArrived& message, TimePoint now) {
  if (message.link.is_local()) return local_.on_message(message.topic, message.payload, message.retained, now);
  const auto address = protocol::parse_from_station_topic(message.topic);
  const auto found = address ? station_of_serial_.find(address->serial) : station_of_serial_.end();
  if (found == station_of_serial_.end()) return spdlog::debug("[cloud] message on unknown topic {}", message.topic);
  const std::size_t index = found->second;
  if (stations_[index].config().model == nullptr) {
    if (message.retained) return;
    identify(index, address->model, message.payload, now);
  }
  on_station_message(index, message, now);
}

// Its topic names its model. Of one that nobody knows, the envelope tells at least the generation.
void Gateway::identify(std::size_t index, std::string_view cloud_model, std::string_view payload, TimePoint now) {
  const StationConfig& station = stations_[index].config();
  const schemas::Model* model = catalog_->model(cloud_model);
  if (model == nullptr) {
    const auto envelope = protocol::detect(std::as_bytes(std::span(payload)));
    model = catalog_->model(envelope == protocol::Envelope::v1_0 ? "v1" : "v2");
    spdlog::warn("[{}] the model {} is not known: asking for what stations of its generation have", station.id,
                 cloud_model);
  } else {
    spdlog::info("[{}] found out its model: {}", station.id, model->title);
  }
  become(index, *model, std::string(cloud_model), now);
}

void Gateway::become(std::size_t index, const schemas::Model& model, std::string cloud_model, TimePoint now) {
  StationConfig config = stations_[index].config();
  config.model = &model;
  config.cloud_model = std::move(cloud_model);
  config.poll = resolve_poll(model, *catalog_, config.wishes);
  Station station(config, *catalog_, config_->accounts[session_of(config)].answer_timeout);
  station.succeed(stations_[index], now);
  stations_[index] = std::move(station);
  local_.station_changed(index, now);
  wire_stations(now);
}

// What a station calls itself beats what its topic calls it.
void Gateway::check_own_name(std::size_t index, const Reaction& reaction, TimePoint now) {
  if (!stations_[index].config().automatic) return;
  for (const Update& update : reaction.updates) {
    const BlockState& block = stations_[index].blocks()[update.block];
    for (const std::uint32_t slot : update.slots) {
      const schemas::Value& value = block.current.values[slot];
      if (value.kind != schemas::ValueKind::text || block.decoder.slots()[slot].path != "model") continue;
      const std::string name(block.current.text_of(value));
      const schemas::Model* model = catalog_->model(name);
      if (model == nullptr || model == stations_[index].config().model) continue;
      spdlog::info("[{}] calls itself {}", stations_[index].config().id, name);
      return become(index, *model, stations_[index].config().cloud_model, now);
    }
  }
}

// One line that helps to make an unknown model a known one.
void Gateway::ask_for_report(std::size_t index) {
  const Station& station = stations_[index];
  if (!station.config().model->is_abstract || !station.went_round() || std::exchange(said_[index].model, true)) return;
  std::string answered;
  for (const BlockState& block : station.blocks()) {
    if (block.answered) answered += fmt::format("{}{}", answered.empty() ? "" : ", ", block.decoder.block().id);
  }
  spdlog::warn("[{}] unknown model {} answers the blocks {}: please report this line, so that the model can be added",
               station.config().id, station.config().cloud_model, answered.empty() ? "(none)" : answered);
}

void Gateway::on_station_message(std::size_t index, const MessageArrived& message, TimePoint now) {
  const Reaction reaction = stations_[index].on_message(message.payload, message.retained, now);
  report(index, reaction);
  publish(index, reaction);
  if (!reaction.updates.empty()) latency_.add(clock_.now() - message.arrived);
  ask_for_report(index);
  check_own_name(index, reaction, now);
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
    spdlog::info("[local] connected to {}", config_->local.url.text());
    return local_.on_connected(now);
  }
  CloudSession& session = sessions_[static_cast<std::size_t>(connected.link.account)];
  spdlog::info("[cloud {}] connected to {}, {} station{}", session.account().id, session.account().url.text(),
               session.stations().size(), session.stations().size() == 1 ? "" : "s");
  session.on_connected();
  for (const std::size_t station : session.stations()) {
    stations_[station].session_up(now);
    said_[station] = {};
    if (stations_[station].config().model == nullptr) {
      spdlog::info("[{}] waiting for its first message, to find its model out; with `model` given it is asked at once",
                   stations_[station].config().id);
    }
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
    return spdlog::warn("[local] {} {}: {}{}; trying again in {} s", what, config_->local.url.text(), reason,
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

void Gateway::on(const ReloadRequested&, TimePoint) {
  reload_requested_ = true;
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
    if (!sessions_[session_of(station.config())].send(request_topics_[index], *request)) {
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
