// SPDX-License-Identifier: MIT
// `set` and `undo`: settings changed through the gateway that runs, which proves each by reading it back.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "gateway/base/clock.h"
#include "gateway/base/event_queue.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/table.h"
#include "gateway/client/control_client.h"
#include "gateway/config/config.h"
#include "gateway/daemon/signals.h"
#include "gateway/local/local_connection.h"
#include "gateway/mqtt/mosquitto_client.h"
#include "gateway/mqtt/openssl_settings.h"

namespace bluetti::gateway::cli {
namespace {

using nlohmann::json;

std::string unique_id() {
  std::random_device random;
  return fmt::format("set-{:08x}", random());
}

std::variant<LocalConfig, int> local_of(const std::filesystem::path& file) {
  const Environment environment = Environment::of_process();
  const schemas::Catalog catalog = schemas::Catalog::load(schema_folders_of(file, environment));
  ConfigResult result = load_config(file, environment, catalog);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    print_problems(*problems);
    return kUsage;
  }
  return std::get<Config>(result).local;
}

std::string cell(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

// One line a setting: what it was, what it is, and what became of the wish.
void print(const json& results) {
  Table table({{"path", "Setting"},
               {"wanted", "Wanted"},
               {"before", "Before"},
               {"after", "After"},
               {"outcome", "Outcome"},
               {"reason", "Reason"}});
  for (const json& result : results) {
    const std::string frame = cell(result.value("frame", json()));
    table.add({cell(result["path"]), cell(result["wanted"]), cell(result["before"]), cell(result["after"]),
               cell(result["outcome"]),
               frame.empty() ? cell(result["reason"]) : fmt::format("{}; frame {}", cell(result["reason"]), frame)});
  }
  std::cout << table.text(colour_wanted());
}

int show(const std::string& answer, bool as_json, bool dry_run) {
  const json document = json::parse(answer, nullptr, false);
  if (as_json) std::cout << answer << '\n';
  if (!document.is_object() || document.contains("error")) {
    if (!as_json) std::cerr << (document.is_object() ? cell(document["error"]) : "no JSON: " + answer) << '\n';
    return kFailed;
  }
  const json results = document.value("results", json::array());
  if (!as_json) print(results);
  const auto is_good = [dry_run](const json& result) {
    return result.value("outcome", "") == "confirmed" || (dry_run && !cell(result.value("frame", json())).empty());
  };
  return std::ranges::all_of(results, is_good) ? kDone : kFailed;
}

int ask(const LocalConfig& local, read::ControlRequest request, bool as_json) {
  prepare_openssl();
  EventQueue queue;
  const EventSink sink = [&queue](Event event) { queue.push(std::move(event)); };
  const Signals signals(sink);
  const SteadyClock clock;
  ConnectionOptions connection = local_connection(local);
  connection.client_id = fmt::format("{}-{}", local.client_id, request.id);
  connection.will.reset();
  const bool dry_run = request.dry_run;
  read::ControlClient client(local, std::move(request), make_mosquitto_client(kLocal, connection, sink));
  std::vector<Event> events;
  while (true) {
    const TimePoint next = client.tick(clock.now());
    if (client.answer()) break;
    if (!client.lost().empty()) {
      std::cerr << local.broker() << ": " << client.lost() << '\n';
      return kUnreachable;
    }
    queue.pop_until(next, events);
    for (const Event& event : events) {
      if (const auto* stop = std::get_if<StopRequested>(&event)) return 128 + stop->signal;
      client.handle(event, clock.now());
    }
  }
  client.stop();
  return show(*client.answer(), as_json, dry_run);
}

int run_request(const SetOptions& options, read::ControlRequest request) {
  const auto local = local_of(options.config);
  if (const auto* code = std::get_if<int>(&local)) return *code;
  request.id = unique_id();
  request.station = options.station;
  return ask(std::get<LocalConfig>(local), std::move(request), options.json);
}

}  // namespace

int set(const SetOptions& options) {
  read::ControlRequest request{.id = {}, .station = {}, .dry_run = options.dry_run, .probe = options.probe};
  for (const std::string& wish : options.arguments) {
    const std::size_t equals = wish.find('=');
    if (equals == std::string::npos || equals == 0) {
      return refuse(fmt::format("'{}' is not PATH=VALUE, as in soc_high_limit=80", wish));
    }
    request.set.emplace_back(wish.substr(0, equals), wish.substr(equals + 1));
  }
  return run_request(options, std::move(request));
}

int undo(const SetOptions& options) {
  return run_request(options, {.id = {}, .station = {}, .is_undo = true, .undo = options.arguments});
}

}  // namespace bluetti::gateway::cli
