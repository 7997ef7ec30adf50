// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <random>

#include "gateway/access_source.h"
#include "gateway/cli/commands.h"
#include "gateway/clock.h"
#include "gateway/config/config.h"
#include "gateway/config/readable_files.h"
#include "gateway/event_queue.h"
#include "gateway/gateway.h"
#include "gateway/health/vitals.h"
#include "gateway/local/supervised_client.h"
#include "gateway/log.h"
#include "gateway/mqtt/openssl_settings.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/signals.h"
#include "gateway/state/state_file.h"

namespace bluetti::gateway::cli {
namespace {

// What the files say.
struct Loaded {
  std::shared_ptr<const schemas::Catalog> catalog;
  std::shared_ptr<const Config> config;
};

// Schemas that are refused are told, and the rest is taken; a configuration with any error is not taken.
std::variant<Loaded, std::vector<schemas::Problem>> load(const std::filesystem::path& file) {
  const Environment environment = Environment::of_process();
  auto catalog = std::make_shared<schemas::Catalog>(schemas::Catalog::load(schema_folders_of(file, environment)));
  ConfigResult result = load_config(file, environment, *catalog);
  if (auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) return std::move(*problems);
  return Loaded{std::move(catalog), std::make_shared<Config>(std::move(std::get<Config>(result)))};
}

void tell_warnings(const Loaded& loaded) {
  for (const schemas::Problem& problem : loaded.catalog->problems()) spdlog::warn("schema refused: {}", problem.text());
  for (const schemas::Problem& problem : loaded.config->warnings) spdlog::warn("{}", problem.text());
  for (const std::string& message : readable_keys(*loaded.config)) spdlog::warn("{}", message);
}

// What differs between two configurations in what is only read at the start.
bool same_connections(const Config& a, const Config& b) {
  const auto same_account = [](const AccountConfig& x, const AccountConfig& y) {
    return x.id == y.id && x.url.text() == y.url.text() && x.certificate == y.certificate && x.username == y.username;
  };
  return a.local.broker() == b.local.broker() && a.local.base == b.local.base &&
         a.local.protocol == b.local.protocol && a.discovery.prefix == b.discovery.prefix &&
         std::ranges::equal(a.accounts, b.accounts, same_account);
}

// A configuration that cannot be taken leaves everything as it is.
void reload(Gateway& gateway, const std::filesystem::path& file, Config& running, TimePoint now) {
  auto result = load(file);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    for (const schemas::Problem& problem : *problems) spdlog::error("{}", problem.text());
    return spdlog::error("the configuration has errors: going on with the one before");
  }
  Loaded& loaded = std::get<Loaded>(result);
  tell_warnings(loaded);
  if (!same_connections(running, *loaded.config)) {
    return spdlog::error("connections changed: restart the gateway for it; going on with the configuration before");
  }
  running = *loaded.config;
  gateway.reload(loaded.config, loaded.catalog, now);
}

struct Ending {
  int code = kDone;
  bool restart = false;
};

// Runs until a signal, or with `once` until every station has been read.
Ending run_loop(Gateway& gateway, EventQueue& queue, Vitals& vitals, const Clock& clock, const RunOptions& options,
                Config running) {
  std::vector<Event> events;
  TimePoint next = gateway.tick(clock.now());
  vitals.ready();
  while (!gateway.stop_requested()) {
    queue.pop_until(std::min(next, vitals.turn(gateway, clock.now())), events);
    for (const Event& event : events) gateway.handle(event, clock.now());
    if (gateway.take_reload_request()) {
      vitals.reloading(clock.now());
      reload(gateway, options.config, running, clock.now());
      vitals.ready();
    }
    next = gateway.tick(clock.now());
    if (gateway.restart_requested()) return {.code = kDone, .restart = true};
    if (!options.once) continue;
    if (gateway.any_link_failed()) return {kUnreachable};
    if (gateway.round_complete()) {
      return {std::ranges::all_of(gateway.stations(), &Station::online) ? kDone : kFailed};
    }
  }
  vitals.stopping();
  spdlog::info("stopping: signal {}", gateway.stop_signal());
  return {options.once ? 128 + gateway.stop_signal() : kDone};
}

std::unique_ptr<MqttClient> make_local_client(const LocalConfig& local, const ConnectionOptions& how,
                                              const EventSink& sink) {
  if (!local.supervisor) return make_paho_client(kLocal, how, sink);
  const auto make = [sink](const ConnectionOptions& named) { return make_paho_client(kLocal, named, sink); };
  return make_supervised_client(local, ask_supervisor, make, sink);
}

// By account; taken out as the sessions are made.
using AccessSources = std::vector<std::unique_ptr<AccessSource>>;

// Every account whose certificate cannot be had is told; then the result is empty.
std::optional<AccessSources> make_access_sources(const Config& config, const EventSink& sink) {
  AccessSources sources;
  bool good = true;
  for (const AccountConfig& account : config.accounts) {
    const Link link{static_cast<int>(sources.size())};
    if (account.url.tls && account.tls.verify == Verify::none) {
      spdlog::warn("[cloud {}] verify = \"none\": whoever answers at {} is believed to be the broker", account.id,
                   account.url.text());
    }
    AccessSourceResult made = make_access(account, link, sink);
    if (const auto* problem = std::get_if<std::string>(&made)) {
      spdlog::error("[cloud {}] {}", account.id, *problem);
      good = false;
    }
    sources.push_back(good ? std::move(std::get<std::unique_ptr<AccessSource>>(made)) : nullptr);
  }
  if (!good) return std::nullopt;
  return sources;
}

// Nothing if none is wished for, or if its file cannot be written, which is told.
std::shared_ptr<capture::Recorder> make_recorder(const Loaded& loaded, TimePoint start) {
  const Config& config = *loaded.config;
  if (config.record.file.empty()) return nullptr;
  auto opened = capture::Recorder::open(config.record, loaded.catalog, start);
  if (const auto* problem = std::get_if<std::string>(&opened)) {
    spdlog::error("{}", *problem);
    return nullptr;
  }
  std::shared_ptr<capture::Recorder> recorder = std::move(std::get<std::unique_ptr<capture::Recorder>>(opened));
  for (const StationConfig& station : config.stations) recorder->know(station.serial);
  spdlog::info("recording what passes to and from the cloud, without names, to {}", config.record.file.string());
  return recorder;
}

// One life of the gateway, from its start to its end or its restart.
Ending run_with(const Loaded& loaded, const RunOptions& options) {
  const Config& config = *loaded.config;
  EventQueue queue;
  const EventSink sink = [&queue](Event event) { queue.push(std::move(event)); };
  std::optional<AccessSources> sources = make_access_sources(config, sink);
  if (!sources) return {kUsage};
  StateFile file(config.state_file, [&sink](std::string reason) { sink(StateNotSaved{std::move(reason)}); });
  StateFile::Loaded known = file.load();
  for (const std::string& message : known.messages) spdlog::warn("{}", message);
  const Signals signals(sink);
  const SteadyClock clock;
  const Outside outside{
      .make_client =
          [&sink, &config](Link link, const ConnectionOptions& how) {
            return link.is_local() ? make_local_client(config.local, how, sink) : make_paho_client(link, how, sink);
          },
      .make_access = [&sources](Link link) { return std::move((*sources)[static_cast<std::size_t>(link.account)]); },
      .remember = [&file](const State& state) { file.save(state); },
      .recorder = make_recorder(loaded, clock.now())};
  Gateway gateway(loaded.config, loaded.catalog, outside, std::move(known.state), clock, std::random_device{}());
  Vitals vitals(options.once ? std::filesystem::path() : config.health_file, Environment::of_process().variable,
                clock.now());
  const Ending ending = run_loop(gateway, queue, vitals, clock, options, config);
  gateway.stop();
  gateway.log_summary();
  if (queue.dropped() > 0)
    spdlog::warn("{} messages came faster than they could be handled and were dropped", queue.dropped());
  return ending;
}

}  // namespace

int run(const RunOptions& options) {
  prepare_openssl();
  while (true) {
    const auto result = load(options.config);
    if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
      for (const schemas::Problem& problem : *problems) std::cerr << problem.text() << '\n';
      return kUsage;
    }
    const Loaded& loaded = std::get<Loaded>(result);
    const Config& config = *loaded.config;
    start_logging(config.log, options.log_level ? &*options.log_level : nullptr);
    spdlog::info("bluetti-gateway {}: {} station{}, {} account{}", GATEWAY_VERSION, config.stations.size(),
                 config.stations.size() == 1 ? "" : "s", config.accounts.size(),
                 config.accounts.size() == 1 ? "" : "s");
    tell_warnings(loaded);
    const Ending ending = run_with(loaded, options);
    if (!ending.restart) return ending.code;
  }
}

}  // namespace bluetti::gateway::cli
