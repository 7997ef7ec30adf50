// SPDX-License-Identifier: MIT
#include "gateway/cli/read_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "gateway/base/host_port.h"
#include "gateway/base/parse_number.h"
#include "gateway/cli/problems.h"
#include "gateway/config/parts.h"
#include "gateway/config/serial_label.h"
#include "gateway/config/suggestion.h"
#include "protocol/cloud_topics.h"
#include "schemas/override.h"
#include "schemas/poll_group.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Problem;

Duration seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

// Collects what is wrong with the options, all at once.
class Planner {
 public:
  Planner(const ReadOptions& options, const Environment& environment) : options_(options), environment_(environment) {}

  ReadPlanResult plan();

 private:
  void refuse(std::string message) { problems_.push_back({{}, std::move(message)}); }
  void load_catalog(std::vector<std::filesystem::path> folders);
  void from_file();
  void from_options();
  void choose_station(Config& config);
  void apply_model();
  void apply_account();
  void apply_password();
  void apply_tls();
  void apply_policy();

  const ReadOptions& options_;
  const Environment& environment_;
  ReadPlan plan_;
  std::vector<Problem> problems_;
};

void Planner::load_catalog(std::vector<std::filesystem::path> folders) {
  folders.insert(folders.end(), options_.schemas.begin(), options_.schemas.end());
  plan_.catalog = std::make_shared<schemas::Catalog>(schemas::Catalog::load(folders));
}

void Planner::from_file() {
  load_catalog(schema_folders_of(options_.config, environment_));
  ConfigResult result = load_config(options_.config, environment_, *plan_.catalog);
  if (auto* problems = std::get_if<std::vector<Problem>>(&result)) {
    problems_ = std::move(*problems);
    return;
  }
  auto& config = std::get<Config>(result);
  plan_.local = config.local;
  plan_.state_file = config.state_file;
  choose_station(config);
}

void Planner::choose_station(Config& config) {
  std::vector<std::string> ids;
  for (const StationConfig& station : config.stations) ids.push_back(station.id);
  if (options_.station.empty() && ids.size() > 1) {
    return refuse(fmt::format("there are several stations: choose one with --station: {}", fmt::join(ids, ", ")));
  }
  const auto is_meant = [this](const StationConfig& station) {
    return options_.station.empty() || station.id == options_.station || station.serial == options_.station;
  };
  const auto station = std::ranges::find_if(config.stations, is_meant);
  if (station == config.stations.end()) {
    return refuse(
        fmt::format("--station: there is no station '{}'{}", options_.station, suggestion(options_.station, ids)));
  }
  const auto account = std::ranges::find(config.accounts, station->account, &AccountConfig::id);
  if (account == config.accounts.end()) {
    return refuse(fmt::format("{} is not read through the cloud: try scan --lan {}", station->id,
                              host_port_text(station->lan.host, station->lan.port)));
  }
  plan_.station = std::move(*station);
  plan_.account = std::move(*account);
}

void Planner::from_options() {
  load_catalog({});
  auto parsed = parse_serial_label(*options_.serial, plan_.catalog->model(options_.model), *plan_.catalog);
  if (const auto* fault = std::get_if<std::string>(&parsed)) refuse("--serial: " + *fault);
  if (!options_.station.empty()) refuse("--station chooses from a configuration; with --serial none is read");
  plan_.account.id = "home";
  if (auto* label = std::get_if<SerialLabel>(&parsed)) {
    plan_.station.serial = std::move(label->serial);
    plan_.station.model = label->model;
    if (label->model) plan_.station.cloud_model = label->model->cloud_name;
  }
  plan_.station.account = plan_.account.id;
}

void Planner::apply_model() {
  StationConfig& station = plan_.station;
  if (!options_.model.empty()) {
    station.model = plan_.catalog->model(options_.model);
    if (!station.model) return refuse("--model: " + unknown_model(options_.model, *plan_.catalog));
    station.cloud_model = station.model->cloud_name;
    station.poll = resolve_poll(*station.model, *plan_.catalog, station.wishes);
  }
  if (!station.model) return refuse("the model is not known: say it with --model");
  if (!options_.cloud_model.empty()) station.cloud_model = options_.cloud_model;
  if (!protocol::is_topic_part(station.cloud_model)) {
    refuse(station.cloud_model.empty()
               ? fmt::format("what the cloud calls a {} is not known: say it with --cloud-model", station.model->title)
               : fmt::format("--cloud-model: '{}' cannot be part of a topic of the cloud", station.cloud_model));
  }
}

void Planner::apply_account() {
  AccountConfig& account = plan_.account;
  if (!options_.broker.empty()) {
    const auto url = parse_broker_url(options_.broker);
    if (!url) refuse(fmt::format("--broker: '{}' is not mqtt://host:port or mqtts://host:port", options_.broker));
    account.url = url.value_or(account.url);
  }
  if (!options_.certificate.empty()) {
    account.certificate = options_.certificate;
    account.key.clear();
    account.sign_in.reset();
  }
  if (!options_.key.empty()) account.key = options_.key;
  if (!options_.username.empty()) account.username = options_.username;
  if (options_.broker_password) account.password = Secret(*options_.broker_password);
  if (!account.password.empty() && account.username.empty())
    refuse("--broker-password: MQTT has no password without a user name");
  if (!account.key.empty() && account.certificate.empty()) refuse("--key belongs to a --certificate");
  if (options_.serial && account.url.tls && account.certificate.empty() && account.username.empty()) {
    refuse("--certificate is required with --serial: the PKCS#12 file (.pfx) of the vendor's account");
  }
  apply_password();
}

// Option, environment, configuration, and then a prompt. load_config() has looked at the environment for the file.
void Planner::apply_password() {
  AccountConfig& account = plan_.account;
  std::optional<std::string> password = options_.password;
  const bool is_from_options = options_.serial || !options_.certificate.empty();
  if (!password && is_from_options) password = environment_.variable(kPasswordVariable);
  if (!password) {
    if (!options_.certificate.empty()) account.has_certificate_password = false;
    return;
  }
  account.certificate_password = Secret(*std::move(password));
  account.has_certificate_password = true;
}

void Planner::apply_tls() {
  TlsConfig& tls = plan_.account.tls;
  if (!options_.authorities.empty()) tls.authorities = options_.authorities;
  if (options_.security_level) tls.security_level = options_.security_level;
  if (!options_.verify.empty()) {
    tls.verify = static_cast<Verify>(std::ranges::find(kVerifyNames, options_.verify) - kVerifyNames.begin());
    tls.fingerprint.clear();
  }
  if (options_.fingerprint.empty()) return;
  const auto fingerprint = parse_fingerprint(options_.fingerprint);
  if (!fingerprint) refuse("--fingerprint: must be a SHA-256 fingerprint, 64 hexadecimal digits");
  if (tls.verify != Verify::pinned) refuse("--fingerprint belongs to --verify pinned");
  tls.fingerprint = fingerprint.value_or("");
}

void Planner::apply_policy() {
  if (options_.longest_delay < options_.first_delay) {
    refuse(fmt::format("--retry-max-delay: {} is less than --retry-initial-delay, {}", options_.longest_delay,
                       options_.first_delay));
  }
  const double configured = static_cast<double>(plan_.account.answer_timeout.count());
  plan_.policy = {.retry = {.attempts = options_.attempts,
                            .initial_delay = seconds(options_.first_delay),
                            .factor = options_.delay_factor,
                            .longest_delay = seconds(options_.longest_delay)},
                  .answer_timeout = seconds(options_.answer_timeout.value_or(configured))};
}

ReadPlanResult Planner::plan() {
  options_.serial ? from_options() : from_file();
  if (problems_.empty()) apply_model();
  if (problems_.empty()) apply_account();
  if (problems_.empty()) apply_tls();
  apply_policy();
  if (!problems_.empty()) return std::move(problems_);
  return std::move(plan_);
}

}  // namespace

ReadPlanResult plan_read(const ReadOptions& options, const Environment& environment) {
  return Planner(options, environment).plan();
}

RangesResult whole_blocks(const ReadPlan& plan, std::span<const std::uint16_t> ids) {
  std::vector<RegisterRange> ranges;
  for (const std::uint16_t id : ids) {
    const schemas::Block* block = plan.catalog->block(id);
    if (!block) return unknown_block(id, *plan.catalog);
    if (!schemas::missing_parameter(*block, *plan.station.model).empty()) {
      return fmt::format("block {} is not described for {}; 'bluetti-gateway raw' reads it all the same", id,
                         plan.station.model->title);
    }
    ranges.push_back({.first = id, .count = plan.station.model->registers_of(*block), .block = block});
  }
  return ranges;
}

BlockIds block_ids(std::span<const std::string> names, const schemas::Catalog& catalog, const schemas::Model& model,
                   std::span<const std::uint16_t> blocks) {
  std::vector<std::uint16_t> ids;
  for (const std::string& name : names) {
    if (const auto number = parse_number<std::uint16_t>(name)) {
      ids.push_back(*number);
      continue;
    }
    auto group = schemas::blocks_of_group(catalog, blocks, name, model.title);
    if (auto* fault = std::get_if<std::string>(&group)) return "--blocks: " + *fault;
    for (const std::uint16_t id : std::get<std::vector<std::uint16_t>>(group)) {
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

RangesResult chosen_blocks(const ReadPlan& plan, std::span<const std::string> names,
                           std::span<const std::uint16_t> otherwise) {
  if (names.empty()) return whole_blocks(plan, otherwise);
  auto ids = block_ids(names, *plan.catalog, *plan.station.model, plan.station.model->blocks);
  if (auto* fault = std::get_if<std::string>(&ids)) return std::move(*fault);
  return whole_blocks(plan, std::get<std::vector<std::uint16_t>>(ids));
}

std::vector<std::uint16_t> polled_blocks(const StationConfig& station) {
  std::vector<std::uint16_t> blocks;
  for (const auto& [id, interval] : station.poll) blocks.push_back(id);
  return blocks;
}

std::vector<std::uint16_t> most_polled_blocks(const StationConfig& station) {
  const auto interval = [](const auto& entry) {
    return entry.second > 0 ? entry.second : std::numeric_limits<double>::infinity();
  };
  const auto shortest = std::ranges::min_element(station.poll, {}, interval);
  std::vector<std::uint16_t> blocks;
  for (const auto& [id, seconds] : station.poll) {
    if (seconds == shortest->second) blocks.push_back(id);
  }
  return blocks;
}

}  // namespace bluetti::gateway::cli
