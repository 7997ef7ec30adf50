// SPDX-License-Identifier: MIT
#include "gateway/daemon/gateway.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "gateway/local/local_connection.h"
#include "gateway/observe/log.h"
#include "protocol/cloud_topics.h"
#include "protocol/envelope.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::minutes kTellBridge{1};

std::optional<Shards> shards_of(const Config& config) {
  return config.shard.is_one_of_several() ? std::optional<Shards>(config.shard) : std::nullopt;
}

}  // namespace

Gateway::Gateway(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, Outside outside,
                 State state, const Clock& clock, std::uint64_t seed)
    : config_(std::move(config)),
      catalog_(std::move(catalog)),
      outside_(std::move(outside)),
      state_(std::move(state)),
      decoders_(*catalog_),
      clock_(clock),
      stations_(make_stations()),
      seed_(seed),
      local_(config_, outside_.make_client(kLocal, local_connection(config_->local)), stations_,
             {state_.installation, &state_.stations}, seed),
      requests_(*catalog_),
      news_(config_->accounts.size()) {
  for (std::size_t index = 0; index < config_->accounts.size(); ++index) {
    links_.push_back({static_cast<int>(index)});
    sessions_.push_back(make_session(index, links_.back()));
  }
  shards_ = shards_of(*config_);
  ours_.resize(stations_.size());
  outside_.remember(state_);
  wire_stations({});
}

CloudSession Gateway::make_session(std::size_t index, Link link) {
  const AccountConfig& account = config_->accounts[index];
  (void)known_account(state_, account.id);
  const auto make_client = [this, link](const ConnectionOptions& options) {
    return outside_.make_client(link, options);
  };
  return {account, outside_.make_access(link), make_client, seed_ + index + 1};
}

std::optional<std::size_t> Gateway::account_at(Link link) const {
  const auto found = std::ranges::find(links_, link);
  if (found == links_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - links_.begin());
}

void Gateway::renew_sessions(const ConfigChanges& changes, TimePoint now) {
  auto earlier = std::exchange(sessions_, {});
  const auto earlier_links = std::exchange(links_, {});
  const auto earlier_news = std::exchange(news_, {});
  std::vector<bool> kept(earlier.size());
  for (std::size_t index = 0; index < config_->accounts.size(); ++index) {
    const std::string& id = config_->accounts[index].id;
    const auto same = std::ranges::find(earlier, id, [](const auto& session) { return session.account().id; });
    const auto place = static_cast<std::size_t>(same - earlier.begin());
    if (same != earlier.end() && !changes.accounts.contains(id)) {
      kept[place] = true;
      links_.push_back(earlier_links[place]);
      news_.push_back(earlier_news[place]);
      sessions_.push_back(std::move(*same));
      continue;
    }
    links_.push_back({static_cast<int>(index), ++generation_});
    news_.emplace_back();
    sessions_.push_back(make_session(index, links_.back()));
    if (same != earlier.end()) sessions_.back().replace(*same, now);
  }
  for (std::size_t place = 0; place < earlier.size(); ++place) {
    if (!kept[place]) earlier[place].disconnect();
  }
}

std::vector<Station> Gateway::make_stations() {
  std::vector<Station> stations;
  stations.reserve(config_->stations.size());
  for (const StationConfig& station : config_->stations) {
    stations.emplace_back(station, decoders_, config_->accounts[account_of(station)].answer_timeout);
    const auto known = state_.stations.find(station.serial);
    if (known != state_.stations.end()) stations.back().restore_energies(known->second.counters);
  }
  return stations;
}

void Gateway::keep_energies() {
  bool changed = false;
  for (const Station& station : stations_) {
    changed |= station.keep_energies(state_.stations[station.config().serial].counters);
  }
  if (changed) outside_.remember(state_);
}

std::size_t Gateway::account_of(const StationConfig& station) const {
  const auto account = std::ranges::find(config_->accounts, station.account, &AccountConfig::id);
  return static_cast<std::size_t>(account - config_->accounts.begin());
}

void Gateway::wire_stations(TimePoint now) {
  said_.resize(stations_.size());
  served_at_.assign(stations_.size(), TimePoint::max());
  due_ = {};
  request_topics_.clear();
  station_of_serial_.clear();
  account_of_station_.clear();
  std::vector<std::vector<std::size_t>> stations(sessions_.size());
  std::vector<std::vector<std::string>> topics(sessions_.size());
  for (std::size_t index = 0; index < stations_.size(); ++index) {
    const StationConfig& station = stations_[index].config();
    const std::string_view model = station.cloud_model.empty() ? protocol::kAnyModel : station.cloud_model;
    const protocol::CloudAddress address{model, station.serial};
    request_topics_.push_back(protocol::to_station_topic(address));
    const std::size_t account = account_of_station_.emplace_back(account_of(station));
    if (!is_ours(index)) continue;
    station_of_serial_.emplace(station.serial, index);
    stations[account].push_back(index);
    topics[account].push_back(protocol::from_station_topic(address));
  }
  for (std::size_t session = 0; session < sessions_.size(); ++session) {
    sessions_[session].set_stations(std::move(stations[session]), std::move(topics[session]));
  }
  for (std::size_t index = 0; index < stations_.size(); ++index) {
    if (is_ours(index)) serve(index, now);
  }
}

void Gateway::reload(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog,
                     TimePoint now) {
  keep_energies();
  requests_.cancel_all("the gateway reads its configuration anew");
  answer_requests();
  const ConfigChanges changes = changes_between(*config_, *config);
  std::vector<Station> earlier = std::exchange(stations_, {});
  const std::shared_ptr<const schemas::Catalog> earlier_catalog = std::exchange(catalog_, std::move(catalog));
  config_ = std::move(config);
  decoders_ = DecoderCache(*catalog_);
  requests_.use(*catalog_);
  if (outside_.recorder) outside_.recorder->use(catalog_);
  renew_sessions(changes, now);
  stations_ = make_stations();
  for (Station& station : stations_) {
    const auto same = std::ranges::find_if(
        earlier, [&](const Station& other) { return other.config().serial == station.config().serial; });
    if (same != earlier.end()) station.succeed(*same, now);
  }
  said_.clear();
  if (changes.local) {
    shards_ = shards_of(*config_);
    local_link_ = {kLocal.account, ++generation_};
    local_.reconnect(config_, outside_.make_client(local_link_, local_connection(config_->local)));
  }
  local_.stations_changed(config_, now);
  ours_.assign(stations_.size(), false);
  if (shards_) {
    share_out(now);
  } else {
    std::vector<std::size_t> all(stations_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    begin_asking(all, now);
  }
  wire_stations(now);
  bridge_told_ = TimePoint::min();
  certificates_watched_ = TimePoint::min();
  outside_.remember(state_);
}

void Gateway::handle(const Event& event, TimePoint now) {
  std::visit([&](const auto& kind) { on(kind, now); }, event);
}

void Gateway::on(const MessageArrived& message, TimePoint now) {
  if (message.link.is_local()) {
    if (shards_ && on_shard_message(message, now)) return;
    const auto command = local_.on_message(message.topic, message.payload, message.retained, now);
    return command ? obey(*command, now) : void();
  }
  if (outside_.recorder) {
    outside_.recorder->record(capture::Sender::station, message.topic, message.payload, message.retained, now);
  }
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
  requests_.cancel(index, "the station is of another model than expected");
  StationConfig config = stations_[index].config();
  config.model = &model;
  config.cloud_model = std::move(cloud_model);
  config.poll = resolve_poll(model, *catalog_, config_->stations[index].wishes);
  Station station(config, decoders_, config_->accounts[account_of(config)].answer_timeout);
  station.succeed(stations_[index], now);
  if (session_of(index).connected()) station.session_up(now);
  keep_energies();
  station.restore_energies(state_.stations[config.serial].counters);
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
      if (value.kind != schemas::ValueKind::text || block.decoder->slots()[slot].path != "model") continue;
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
    if (block.answered) answered += fmt::format("{}{}", answered.empty() ? "" : ", ", block.decoder->block().id);
  }
  spdlog::warn("[{}] unknown model {} answers the blocks {}: please report this line, so that the model can be added",
               station.config().id, station.config().cloud_model, answered.empty() ? "(none)" : answered);
}

void Gateway::on_station_message(std::size_t index, const MessageArrived& message, TimePoint now) {
  if (!message.retained && requests_.on_message(index, message.payload, now)) {
    news_[account_of_station_[index]].last_answer = clock_.wall();
    return serve(index, now);
  }
  const Reaction reaction = stations_[index].on_message(message.payload, message.retained, now);
  report(index, reaction);
  publish(index, reaction, now);
  if (!reaction.dropped) news_[account_of_station_[index]].last_answer = clock_.wall();
  // A first round is all stations telling everything at once, once.
  if (!reaction.updates.empty() && stations_[index].went_round()) unflushed_.push_back(message.arrived);
  ask_for_report(index);
  check_own_name(index, reaction, now);
  serve(index, now);
}

// The values come before `online`: who waits for the one finds the other.
void Gateway::publish(std::size_t index, const Reaction& reaction, TimePoint now) {
  for (const Update& update : reaction.updates) local_.publish_update(index, update, now);
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
    const schemas::Block& block = stations_[index].blocks()[*reaction.refused_block].block();
    spdlog::info("[{}] does not have block {} ({}): not asked again in this session", id, block.id, block.title);
  } else if (reaction.exception != 0 && !std::exchange(said_[index].exception, true)) {
    const schemas::Block* block = stations_[index].asked();
    spdlog::warn("[{}] answered block {} with Modbus exception {} ({}); asked again at the next poll (said once)", id,
                 block->id, reaction.exception, protocol::exception_name(reaction.exception));
  }
}

void Gateway::on(const StopRequested& stop, TimePoint) {
  stop_signal_ = stop.signal;
}

void Gateway::on(const ReloadRequested&, TimePoint) {
  reload_requested_ = true;
}

void Gateway::obey(const BridgeCommand& command, TimePoint now) {
  if (!command.read_request.empty()) return on_request(command.read_request, now);
  if (command.restart) {
    spdlog::info("[local] restart asked for");
    restart_requested_ = true;
  }
  if (command.log_level.empty()) return;
  if (!set_log_level(command.log_level)) {
    return spdlog::warn("[local] '{}' is no log level: trace, debug, info, warning and error are", command.log_level);
  }
  spdlog::info("[local] log level {} asked for", command.log_level);
  tell_bridge(now);
}

void Gateway::tell_bridge(TimePoint now) {
  bridge_told_ = now;
  BridgeStatus status{.log_level = log_level(), .requests = config_->local.requests, .accounts = {}};
  for (std::size_t index = 0; index < sessions_.size(); ++index) {
    const CloudSession& session = sessions_[index];
    status.accounts.push_back({.id = session.account().id,
                               .connected = session.connected(),
                               .requests_per_minute = session.requests_per_minute(now),
                               .last_answer = news_[index].last_answer,
                               .certificate_expires = session.certificate_expires(),
                               .problem = news_[index].problem});
  }
  local_.publish_bridge(std::move(status));
}

TimePoint Gateway::tick(TimePoint now) {
  watch_certificates(now);
  if (bridge_told_ == TimePoint::min() || now >= bridge_told_ + kTellBridge) tell_bridge(now);
  if (energies_kept_ == TimePoint::min()) energies_kept_ = now;
  if (now >= energies_kept_ + kKeepEnergies) {
    energies_kept_ = now;
    keep_energies();
  }
  if (shards_ && shards_->tick(now)) share_out(now);
  while (!due_.empty() && due_.top().at <= now) {
    const Due due = due_.top();
    due_.pop();
    if (served_at_[due.station] == due.at) serve(due.station, now);
  }
  local_.tick(now);
  for (const TimePoint arrived : unflushed_) latency_.add(clock_.now() - arrived);
  unflushed_.clear();
  for (CloudSession& session : sessions_) {
    session.tick(now, state_.accounts[session.account().id]);
    ask_in_turn(session, now);
  }
  local_.flush();  // who is asked may turn out to be offline
  if (local_.take_memory_changed()) outside_.remember(state_);
  const TimePoint recorded = outside_.recorder ? outside_.recorder->tick(now) : TimePoint::max();
  return std::min(recorded, next_action(now));
}

TimePoint Gateway::next_action(TimePoint now) const {
  TimePoint next = std::min({local_.next_action(), certificates_watched_ + kWatchCertificates,
                             bridge_told_ + kTellBridge, energies_kept_ + kKeepEnergies});
  if (!due_.empty()) next = std::min(next, due_.top().at);
  if (shards_) next = std::min(next, shards_->next_action());
  for (const CloudSession& session : sessions_) {
    next = std::min({next, session.next_action(), session.next_turn_at(now)});
  }
  return next;
}

void Gateway::serve(std::size_t index, TimePoint now) {
  Station& station = stations_[index];
  if (station.tick(now)) {
    spdlog::warn(
        "[{}] offline: {} reads in a row were not answered; asking once a minute. See that it has power, and that "
        "the vendor's app shows it online",
        station.config().id, Station::kMissesUntilOffline);
    local_.publish_availability(index);
  }
  serve_requests(index, now);
  const bool on_demand = !station.asking() && requests_.wants_to_ask(index, now);
  if (on_demand || station.wants_to_ask(now)) {
    served_at_[index] = TimePoint::max();  // its turn comes by the line, not by the clock
    session_of(index).line_up(index);
    return;
  }
  const TimePoint next =
      station.asking() ? station.next_action() : std::min(station.next_action(), requests_.next_action(index));
  if (next == served_at_[index] && next > now) return;
  served_at_[index] = next;
  if (next != TimePoint::max()) due_.push({next, index});
}

void Gateway::on_request(std::string_view payload, TimePoint now) {
  const std::optional<std::size_t> station = requests_.accept(payload, stations_, now);
  if (station && !session_of(*station).connected()) requests_.cancel(*station, "not connected to the cloud");
  answer_requests();
  if (station) serve(*station, now);
}

void Gateway::serve_requests(std::size_t index, TimePoint now) {
  requests_.tick(index, now);
  stations_[index].hold(requests_.busy(index));
  answer_requests();
}

void Gateway::answer_requests() {
  for (const read::Answer& answer : requests_.take_answers()) local_.answer_request(answer.id, read::to_json(answer));
}

void Gateway::ask_in_turn(CloudSession& session, TimePoint now) {
  while (const auto turn = session.next_turn(now)) {
    const bool on_demand = !stations_[*turn].asking() && requests_.wants_to_ask(*turn, now);
    const auto request = on_demand ? requests_.next_request(*turn, now) : stations_[*turn].next_request(now);
    if (request && outside_.recorder) {
      outside_.recorder->record(capture::Sender::gateway, request_topics_[*turn], *request, false, now);
    }
    if (request && !session.send(request_topics_[*turn], *request, now)) {
      spdlog::debug("[{}] request not sent: the connection is down", stations_[*turn].config().id);
    }
    serve(*turn, now);
  }
}

void Gateway::stop() {
  keep_energies();
  local_.stop();
  for (CloudSession& session : sessions_) session.disconnect();
}

bool Gateway::round_complete() const {
  if (!local_.connected() || !local_.is_settled()) return false;
  for (std::size_t index = 0; index < stations_.size(); ++index) {
    if (is_ours(index) && !stations_[index].went_round()) return false;
  }
  return !shards_ || std::ranges::find(ours_, true) != ours_.end();
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
  spdlog::info("[local] {} messages published", local_.published());
  if (latency_.count() == 0) return;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  spdlog::info("frame to publish, after the first round: {:.3f} ms (p50), {:.3f} ms (p99) over {} frames",
               Milliseconds(latency_.percentile(0.5)).count(), Milliseconds(latency_.percentile(0.99)).count(),
               latency_.count());
}

}  // namespace bluetti::gateway
