// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "gateway/base/clock.h"
#include "gateway/base/event_queue.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/config/config.h"
#include "gateway/config/config_changes.h"
#include "gateway/config/readable_files.h"
#include "gateway/daemon/gateway.h"
#include "gateway/daemon/installation.h"
#include "gateway/daemon/memory.h"
#include "gateway/daemon/one_round.h"
#include "gateway/daemon/restart_limit.h"
#include "gateway/daemon/signals.h"
#include "gateway/daemon/vitals.h"
#include "gateway/local/supervised_client.h"
#include "gateway/mqtt/mosquitto_client.h"
#include "gateway/mqtt/openssl_settings.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/observe/log.h"
#include "gateway/sign_in/sign_in_access.h"
#include "gateway/state/state_file.h"
#include "gateway/transport/certificate_access.h"

namespace bluetti::gateway::cli {
namespace {

// What the files say.
struct Loaded {
  std::shared_ptr<const schemas::Catalog> catalog;
  std::shared_ptr<const Config> config;
};

// Forgets what a running gateway has no use for, since there may be many stations: where a setting stands, which is for
// `check`; of a station's settings those that it has from elsewhere, where a change is told once for all; and the
// wishes for a model that is known.
void forget_details(Config& config) {
  const auto place = [](const Setting& setting) { return std::pair(setting.where.line, setting.where.column); };
  const auto is_of_station = [](const Setting& setting) { return setting.name.starts_with("station."); };
  std::set<std::pair<std::uint32_t, std::uint32_t>> elsewhere;
  for (const Setting& setting : config.settings) {
    if (setting.where.line != 0 && !is_of_station(setting)) elsewhere.insert(place(setting));
  }
  std::erase_if(config.settings,
                [&](const Setting& setting) { return is_of_station(setting) && elsewhere.contains(place(setting)); });
  for (Setting& setting : config.settings) setting.where = {};
  config.settings.shrink_to_fit();
  for (StationConfig& station : config.stations) {
    if (station.model != nullptr && !station.automatic) station.wishes = {};
  }
}

// Schemas that are refused are told, and the rest is taken; a configuration with any error is not taken.
std::variant<Loaded, std::vector<schemas::Problem>> load(const std::filesystem::path& file) {
  const Environment environment = Environment::of_process();
  auto catalog = std::make_shared<schemas::Catalog>(schemas::Catalog::load(schema_folders_of(file, environment)));
  ConfigResult result = load_config(file, environment, *catalog);
  if (auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) return std::move(*problems);
  Config& config = std::get<Config>(result);
  forget_details(config);
  return Loaded{std::move(catalog), std::make_shared<Config>(std::move(config))};
}

void tell_warnings(const Loaded& loaded) {
  for (const schemas::Problem& problem : loaded.catalog->problems()) spdlog::warn("schema refused: {}", problem.text());
  for (const schemas::Problem& problem : loaded.config->warnings) spdlog::warn("{}", problem.text());
  for (const std::string& message : readable_keys(*loaded.config)) spdlog::warn("{}", message);
}

// How an account gets into the cloud. Made before the gateway is, for a certificate may not open.
using AccessMaker = std::function<std::unique_ptr<AccessSource>(Link, const EventSink&)>;
using AccessMakers = std::map<std::string, AccessMaker, std::less<>>;  // by account

std::optional<AccessMaker> make_access_maker(const AccountConfig& account) {
  if (account.sign_in) {
    return [account](Link link, const EventSink& sink) { return std::make_unique<SignInAccess>(link, account, sink); };
  }
  auto loaded = load_identity_of(account);
  if (const auto* problem = std::get_if<std::string>(&loaded)) {
    spdlog::error("[cloud {}] {}", account.id, *problem);
    return std::nullopt;
  }
  return [account, identity = std::get<SharedIdentity>(loaded)](Link link, const EventSink& sink) {
    return make_certificate_access(account, link, sink, identity);
  };
}

void warn_of_unchecked_server(const AccountConfig& account) {
  if (!account.url.tls || account.tls.verify != Verify::none) return;
  spdlog::warn(
      "[cloud {}] verify = \"none\": whoever answers at {} is believed to be the broker; \"pinned\" or `ca` "
      "keep others out",
      account.id, account.url.text());
}

// Every account whose certificate cannot be had is told; then the result is empty. `known`: accounts that need nothing
// new.
std::optional<AccessMakers> make_access_makers(const Config& config, const AccessMakers& known) {
  AccessMakers makers;
  bool good = true;
  for (const AccountConfig& account : config.accounts) {
    if (const auto same = known.find(account.id); same != known.end()) {
      makers.insert(*same);
      continue;
    }
    warn_of_unchecked_server(account);
    auto maker = make_access_maker(account);
    good = good && maker;
    if (maker) makers.emplace(account.id, *std::move(maker));
  }
  if (!good) return std::nullopt;
  return makers;
}

// All that a life of the gateway begins with.
struct Start {
  Loaded loaded;
  AccessMakers access;
};

constexpr std::chrono::seconds kTidyAfter{30};  // a start or a reload, with all the work that they bring
constexpr std::chrono::hours kTidyEvery{1};

// What outlives a life of the gateway.
struct Process {
  const RunOptions& options;
  Signals signals;
  RestartLimit restarts;
  State state;  // what the last life left, where no file keeps it: the log-ins of the last hour still count
};

// One life of the gateway, from its start to its end or its restart.
class Life {
 public:
  Life(Start start, Process& process)
      : loaded_(std::move(start.loaded)),
        access_(std::move(start.access)),
        process_(process),
        options_(process.options) {}

  int run();
  // What the next life begins with; nothing: there is none.
  std::optional<Start> take_next() { return std::exchange(next_, std::nullopt); }

 private:
  int loop(Gateway& gateway, Vitals& vitals, StateFile& file);
  void reload(Gateway& gateway, TimePoint now);
  bool restart();
  [[nodiscard]] bool restart_due(Gateway& gateway, TimePoint now);
  // A configuration that can be used, or what is wrong with it is told.
  [[nodiscard]] std::optional<Loaded> load_good() const;
  std::shared_ptr<capture::Recorder> make_recorder() const;

  Loaded loaded_;
  AccessMakers access_;
  Process& process_;
  const RunOptions& options_;
  std::optional<Start> next_;
  EventQueue queue_;
  const EventSink sink_ = [this](Event event) { queue_.push(std::move(event)); };
  const SteadyClock clock_;
  TimePoint tidy_at_ = TimePoint::max();
};

std::optional<Loaded> Life::load_good() const {
  auto result = load(options_.config);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    tell_problems(*problems);
    return std::nullopt;
  }
  tell_warnings(std::get<Loaded>(result));
  return std::move(std::get<Loaded>(result));
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
  tell_changes(changes);
  access_ = *std::move(access);
  loaded_ = *loaded;
  gateway.reload(loaded_.config, loaded_.catalog, now);
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
  RestartLimit& restarts = process_.restarts;
  if (gateway.commands().take_restart_request()) {
    const bool is_known = restarts.waits();
    const std::chrono::seconds wait = restarts.ask(now);
    if (wait.count() > 0 && !is_known) spdlog::warn("restarting in {} s: at most one restart a minute", wait.count());
  }
  return restarts.take(now);
}

// Runs until a signal or a restart, or with `once` until every station has been read.
int Life::loop(Gateway& gateway, Vitals& vitals, StateFile& file) {
  std::vector<Event> events;
  const TimePoint round_ends = clock_.now() + longest_round(*loaded_.config);
  TimePoint next = gateway.tick(clock_.now());
  next = std::min(next, file.turn(gateway.state(), clock_.now()));
  tidy_at_ = clock_.now() + kTidyAfter;
  vitals.ready();
  while (gateway.commands().stop_signal() == 0) {
    queue_.pop_until(std::min({next, process_.restarts.next(), vitals.turn(gateway, clock_.now())}), events);
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
      give_back_memory();
    }
    if (restart_due(gateway, clock_.now())) {
      if (restart()) return kDone;
      process_.restarts.not_done();
    }
    if (!options_.once) continue;
    if (gateway.any_link_failed()) return kUnreachable;
    if (gateway.round_complete() || clock_.now() >= round_ends) return report_round(gateway) ? kDone : kFailed;
    next = std::min(next, round_ends);
  }
  vitals.stopping();
  spdlog::info("stopping: signal {}", gateway.commands().stop_signal());
  return options_.once ? 128 + gateway.commands().stop_signal() : kDone;
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

int Life::run() {
  StateFile file(loaded_.config->state_file, [this](std::string reason) { sink_(StateNotSaved{std::move(reason)}); });
  StateFile::Loaded known = file.load(installation_of(*loaded_.config));
  for (const std::string& message : known.messages) spdlog::warn("{}", message);
  const bool is_blank = known.state.accounts.empty() && known.state.stations.empty();
  if (is_blank && !process_.state.installation.empty()) known.state = process_.state;
  const SignalsTo signals(process_.signals, sink_);
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
                        .recorder = make_recorder()};
  Gateway gateway(loaded_.config, loaded_.catalog, outside, std::move(known.state), clock_, std::random_device{}());
  Vitals vitals(options_.once ? std::filesystem::path() : loaded_.config->health_file,
                Environment::of_process().variable, clock_.now());
  const int code = loop(gateway, vitals, file);
  gateway.stop();
  gateway.log_summary();
  gateway.troubles().dropped(queue_.dropped(), TimePoint::max());
  process_.state = gateway.state();
  file.save(gateway.state());
  file.flush();
  return code;
}

}  // namespace

int run(const RunOptions& options) {
  prepare_openssl();
  auto result = load(options.config);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    print_problems(*problems);
    return kUsage;
  }
  Loaded& loaded = std::get<Loaded>(result);
  start_logging(loaded.config->log, options.log_level);
  tell_warnings(loaded);
  auto access = make_access_makers(*loaded.config, {});
  if (!access) return kUsage;
  std::optional<Start> next = Start{std::move(loaded), *std::move(access)};
  Process process{.options = options, .signals = {}, .restarts = {}, .state = {}};
  int code = kDone;
  while (next) {
    const Config& config = *next->loaded.config;
    spdlog::info("bluetti-gateway {}: {} station{}, {} account{}", GATEWAY_VERSION, config.stations.size(),
                 config.stations.size() == 1 ? "" : "s", config.accounts.size(),
                 config.accounts.size() == 1 ? "" : "s");
    Life life(*std::move(next), process);
    code = life.run();
    next = life.take_next();
    if (process.signals.stop_requested()) break;
    if (next) change_logging(next->loaded.config->log, options.log_level);
  }
  return code;
}

}  // namespace bluetti::gateway::cli
