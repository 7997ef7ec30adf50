// SPDX-License-Identifier: MIT
// `login`: signs in to the vendor's account and prints what it has. Experimental, as gateway/sign_in/ is.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>
#include <variant>

#include "gateway/base/ask_password.h"
#include "gateway/base/host_port.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/guided_login.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/table.h"
#include "gateway/setup/certificate_check.h"
#include "gateway/setup/configuration_file.h"
#include "gateway/setup/station_snippet.h"
#include "gateway/sign_in/sign_in_access.h"

namespace bluetti::gateway::cli {
namespace {

// Who signs in, and what is around it.
struct LogInPlan {
  AccountConfig account;
  bool only_account = true;
  std::filesystem::path state_file;
  schemas::Catalog catalog;
};

// Or why there is none.
using PlanResult = std::variant<LogInPlan, std::vector<schemas::Problem>>;

PlanResult none(std::string message) {
  return std::vector<schemas::Problem>{{{}, std::move(message)}};
}

// The session goes where `run` looks for it.
std::filesystem::path state_file_for(const LoginOptions& options, const schemas::Catalog& catalog) {
  if (!options.state.empty()) return options.state;
  const auto known = known_configuration(options.config, Environment::of_process(), catalog);
  const auto* configuration = std::get_if<KnownConfiguration>(&known);
  return configuration != nullptr ? configuration->state_file : default_state_file(options.config);
}

PlanResult plan_from_options(const LoginOptions& options) {
  SignInConfig sign_in{.url = options.sign_in_url,
                       .authorities = options.sign_in_ca.empty() ? "" : std::filesystem::absolute(options.sign_in_ca),
                       .email = options.email,
                       .password = {},
                       .app_key = Secret(options.app_key),
                       .totp_shared_key = Secret(options.totp_shared_key)};
  if (!options.from.empty()) {
    if (std::string fault = take_app_values_from(options.from, sign_in); !fault.empty()) return none(std::move(fault));
  }
  Secret password(options.password);
  if (password.empty()) {
    auto typed = ask_password(options.email);
    if (!typed || typed->empty()) return none("no password: set BLUETTI_ACCOUNT_PASSWORD, or type it on a terminal");
    password = *std::move(typed);
  }
  sign_in.password = std::move(password);
  if (sign_in.app_key.empty()) return none("--app-key is required with --email; docs/sign-in.md says what it is");
  if (sign_in.totp_shared_key.empty()) {
    return none("--totp-shared-key is required with --email; docs/sign-in.md says what it is");
  }
  LogInPlan plan{.account = {.id = options.account.empty() ? "home" : options.account},
                 .state_file = {},
                 .catalog = schemas::Catalog::built_in()};
  plan.state_file = state_file_for(options, plan.catalog);
  plan.account.sign_in = std::move(sign_in);
  return plan;
}

PlanResult plan_from_file(const LoginOptions& options) {
  const Environment environment = Environment::of_process();
  auto catalog = schemas::Catalog::load(schema_folders_of(options.config, environment));
  ConfigResult result = load_config(options.config, environment, catalog, Stations::optional);
  if (auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) return std::move(*problems);
  Config& config = std::get<Config>(result);
  std::vector<AccountConfig*> fitting;
  for (AccountConfig& account : config.accounts) {
    if (account.sign_in && (options.account.empty() || account.id == options.account)) fitting.push_back(&account);
  }
  const std::string file = config.file.string();
  if (fitting.empty() && !options.account.empty()) {
    return none(fmt::format("{}: no account '{}' with `email`", file, options.account));
  }
  if (fitting.empty()) return none(file + ": no account has `email`; docs/sign-in.md says what else it takes");
  if (fitting.size() > 1) return none(file + ": several accounts have `email`: choose one with --account");
  return LogInPlan{.account = std::move(*fitting.front()),
                   .only_account = config.accounts.size() == 1,
                   .state_file = config.state_file,
                   .catalog = std::move(catalog)};
}

Table table_of(std::span<const VendorStation> stations) {
  Table table({{"serial", "Serial"}, {"model", "Model"}, {"name", "Name"}, {"online", "Online"}});
  for (const VendorStation& station : stations) {
    table.add({station.serial, station.model, station.name, station.online});
  }
  return table;
}

void print(const LogInPlan& plan, SignedIn signed_in, const LoginOptions& options) {
  const std::vector<VendorStation> stations = std::move(signed_in.stations);
  const std::string until = day_of(signed_in.token_expires);
  const Access access = access_of(std::move(signed_in), plan.account, {}, std::chrono::system_clock::now());
  const std::string broker = access.connection.url.text();
  const std::string expiry = day_of(*access.certificate_expires);
  const Table table = table_of(stations);
  if (options.json) {
    std::cout << R"({"account":)" << json_text(plan.account.id) << R"(,"broker":)" << json_text(broker)
              << R"(,"certificate_expires":)" << json_text(expiry) << R"(,"session_expires":)" << json_text(until)
              << R"(,"stations":)" << table.json() << "}\n";
    return;
  }
  std::cout << "Signed in; this is experimental.\n\n"
            << "Broker       " << broker << "\nCertificate  valid until " << expiry << "\nSession      valid until "
            << until << "\n\n";
  if (stations.empty()) return void(std::cout << "The account lists no stations.\n");
  std::cout << table.text(colour_wanted());
  if (options.write) return;
  std::cout << "\nFor the configuration:\n\n"
            << station_snippets(stations, plan.catalog, plan.only_account ? "" : plan.account.id);
}

int fail(const SignInError& error, bool json) {
  std::cerr << error.message << '\n';
  if (json) std::cout << R"({"error":)" << json_text(error.message) << "}\n";
  return error.unreachable || error.refused ? kUnreachable : kFailed;
}

// Whether a person is to be asked: at a terminal, where nothing says who signs in.
bool wants_guide(const LoginOptions& options) {
  if (isatty(STDIN_FILENO) == 0 || options.json || !options.email.empty() || !options.account.empty()) return false;
  const Environment environment = Environment::of_process();
  const auto catalog = schemas::Catalog::load(schema_folders_of(options.config, environment));
  const auto known = known_configuration(options.config, environment, catalog);
  const auto* configuration = std::get_if<KnownConfiguration>(&known);
  return configuration != nullptr && configuration->emails.empty();
}

int write_stations(const LogInPlan& plan, const LoginOptions& options, std::span<const VendorStation> stations) {
  Proposal proposal;
  proposal.sign_in = plan.account.sign_in;
  for (const VendorStation& station : stations) proposal.stations.push_back(proposed(station, plan.catalog));
  if (!tick_stations(proposal.stations)) return refuse("the answers ended: nothing was written");
  return write_proposal(options.config, proposal, plan.catalog);
}

}  // namespace

int login(const LoginOptions& options) {
  if (wants_guide(options)) return guided_login(options);
  if (options.json && options.write) return refuse("--write does not go with --json");
  if (!options.from.empty() && options.email.empty()) return refuse("--from needs --email, or a terminal to ask on");
  PlanResult result = options.email.empty() ? plan_from_file(options) : plan_from_options(options);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    print_problems(*problems);
    return kUsage;
  }
  const LogInPlan& plan = std::get<LogInPlan>(result);
  if (!parse_https_url(plan.account.sign_in->url)) {
    return refuse(fmt::format("'{}' is not https://host or https://host:port", plan.account.sign_in->url));
  }
  bool remembered = false;
  SignInResult signed_in = sign_in_and_remember(*plan.account.sign_in, plan.account.id, plan.state_file, remembered);
  if (const auto* error = std::get_if<SignInError>(&signed_in.outcome)) return fail(*error, options.json);
  auto& good = std::get<SignedIn>(signed_in.outcome);
  if (!good.stations_problem.empty()) std::cerr << "warning: " << good.stations_problem << '\n';
  const std::vector<VendorStation> stations = good.stations;
  print(plan, std::move(good), options);
  const int written = options.write ? write_stations(plan, options, stations) : int{kDone};
  return remembered ? written : int{kFailed};
}

}  // namespace bluetti::gateway::cli
