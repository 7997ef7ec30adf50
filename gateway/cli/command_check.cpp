// SPDX-License-Identifier: MIT
// `check`: everything that can be known before a connection is made, as a plan. No network.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/table.h"
#include "gateway/cloud/identity.h"
#include "gateway/config/config.h"
#include "gateway/read_file.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Problem;

constexpr double kSecondsOfMinute = 60;

// "full", or why nobody checks who answers.
std::string verification(const BrokerUrl& url, Verify verify) {
  if (!url.tls) return "no TLS";
  constexpr std::string_view kNames[] = {"full", "chain", "pinned", "none"};  // in the order of Verify
  return std::string(kNames[static_cast<std::size_t>(verify)]);
}

std::vector<std::string> texts_of(std::span<const Problem> problems) {
  std::vector<std::string> texts;
  std::ranges::transform(problems, std::back_inserter(texts), &Problem::text);
  return texts;
}

double polls_per_minute(const StationConfig& station) {
  double sum = 0;
  for (const auto& [block, seconds] : station.poll) sum += kSecondsOfMinute / seconds;
  return sum;
}

// Two decimals are plenty for people.
double rounded(double number) {
  return std::round(number * 100) / 100;
}

// What a station will have, if every group is as long as it can be.
struct Extent {
  std::int64_t topics = 0;
  std::int64_t entities = 0;
};

Extent extent_of(const StationConfig& station, const schemas::Catalog& catalog) {
  Extent extent;
  for (const auto& [id, seconds] : station.poll) {
    const schemas::Decoder decoder(*catalog.block(id), *station.model);
    for (const schemas::Slot& slot : decoder.slots()) {
      if (slot.field->secret) continue;
      ++extent.topics;
      if (slot.field->prominence != schemas::Prominence::none) ++extent.entities;
    }
  }
  return extent;
}

class Plan {
 public:
  Plan(const Config& config, const schemas::Catalog& catalog) : config_(config), catalog_(catalog) {
    for (const Problem& warning : config.warnings) warnings_.push_back(warning.text());
    add_connections();
    for (const StationConfig& station : config.stations) add_station(station);
  }

  void print_text() const;
  void print_json() const;
  [[nodiscard]] const std::vector<std::string>& errors() const { return errors_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void add_connections();
  void add_account(const AccountConfig& account);
  void add_station(const StationConfig& station);
  std::string certificate_validity(const AccountConfig& account);

  const Config& config_;
  const schemas::Catalog& catalog_;
  std::vector<std::string> warnings_;
  std::vector<std::string> errors_;
  Table connections_{{{"name", "Connection"},
                      {"url", "Broker"},
                      {"username", "User"},
                      {"verify", "Server check"},
                      {"certificate", "Certificate"},
                      {"valid_until", "Valid until"},
                      {"polls_per_minute", "Polls/min"}}};
  Table stations_{{{"id", "Station"},
                   {"name", "Name"},
                   {"model", "Model"},
                   {"serial", "Serial"},
                   {"account", "Account"},
                   {"topic", "Topics below"},
                   {"topics", "Topics"},
                   {"entities", "Entities"},
                   {"polls_per_minute", "Polls/min"}}};
  Table polls_{{{"station", "Station"},
                {"block", "Block"},
                {"name", "Name"},
                {"registers", "Registers"},
                {"seconds", "Every s"}}};
};

void Plan::add_connections() {
  const LocalConfig& local = config_.local;
  connections_.add({std::string("local"), local.broker(), local.username, verification(local.url, local.tls.verify),
                    local.certificate.string(), Cell(), Cell()});
  if (others_can_read(local.key)) warnings_.push_back(fmt::format("{}: others can read this key", local.key.string()));
  for (const AccountConfig& account : config_.accounts) add_account(account);
}

void Plan::add_account(const AccountConfig& account) {
  double polls = 0;
  for (const StationConfig& station : config_.stations) {
    if (station.account == account.id) polls += polls_per_minute(station);
  }
  connections_.add({account.id, account.url.text(), account.username, verification(account.url, account.tls.verify),
                    account.certificate.string(), certificate_validity(account), rounded(polls)});
  if (account.url.tls && account.tls.verify == Verify::none) {
    warnings_.push_back(fmt::format("account {}: verify = \"none\": whoever answers at {} is believed to be the broker",
                                    account.id, account.url.text()));
  }
}

// A file that is not here may be where the gateway will run: that is no fault of the configuration.
std::string Plan::certificate_validity(const AccountConfig& account) {
  if (account.certificate.empty()) return {};
  const std::string name = fmt::format("account {}: certificate {}", account.id, account.certificate.string());
  if (others_can_read(account.certificate)) warnings_.push_back(name + ": others can read it; chmod 600");
  std::error_code error;
  if (!std::filesystem::exists(account.certificate, error)) {
    warnings_.push_back(name + ": there is no such file");
    return "not here";
  }
  if (others_can_read(account.key)) warnings_.push_back(name + ": others can read its key; chmod 600");
  if (!account.has_certificate_password && account.key.empty()) {
    warnings_.push_back(name +
                        ": not opened, for there is no password; set certificate_password (or "
                        "certificate_password_file) or BLUETTI_CERT_PASSWORD");
    return "not opened";
  }
  const auto identity = load_identity({account.certificate, account.key}, account.certificate_password, true);
  if (const auto* message = std::get_if<std::string>(&identity)) {
    errors_.push_back(fmt::format("account {}: {}", account.id, *message));
    return "not usable";
  }
  const auto& opened = std::get<protocol::TlsIdentity>(identity);
  const std::string expiry = expiry_warning(opened.not_after, std::chrono::system_clock::now());
  if (!expiry.empty()) warnings_.push_back(fmt::format("{} {}", name, expiry));
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(opened.not_after)));
}

void Plan::add_station(const StationConfig& station) {
  const Extent extent = extent_of(station, catalog_);
  stations_.add({station.id, station.name, station.model ? station.model->name : "auto", station.serial,
                 station.account, config_.local.base + "/" + station.id, extent.topics,
                 config_.discovery.enabled ? extent.entities : 0, rounded(polls_per_minute(station))});
  for (const auto& [id, seconds] : station.poll) {
    const schemas::Block& block = *catalog_.block(id);
    polls_.add({station.id, std::int64_t{id}, block.name, std::int64_t{station.model->registers_of(block)}, seconds});
  }
}

void Plan::print_text() const {
  const bool colour = colour_wanted();
  std::cout << connections_.text(colour) << '\n' << stations_.text(colour) << '\n' << polls_.text(colour) << '\n';
  if (config_.discovery.enabled) {
    std::cout << "Home Assistant discovery below " << config_.discovery.prefix << ", birth message on "
              << config_.discovery.birth_topic << '\n';
  } else {
    std::cout << "Home Assistant discovery is off\n";
  }
}

void Plan::print_json() const {
  std::cout << R"({"file":)" << json_text(config_.file.string())                                     //
            << R"(,"base":)" << json_text(config_.local.base)                                        //
            << R"(,"discovery":{"enabled":)" << (config_.discovery.enabled ? "true" : "false")       //
            << R"(,"prefix":)" << json_text(config_.discovery.prefix) << "}"                         //
            << R"(,"connections":)" << connections_.json() << R"(,"stations":)" << stations_.json()  //
            << R"(,"polls":)" << polls_.json() << R"(,"schema_problems":)"
            << json_texts(texts_of(catalog_.problems()))  //
            << R"(,"warnings":)" << json_texts(warnings_) << R"(,"errors":)" << json_texts(errors_) << "}\n";
}

// A configuration that cannot be used at all: as a document too, if one was asked for.
int refuse_all(std::span<const Problem> problems, bool json) {
  print_problems(problems);
  if (json) {
    Table errors({{"file", ""}, {"line", ""}, {"column", ""}, {"message", ""}});
    for (const auto& [where, message] : problems) {
      errors.add({where.file, std::int64_t{where.line}, std::int64_t{where.column}, message});
    }
    std::cout << R"({"errors":)" << errors.json() << "}\n";
  }
  return kUsage;
}

}  // namespace

int check(const CheckOptions& options) {
  const Environment environment = Environment::of_process();
  const auto catalog = schemas::Catalog::load(schema_folders_of(options.config, environment));
  const ConfigResult result = load_config(options.config, environment, catalog);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) return refuse_all(*problems, options.json);

  const Plan plan(std::get<Config>(result), catalog);
  options.json ? plan.print_json() : plan.print_text();
  for (const Problem& problem : catalog.problems()) std::cerr << "schema refused: " << problem.text() << '\n';
  for (const std::string& warning : plan.warnings()) std::cerr << "warning: " << warning << '\n';
  for (const std::string& error : plan.errors()) std::cerr << "error: " << error << '\n';
  if (!plan.errors().empty()) return kUsage;
  return catalog.problems().empty() ? kDone : kFailed;
}

}  // namespace bluetti::gateway::cli
