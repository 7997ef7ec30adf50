// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <random>

#include "gateway/cli/commands.h"
#include "gateway/clock.h"
#include "gateway/cloud/identity.h"
#include "gateway/config/config.h"
#include "gateway/event_queue.h"
#include "gateway/gateway.h"
#include "gateway/log.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/signals.h"

namespace bluetti::gateway::cli {
namespace {

// FNV-1a, 64 bits: stable over restarts and versions.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  return hash;
}

// The cloud's clients share one broker, so the id must be unique in the world, yet stable; it must not tell the serial.
std::string cloud_client_id(const AccountConfig& account, const Config& config) {
  if (!account.client_id.empty()) return account.client_id;
  std::string identity = account.id;
  for (const StationConfig& station : config.stations) {
    if (station.account == account.id) identity += "/" + station.serial;
  }
  return fmt::format("bluetti-gateway-{:016x}", stable_hash(identity));
}

ConnectionOptions local_connection(const LocalConfig& local) {
  ConnectionOptions options{.url = local.url,
                            .client_id = local.client_id,
                            .username = local.username,
                            .password = local.password,
                            .tls = std::nullopt,
                            .will = LocalPublisher::last_will(local)};
  if (local.url.tls) {
    options.tls = tls_material(local.tls, nullptr);
    options.tls->certificate = local.certificate.string();
    options.tls->private_key = local.key.string();
  }
  return options;
}

ConnectionOptions cloud_connection(const AccountConfig& account, const Config& config,
                                   const protocol::TlsIdentity* identity) {
  ConnectionOptions options{.url = account.url,
                            .client_id = cloud_client_id(account, config),
                            .username = account.username,
                            .password = account.password,
                            .tls = std::nullopt,
                            .will = std::nullopt};
  if (account.url.tls) options.tls = tls_material(account.tls, identity);
  return options;
}

using Identities = std::vector<std::optional<protocol::TlsIdentity>>;  // by account

// The accounts' identities. Every one that cannot be had is told; then the result is empty.
std::optional<Identities> load_identities(const Config& config) {
  Identities identities;
  bool good = true;
  for (const AccountConfig& account : config.accounts) {
    identities.emplace_back();
    if (account.certificate.empty()) continue;
    auto loaded = load_identity(account.certificate, account.certificate_password, account.has_certificate_password);
    if (const auto* problem = std::get_if<std::string>(&loaded)) {
      spdlog::error("[cloud {}] {}", account.id, *problem);
      good = false;
      continue;
    }
    identities.back() = std::move(std::get<protocol::TlsIdentity>(loaded));
    const std::string warning = expiry_warning(*identities.back(), std::chrono::system_clock::now());
    if (!warning.empty()) {
      spdlog::warn("[cloud {}] certificate {} {}: fetch a new one", account.id, account.certificate.string(), warning);
    }
    if (account.url.tls && account.tls.verify == Verify::none) {
      spdlog::warn("[cloud {}] verify = \"none\": whoever answers at {} is believed to be the broker", account.id,
                   account.url.text());
    }
  }
  if (!good) return std::nullopt;
  return identities;
}

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
}

// What differs between two configurations in what is only read at the start.
bool same_connections(const Config& a, const Config& b) {
  const auto same_account = [](const AccountConfig& x, const AccountConfig& y) {
    return x.id == y.id && x.url.text() == y.url.text() && x.certificate == y.certificate && x.username == y.username;
  };
  return a.local.url.text() == b.local.url.text() && a.local.base == b.local.base &&
         a.discovery.prefix == b.discovery.prefix && std::ranges::equal(a.accounts, b.accounts, same_account);
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

// Runs until a signal, or with `once` until every station has been read. Returns the exit code.
int run_loop(Gateway& gateway, EventQueue& queue, const Clock& clock, const RunOptions& options, Config running) {
  std::vector<Event> events;
  TimePoint next = gateway.tick(clock.now());
  while (!gateway.stop_requested()) {
    queue.pop_until(next, events);
    for (const Event& event : events) gateway.handle(event, clock.now());
    if (gateway.take_reload_request()) reload(gateway, options.config, running, clock.now());
    next = gateway.tick(clock.now());
    if (!options.once) continue;
    if (gateway.any_link_failed()) return kUnreachable;
    if (gateway.round_complete()) {
      return std::ranges::all_of(gateway.stations(), &Station::online) ? kDone : kFailed;
    }
  }
  spdlog::info("stopping: signal {}", gateway.stop_signal());
  return options.once ? 128 + gateway.stop_signal() : kDone;
}

int run_with(const Loaded& loaded, const RunOptions& options) {
  const Config& config = *loaded.config;
  const std::optional<Identities> identities = load_identities(config);
  if (!identities) return kUsage;
  EventQueue queue;
  const EventSink sink = [&queue](Event event) { queue.push(std::move(event)); };
  const Signals signals(sink);
  const auto make_client = [&](Link link) {
    if (link.is_local()) return make_paho_client(link, local_connection(config.local), sink);
    const auto index = static_cast<std::size_t>(link.account);
    const auto& identity = (*identities)[index];
    return make_paho_client(link, cloud_connection(config.accounts[index], config, identity ? &*identity : nullptr),
                            sink);
  };
  const SteadyClock clock;
  Gateway gateway(loaded.config, loaded.catalog, make_client, clock, std::random_device{}());
  const int code = run_loop(gateway, queue, clock, options, config);
  gateway.stop();
  gateway.log_summary();
  if (queue.dropped() > 0)
    spdlog::warn("{} messages came faster than they could be handled and were dropped", queue.dropped());
  return code;
}

}  // namespace

int run(const RunOptions& options) {
  const auto result = load(options.config);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    for (const schemas::Problem& problem : *problems) std::cerr << problem.text() << '\n';
    return kUsage;
  }
  const Loaded& loaded = std::get<Loaded>(result);
  const Config& config = *loaded.config;
  start_logging(config.log, options.log_level ? &*options.log_level : nullptr);
  spdlog::info("bluetti-gateway {}: {} station{}, {} account{}", GATEWAY_VERSION, config.stations.size(),
               config.stations.size() == 1 ? "" : "s", config.accounts.size(), config.accounts.size() == 1 ? "" : "s");
  tell_warnings(loaded);
  return run_with(loaded, options);
}

}  // namespace bluetti::gateway::cli
