// SPDX-License-Identifier: MIT
#include "gateway/daemon/daemon.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>
#include <utility>

#include "gateway/base/clock.h"
#include "gateway/base/event_queue.h"
#include "gateway/config/config_changes.h"
#include "gateway/daemon/gateway.h"
#include "gateway/daemon/installation.h"
#include "gateway/daemon/memory.h"
#include "gateway/daemon/one_round.h"
#include "gateway/daemon/page_feed.h"
#include "gateway/daemon/vitals.h"
#include "gateway/local/supervised_client.h"
#include "gateway/mqtt/mosquitto_client.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/observe/log.h"
#include "gateway/state/state_file.h"
#include "gateway/transport/lan_sockets.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kTidyAfter{30};  // a start or a reload, with all the work that they bring
constexpr std::chrono::hours kTidyEvery{1};

// One life of the gateway, from its start to its end or its restart.
class Life {
 public:
  Life(Start start, const DaemonOptions& options, KeptOverRestarts& kept)
      : loaded_(std::move(start.loaded)), access_(std::move(start.access)), options_(options), kept_(kept) {}

  Ending run();
  // What the next life begins with; nothing: there is none.
  std::optional<Start> take_next() { return std::exchange(next_, std::nullopt); }

 private:
  Ending loop(Gateway& gateway, Vitals& vitals, StateFile& file);
  void reload(Gateway& gateway, TimePoint now);
  bool restart();
  [[nodiscard]] bool restart_due(Gateway& gateway, TimePoint now);
  // A configuration that can be used, or what is wrong with it is told.
  [[nodiscard]] std::optional<Loaded> load_good() const;
  std::shared_ptr<capture::Recorder> make_recorder() const;
  std::unique_ptr<LanSocket> make_lan(LanLink link, const LanEndpoint& to);
  void use_sinks(const std::vector<SinkConfig>& before, const std::vector<SinkConfig>& after) const;

  Loaded loaded_;
  AccessMakers access_;
  const DaemonOptions& options_;
  KeptOverRestarts& kept_;
  std::optional<Start> next_;
  std::optional<LanSockets> lan_;  // from the first station on the local network on
  EventQueue queue_;
  const EventSink sink_ = [this](Event event) { queue_.push(std::move(event)); };
  const SteadyClock clock_;
  const std::shared_ptr<Sinks> sinks_ = std::make_shared<Sinks>();
  PageFeed page_{sink_, clock_};
  TimePoint tidy_at_ = TimePoint::max();
};

std::optional<Loaded> Life::load_good() const {
  auto result = load_files(options_.config);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    for (const schemas::Problem& problem : *problems) spdlog::error("{}", problem.text());
    return std::nullopt;
  }
  log_warnings(std::get<Loaded>(result));
  return std::move(std::get<Loaded>(result));
}

void log_changes(const ConfigChanges& changes) {
  if (changes.lines.empty()) spdlog::info("the configuration is the same; schemas were reloaded");
  for (const std::string& line : changes.lines) spdlog::info("changed: {}", line);
  if (changes.local) spdlog::info("[local] settings of the connection changed: reconnecting");
  for (const std::string& id : changes.accounts) {
    spdlog::info("[cloud {}] settings of the account changed: its session is restarted, or ends", id);
  }
  for (const std::string& name : changes.at_restart)
    spdlog::warn("{} holds from the next start on: restart for it", name);
}

void refuse_reload() {
  spdlog::error("the configuration has errors: going on with the one before");
}

// A configuration that cannot be taken leaves everything as it is.
void Life::reload(Gateway& gateway, TimePoint now) {
  const std::optional<Loaded> loaded = load_good();
  if (!loaded) return refuse_reload();
  const ConfigChanges changes = changes_between(*loaded_.config, *loaded->config);
  AccessMakers unchanged = access_;
  std::erase_if(unchanged, [&](const auto& maker) { return changes.accounts.contains(maker.first); });
  std::optional<AccessMakers> access = make_access_makers(*loaded->config, unchanged);
  if (!access) return refuse_reload();
  change_logging(loaded->config->log, options_.log_level);
  log_changes(changes);
  access_ = *std::move(access);
  use_sinks(loaded_.config->sinks, loaded->config->sinks);
  loaded_ = *loaded;
  gateway.reload(loaded_.config, loaded_.catalog, now);
  page_.reconfigure(*loaded_.config, changes.http);
}

// False: what would be next cannot be used, and this life goes on.
bool Life::restart() {
  std::optional<Loaded> loaded = load_good();
  auto access = loaded ? make_access_makers(*loaded->config, {}) : std::nullopt;
  if (access) next_ = Start{*std::move(loaded), *std::move(access)};
  if (!next_) spdlog::error("not restarted, for the configuration has errors: going on with the one before");
  return next_.has_value();
}

// Announces a wish that has to wait, once.
bool Life::restart_due(Gateway& gateway, TimePoint now) {
  RestartLimit& restarts = kept_.restarts;
  if (gateway.commands().take_restart_request()) {
    const bool is_known = restarts.waits();
    const std::chrono::seconds wait = restarts.ask(now);
    if (wait.count() > 0 && !is_known) spdlog::warn("restarting in {} s: at most one restart a minute", wait.count());
  }
  return restarts.take(now);
}

// Runs until a signal or a restart, or with `once` until every station has been read.
Ending Life::loop(Gateway& gateway, Vitals& vitals, StateFile& file) {
  std::vector<Event> events;
  const TimePoint round_ends = clock_.now() + longest_round(*loaded_.config);
  TimePoint next = gateway.tick(clock_.now());
  next = std::min(next, file.turn(gateway.state(), clock_.now()));
  tidy_at_ = clock_.now() + kTidyAfter;
  vitals.ready();
  while (gateway.commands().stop_signal() == 0) {
    const TimePoint vital = vitals.turn(gateway, clock_.now());
    const TimePoint seen = page_.turn(gateway, vitals.health(), clock_.now());
    queue_.pop_until(std::min({next, kept_.restarts.next(), vital, seen}), events);
    if (lan_) lan_->collect(events);
    for (const Event& event : events) gateway.handle(event, clock_.now());
    if (gateway.commands().take_reload_request()) {
      vitals.reloading(clock_.now());
      reload(gateway, clock_.now());
      tidy_at_ = clock_.now() + kTidyAfter;
      vitals.ready();
    }
    next = gateway.tick(clock_.now());
    next = std::min(next, file.turn(gateway.state(), clock_.now()));
    gateway.troubles().dropped(queue_.dropped(), clock_.now());
    tick_log();
    if (clock_.now() >= tidy_at_) {
      tidy_at_ = clock_.now() + kTidyEvery;
      gateway.tidy();
      give_back_memory();
    }
    if (restart_due(gateway, clock_.now())) {
      if (restart()) return Ending::done;
      kept_.restarts.not_done();
    }
    if (!options_.once) continue;
    if (gateway.any_link_failed()) return Ending::unreachable;
    if (gateway.round_complete() || clock_.now() >= round_ends)
      return report_round(gateway) ? Ending::done : Ending::incomplete;
    next = std::min(next, round_ends);
  }
  vitals.stopping();
  spdlog::info("stopping: signal {}", gateway.commands().stop_signal());
  return options_.once ? Ending::interrupted : Ending::done;
}

std::unique_ptr<MqttClient> make_local_client(Link link, const LocalConfig& local, const ConnectionOptions& how,
                                              const EventSink& sink) {
  if (!local.supervisor) return make_mosquitto_client(link, how, sink);
  const auto make = [link, sink, client_id = how.client_id](ConnectionOptions named) {
    named.client_id = client_id;
    return make_mosquitto_client(link, std::move(named), sink);
  };
  return make_supervised_client(local, ask_supervisor, make, sink, link);
}

// Nothing if none is wished for, or if its file cannot be written, which is told.
std::shared_ptr<capture::Recorder> Life::make_recorder() const {
  const Config& config = *loaded_.config;
  if (config.record.file.empty()) return nullptr;
  auto opened = capture::Recorder::open(config.record, loaded_.catalog, clock_.now());
  if (const auto* problem = std::get_if<std::string>(&opened)) {
    spdlog::error("{}", *problem);
    return nullptr;
  }
  std::shared_ptr<capture::Recorder> recorder = std::move(std::get<std::unique_ptr<capture::Recorder>>(opened));
  for (const StationConfig& station : config.stations) recorder->know(station.serial);
  spdlog::info("recording what passes to and from the cloud, without names, to {}", config.record.file.string());
  return recorder;
}

std::unique_ptr<LanSocket> Life::make_lan(LanLink link, const LanEndpoint& to) {
  if (!lan_) queue_.also_wait_for(lan_.emplace().descriptor());
  return lan_->make(link, to.host, to.port);
}

// Those that stay as they are go on without a gap.
void Life::use_sinks(const std::vector<SinkConfig>& before, const std::vector<SinkConfig>& after) const {
  const auto is_in = [](const std::vector<SinkConfig>& sinks, const SinkConfig& one) {
    return std::ranges::find(sinks, one) != sinks.end();
  };
  for (const SinkConfig& config : before) {
    if (!is_in(after, config)) sinks_->remove(config.file.string());
  }
  for (const SinkConfig& config : after) {
    if (is_in(before, config)) continue;
    sinks_->add(config.file.string(),
                jsonl_sink({.file = config.file, .most_bytes = config.most_bytes, .files = config.files}),
                {.capacity = config.queue, .drop = config.drops_newest ? DropPolicy::newest : DropPolicy::oldest});
    spdlog::info("every change is also written to {}", config.file.string());
  }
}

Ending Life::run() {
  StateFile file(loaded_.config->state_file, [this](std::string reason) { sink_(StateNotSaved{std::move(reason)}); });
  StateFile::Loaded known = file.load(installation_of(*loaded_.config));
  for (const std::string& message : known.messages) spdlog::warn("{}", message);
  const bool is_blank = known.state.accounts.empty() && known.state.stations.empty();
  if (is_blank && !kept_.state.installation.empty()) known.state = kept_.state;
  const SignalsTo signals(kept_.signals, sink_);
  const Outside outside{.make_client =
                            [this](Link link, const ConnectionOptions& how) {
                              if (!link.is_local()) return make_paho_client(link, how, sink_);
                              return make_local_client(link, loaded_.config->local, how, sink_);
                            },
                        .make_access =
                            [this](Link link) {
                              const AccountConfig& account =
                                  loaded_.config->accounts[static_cast<std::size_t>(link.account)];
                              return access_.at(account.id)(link, sink_);
                            },
                        .remember = [&file](const State&) { file.changed(); },
                        .recorder = make_recorder(),
                        .make_lan = [this](LanLink link, const LanEndpoint& to) { return make_lan(link, to); },
                        .sinks = sinks_};
  use_sinks({}, loaded_.config->sinks);
  Gateway gateway(loaded_.config, loaded_.catalog, outside, std::move(known.state), clock_, std::random_device{}());
  Vitals vitals(options_.once ? std::filesystem::path() : loaded_.config->health_file,
                Environment::of_process().variable, clock_.now());
  if (!options_.once) page_.serve(*loaded_.config);
  const Ending ending = loop(gateway, vitals, file);
  gateway.stop();
  gateway.log_summary();
  gateway.troubles().dropped(queue_.dropped(), TimePoint::max());
  kept_.state = gateway.state();
  file.save(gateway.state());
  file.flush();
  return ending;
}

}  // namespace

Ending Daemon::run(Start start) {
  std::optional<Start> next = std::move(start);
  Ending ending = options_.once && kept_.signals.stop_requested() ? Ending::interrupted : Ending::done;
  while (next && !kept_.signals.stop_requested()) {
    const Config& config = *next->loaded.config;
    spdlog::info("bluetti-gateway {}: {} station{}, {} account{}", GATEWAY_VERSION, config.stations.size(),
                 config.stations.size() == 1 ? "" : "s", config.accounts.size(),
                 config.accounts.size() == 1 ? "" : "s");
    Life life(*std::move(next), options_, kept_);
    ending = life.run();
    next = life.take_next();
    if (next) change_logging(next->loaded.config->log, options_.log_level);
  }
  return ending;
}

}  // namespace bluetti::gateway
