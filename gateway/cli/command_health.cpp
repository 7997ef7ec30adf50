// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "gateway/base/read_file.h"
#include "gateway/cli/commands.h"
#include "gateway/config/config.h"
#include "gateway/observe/health.h"

namespace bluetti::gateway::cli {
namespace {

// One reading of the file.
struct Reading {
  std::optional<Health> health;
  std::vector<std::string> problems;
  TimePoint now;
};

Reading read(const std::filesystem::path& file, const HealthLimits& limits) {
  const TimePoint now = std::chrono::steady_clock::now();
  if (file.empty()) return {{}, {"the gateway is told to keep no health file: file = \"\" in [health]"}, now};
  const auto text = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&text)) {
    const std::string what = *error == std::errc::no_such_file_or_directory
                                 ? "the gateway does not run, or keeps its health file elsewhere"
                                 : error->message();
    return {{}, {fmt::format("{}: {}", file.string(), what)}, now};
  }
  auto health = health_from_json(std::get<std::string>(text));
  if (const auto* problem = std::get_if<std::string>(&health)) {
    return {{}, {fmt::format("{}: {}", file.string(), *problem)}, now};
  }
  const Health& known = std::get<Health>(health);
  return {known, problems_of(known, now, limits), now};
}

long age(TimePoint then, TimePoint now) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
}

nlohmann::json age(const std::optional<TimePoint>& then, TimePoint now) {
  return then ? nlohmann::json(age(*then, now)) : nlohmann::json();
}

void print_json(const Reading& reading) {
  nlohmann::json document{{"healthy", reading.problems.empty()}, {"problems", reading.problems}};
  if (reading.health) {
    const Health& health = *reading.health;
    document["seconds_since_loop"] = age(health.seen, reading.now);
    document["local"] = {{"connected", health.local.connected},
                         {"seconds_since_change", age(health.local.since, reading.now)},
                         {"seconds_since_publish", age(health.local.last_publish, reading.now)}};
    document["lan"] = {{"stations", health.lan.stations},
                       {"seconds_since_value", age(health.lan.last_value, reading.now)}};
    document["accounts"] = nlohmann::json::array();
    for (const AccountHealth& account : health.accounts) {
      document["accounts"].push_back({{"id", account.id},
                                      {"stations", account.stations},
                                      {"connected", account.connected},
                                      {"seconds_since_change", age(account.since, reading.now)},
                                      {"seconds_since_message", age(account.last_message, reading.now)}});
    }
  }
  std::cout << document.dump() << '\n';
}

std::string ago(const std::optional<TimePoint>& then, TimePoint now) {
  return then ? fmt::format("{} s ago", age(*then, now)) : "never";
}

void print_text(const Reading& reading) {
  for (const std::string& problem : reading.problems) std::cout << "unhealthy: " << problem << '\n';
  if (!reading.health) return;
  const Health& health = *reading.health;
  if (reading.problems.empty()) std::cout << "healthy\n";
  std::cout << fmt::format("  local broker: {}, last publish {}\n",
                           health.local.connected ? "connected" : "not connected",
                           ago(health.local.last_publish, reading.now));
  if (health.lan.stations > 0) {
    std::cout << fmt::format("  local network: {} station{}, last value {}\n", health.lan.stations,
                             health.lan.stations == 1 ? "" : "s", ago(health.lan.last_value, reading.now));
  }
  for (const AccountHealth& account : health.accounts) {
    std::cout << fmt::format("  account {}: {}, {} station{}, last message {}\n", account.id,
                             account.connected ? "connected" : "not connected", account.stations,
                             account.stations == 1 ? "" : "s", ago(account.last_message, reading.now));
  }
}

}  // namespace

int health(const HealthOptions& options) {
  std::filesystem::path file = options.file;
  if (file.empty()) {
    auto found = health_file_of(options.config, Environment::of_process());
    if (const auto* problem = std::get_if<schemas::Problem>(&found)) {
      std::cerr << problem->text() << "; or name the health file with --file\n";
      return kUsage;
    }
    file = std::get<std::filesystem::path>(std::move(found));
  }
  HealthLimits limits;
  limits.cloud = std::chrono::seconds(options.max_silence);
  limits.only_alive = options.alive;
  const Reading reading = read(file, limits);
  options.json ? print_json(reading) : print_text(reading);
  return reading.problems.empty() ? kDone : kFailed;
}

}  // namespace bluetti::gateway::cli
