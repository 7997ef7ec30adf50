// SPDX-License-Identifier: MIT
#include "gateway/cli/plan.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "discovery/discovery.h"
#include "gateway/base/read_file.h"
#include "gateway/mqtt/identity.h"
#include "gateway/station/block_read.h"

namespace bluetti::gateway::cli {
namespace {

namespace fs = std::filesystem;
using schemas::Problem;

constexpr double kSecondsOfMinute = 60;
constexpr int kSummaryAt = 20;            // column
constexpr std::size_t kMostStations = 8;  // in the summary

// "full", or why nobody checks who answers.
std::string verification(const BrokerUrl& url, const TlsConfig& tls) {
  if (!url.tls) return "no TLS";
  if (tls.verify == Verify::pinned) return tls.fingerprint.empty() ? "pinned when first seen" : "pinned by fingerprint";
  constexpr std::string_view kNames[] = {"full", "chain", "pinned", "none"};  // in the order of Verify
  return std::string(kNames[static_cast<std::size_t>(tls.verify)]);
}

std::vector<std::string> texts_of(std::span<const Problem> problems) {
  std::vector<std::string> texts;
  std::ranges::transform(problems, std::back_inserter(texts), &Problem::text);
  return texts;
}

// Two decimals are plenty for people.
double rounded(double number) {
  return std::round(number * 100) / 100;
}

double reads_of(const schemas::Block& block, const schemas::Model& model) {
  if (block.way == schemas::Way::lan) return static_cast<double>(Runs(block, model.lan).size());
  BlockRead read(block, model.registers_of(block));
  double reads = 1;
  while (read.on_answer(read.part().count)) ++reads;
  return reads;
}

// Where a file would be made: the nearest folder that is there.
bool can_be_written(fs::path folder) {
  std::error_code error;
  while (!folder.empty() && !fs::exists(folder, error)) folder = folder.parent_path();
  return access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
}

std::string permissions_of(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) return "not here";
  return fmt::format("{:04o}", static_cast<unsigned>(status.permissions() & fs::perms::mask));
}

}  // namespace

Plan::Plan(const Config& config, const schemas::Catalog& catalog, PlanDetail detail,
           std::chrono::system_clock::time_point now)
    : config_(config), catalog_(catalog), detail_(detail), now_(now), control_(config, catalog) {
  for (const Problem& warning : config.warnings) warnings_.push_back(warning.text());
  for (const StationConfig& station : config.stations) add_station(station);
  warnings_.insert(warnings_.end(), control_.warnings().begin(), control_.warnings().end());
  add_connections();
  add_files();
}

const Plan::Extent& Plan::extent_of(const schemas::Block& block, const schemas::Model& model) {
  const auto [entry, is_new] = extents_.try_emplace({&block, &model});
  Extent& extent = entry->second;
  if (!is_new) return extent;
  const schemas::Decoder decoder(block, model);
  for (const schemas::Slot& slot : decoder.slots()) {
    extent.topics += slot.field->secret ? 0 : 1;
    if (!discovery::is_entity(*slot.field)) continue;
    ++extent.entities;
    extent.enabled += discovery::entity_class(*slot.field).enabled ? 1 : 0;
  }
  extent.reads = reads_of(block, model);
  return extent;
}

double Plan::reads_per_minute(const StationConfig& station) {
  double sum = 0;
  for (const auto& [id, seconds] : station.poll) {
    if (seconds > 0) sum += extent_of(*catalog_.block(id), *station.model).reads * kSecondsOfMinute / seconds;
  }
  return sum;
}

void Plan::add_connections() {
  const LocalConfig& local = config_.local;
  connections_.add({std::string("local"), local.broker(), local.username, verification(local.url, local.tls),
                    local.certificate.string(), Cell(), Cell(), Cell()});
  for (const AccountConfig& account : config_.accounts) add_account(account);
}

void Plan::add_account(const AccountConfig& account) {
  const double reads = rounded(reads_[account.id]);
  const std::string certificate = account.sign_in ? "by signing in" : account.certificate.string();
  const std::string url = account.sign_in && !account.has_url ? "by signing in" : account.url.text();
  const std::string valid_until = certificate_validity(account);
  connections_.add({account.id, url, account.username, verification(account.url, account.tls), certificate, valid_until,
                    reads, std::int64_t{account.requests_per_minute}});
  const bool is_valid = !valid_until.starts_with('(');
  const bool all_known = std::ranges::none_of(config_.stations, [&account](const StationConfig& station) {
    return !station.model && station.account == account.id;
  });
  accounts_summary_.emplace_back(
      "Account " + account.id,
      fmt::format("{}, {}{} of {} reads a minute{}", url,
                  account.certificate.empty()
                      ? ""
                      : fmt::format("certificate {}{}, ", is_valid ? "valid until " : "", valid_until),
                  reads, account.requests_per_minute, all_known ? "" : " and those of detected models"));
  if (account.url.tls && account.tls.verify == Verify::none) {
    warnings_.push_back(fmt::format("account {}: verify = \"none\": whoever answers at {} is believed to be the broker",
                                    account.id, account.url.text()));
  }
  if (reads > account.requests_per_minute) {
    warnings_.push_back(
        fmt::format("account {}: {} reads a minute are planned and requests_per_minute allows {}: all "
                    "will come late; make `poll` intervals longer, or raise requests_per_minute",
                    account.id, reads, account.requests_per_minute));
  }
}

// What `run` would end with is an error.
std::string Plan::certificate_validity(const AccountConfig& account) {
  if (account.certificate.empty()) return {};
  const std::string name = fmt::format("account {}: certificate {}", account.id, account.certificate.string());
  std::error_code error;
  if (!fs::exists(account.certificate, error)) {
    errors_.push_back(name + ": there is no such file");
    return "(no such file)";
  }
  if (!account.has_certificate_password && account.key.empty()) {
    auto& messages = isatty(STDIN_FILENO) != 0 ? warnings_ : errors_;  // `run` asks for it on a terminal
    messages.push_back(name + ": no password given; set certificate_password (or certificate_password_file) or " +
                       "BLUETTI_CERT_PASSWORD");
    return "(not opened)";
  }
  const auto identity = load_identity({account.certificate, account.key}, account.certificate_password, true);
  if (const auto* message = std::get_if<std::string>(&identity)) {
    errors_.push_back(fmt::format("account {}: {}", account.id, *message));
    return "(not usable)";
  }
  const auto& opened = std::get<protocol::TlsIdentity>(identity);
  const std::string expiry = expiry_warning(opened.not_after, now_);
  if (!expiry.empty()) warnings_.push_back(fmt::format("{} {}", name, expiry));
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(opened.not_after)));
}

void Plan::add_station(const StationConfig& station) {
  Extent sum;
  for (const auto& [id, seconds] : station.poll) {
    const Extent& extent = extent_of(*catalog_.block(id), *station.model);
    sum.topics += extent.topics;
    sum.entities += extent.entities;
    sum.enabled += extent.enabled;
    add_block(station, *catalog_.block(id));
  }
  const double reads = reads_per_minute(station);
  reads_[station.account] += reads;
  const auto if_known = [&station](Cell cell) { return station.model ? std::move(cell) : Cell(); };
  stations_.add({station.id, station.name, station.model ? station.model->name : "auto", station.serial,
                 station.account, config_.local.base + "/" + station.id, if_known(sum.topics),
                 if_known(config_.discovery.enabled ? sum.entities : 0), if_known(rounded(reads))});
  const std::string plan =
      station.model ? fmt::format("{}, {} topics, {} of {} entities enabled, {} reads a minute", station.model->name,
                                  sum.topics, sum.enabled, sum.entities, rounded(reads))
                    : "model detected from its first message; set model, or the whole label as serial, to see "
                      "what it has";
  stations_summary_.emplace_back("Station " + station.id, plan + control_.summary_of(station.id));
}

void Plan::add_block(const StationConfig& station, const schemas::Block& block) {
  polls_.add({station.id, std::int64_t{block.id}, block.name, std::int64_t{station.model->registers_of(block)},
              station.poll.at(block.id)});
  if (!detail_.topics && !detail_.entities) return;
  const schemas::Decoder decoder(block, *station.model);
  const auto language = discovery::Language::named(config_.discovery.language).value_or(discovery::Language());
  for (const schemas::Slot& slot : decoder.slots()) {
    if (slot.field->secret) continue;
    if (detail_.topics) topics_.add({config_.local.base + "/" + station.id + "/" + slot.path, slot.field->unit});
    if (!detail_.entities || !config_.discovery.enabled || !discovery::is_entity(*slot.field)) continue;
    const discovery::EntityClass kind = discovery::entity_class(*slot.field);
    entities_.add({station.id, slot.id, discovery::entity_name(slot, block, language), std::string(kind.platform),
                   std::string(kind.unit), kind.enabled});
  }
}

void Plan::add_file(const std::string& what, const fs::path& file, bool is_secret) {
  if (file.empty()) return;
  files_.add({what, file.string(), permissions_of(file)});
  if (is_secret && others_can_read(file)) {
    warnings_.push_back(fmt::format("{} {}: others can read it; chmod o-rwx {}", what, file.string(), file.string()));
  }
}

void Plan::add_files() {
  add_file("configuration", config_.file, false);
  add_file("local.ca", config_.local.tls.authorities, false);
  add_file("local.certificate", config_.local.certificate, false);
  add_file("local.key", config_.local.key, true);
  for (const AccountConfig& account : config_.accounts) {
    const std::string name = "account " + account.id + ": ";
    add_file(name + "certificate", account.certificate, true);
    add_file(name + "key", account.key, true);
    add_file(name + "ca", account.tls.authorities, false);
  }
  add_file("state", config_.state_file, true);
  add_file("health", config_.health_file, false);
  if (config_.control.enabled) add_file("audit", config_.control.audit, true);
  add_file("record", config_.record.file, true);
  for (const SinkConfig& sink : config_.sinks) add_file("sink", sink.file, true);
  for (const fs::path& file : {config_.state_file, config_.record.file}) {
    if (file.empty() || can_be_written(file.parent_path())) continue;
    warnings_.push_back(fmt::format("{}: its folder cannot be written by this user", file.string()));
  }
}

Table Plan::settings(bool defaults) const {
  Table table({{"name", "Setting"}, {"value", "Value"}, {"source", "From"}});
  for (const Setting& setting : config_.settings) {
    if (defaults || !setting.where.file.empty()) table.add({setting.name, setting.value, setting.source()});
  }
  return table;
}

std::string Plan::verdict() const {
  const auto counted = [](std::size_t count, std::string_view what) {
    return count == 0 ? std::string() : fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  const std::string errors = counted(errors_.size() + catalog_.problems().size(), "error");
  const std::string warnings = counted(warnings_.size(), "warning");
  return (errors.empty() ? "OK" : errors) + (warnings.empty() ? "" : ", " + warnings);
}

void Plan::print_summary(std::ostream& to) const {
  const auto line = [&to](std::string_view what, std::string_view how) {
    to << fmt::format("{:<{}}  {}\n", what, kSummaryAt, how);
  };
  line("Local broker", config_.local.broker());
  for (const auto& [what, how] : accounts_summary_) line(what, how);
  const std::size_t shown = std::min<std::size_t>(stations_summary_.size(), kMostStations);
  for (const auto& [what, how] : std::span(stations_summary_).first(shown)) line(what, how);
  if (stations_summary_.size() > kMostStations) {
    line("", fmt::format("and {} more stations", stations_summary_.size() - kMostStations));
  }
  line("Settings", config_.control.enabled ? "can be changed where listed" : "cannot be changed: control is off");
  line("Home Assistant",
       config_.discovery.enabled ? "discovery below " + config_.discovery.prefix : "discovery is off");
  if (!detail_.tables) to << "Everything in detail: --verbose\n";
}

void Plan::print_tables(std::ostream& to, bool colour) const {
  if (detail_.tables) {
    to << '\n' << connections_.text(colour) << '\n' << stations_.text(colour) << '\n' << polls_.text(colour);
  }
  if (detail_.topics) to << '\n' << topics_.text(colour);
  if (detail_.entities) to << '\n' << entities_.text(colour);
  if (detail_.tables) {
    if (const std::string control = control_.text(colour); !control.empty()) to << '\n' << control;
    to << '\n' << files_.text(colour);
  }
  if (detail_.tables || detail_.defaults) to << '\n' << settings(detail_.defaults).text(colour);
}

void Plan::print_json(std::ostream& to) const {
  to << R"({"file":)" << json_text(config_.file.string())                                //
     << R"(,"base":)" << json_text(config_.local.base)                                   //
     << R"(,"discovery":{"enabled":)" << (config_.discovery.enabled ? "true" : "false")  //
     << R"(,"prefix":)" << json_text(config_.discovery.prefix)                           //
     << R"(,"language":)" << json_text(config_.discovery.language) << "}"                //
     << R"(,"connections":)" << connections_.json() << R"(,"stations":)" << stations_.json() << R"(,"polls":)"
     << polls_.json() << R"(,"control":)" << control_.json() << R"(,"files":)" << files_.json() << R"(,"settings":)"
     << settings(true).json();
  if (detail_.topics) to << R"(,"topics":)" << topics_.json();
  if (detail_.entities) to << R"(,"entities":)" << entities_.json();
  to << R"(,"schema_problems":)" << json_texts(texts_of(catalog_.problems())) << R"(,"warnings":)"
     << json_texts(warnings_) << R"(,"errors":)" << json_texts(errors_) << "}\n";
}

}  // namespace bluetti::gateway::cli
