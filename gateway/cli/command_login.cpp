// SPDX-License-Identifier: MIT
// `login`: signs in to the vendor's account and prints what it has. Experimental, as gateway/sign_in/ is.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <utility>
#include <variant>

#include "gateway/base/ask_password.h"
#include "gateway/base/host_port.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/station_snippet.h"
#include "gateway/cli/table.h"
#include "gateway/sign_in/sign_in_access.h"
#include "gateway/state/state_file.h"

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

PlanResult plan_from_options(const LoginOptions& options) {
  Secret password(options.password);
  if (password.empty()) {
    auto typed = ask_password(options.email);
    if (!typed || typed->empty()) return none("no password: set BLUETTI_ACCOUNT_PASSWORD, or type it on a terminal");
    password = *std::move(typed);
  }
  if (options.app_key.empty()) return none("--app-key is required with --email; docs/sign-in.md says what it is");
  if (options.totp_shared_key.empty()) {
    return none("--totp-shared-key is required with --email; docs/sign-in.md says what it is");
  }
  LogInPlan plan{.account = {.id = options.account.empty() ? "home" : options.account},
                 .state_file = options.state,
                 .catalog = schemas::Catalog::built_in()};
  plan.account.sign_in = SignInConfig{.url = options.sign_in_url,
                                      .authorities = options.sign_in_ca,
                                      .email = options.email,
                                      .password = std::move(password),
                                      .app_key = Secret(options.app_key),
                                      .totp_shared_key = Secret(options.totp_shared_key)};
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

// Remembers what was learned, whatever came of it. `false`: it could not be written.
SignInResult sign_in_and_remember(const LogInPlan& plan, bool& remembered) {
  StateFile file(plan.state_file, [](const std::string& message) { std::cerr << message << '\n'; });
  auto [state, messages] = file.load();
  for (const std::string& message : messages) std::cerr << message << '\n';
  AccountState& account = state.accounts[plan.account.id];
  SignInResult result = sign_in(*plan.account.sign_in, account.sign_in);
  account.sign_in = result.state;
  file.save(state);
  remembered = file.flush();
  return result;
}

Table table_of(std::span<const VendorStation> stations) {
  Table table({{"serial", "Serial"}, {"model", "Model"}, {"name", "Name"}, {"online", "Online"}});
  for (const VendorStation& station : stations) {
    table.add({station.serial, station.model, station.name, station.online});
  }
  return table;
}

std::string day(WallTime time) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

void print(const LogInPlan& plan, SignedIn signed_in, bool json) {
  const std::vector<VendorStation> stations = std::move(signed_in.stations);
  const std::string until = day(signed_in.token_expires);
  const Access access = access_of(std::move(signed_in), plan.account, {}, std::chrono::system_clock::now());
  const std::string broker = access.connection.url.text();
  const std::string expiry = day(*access.certificate_expires);
  const Table table = table_of(stations);
  if (json) {
    std::cout << R"({"account":)" << json_text(plan.account.id) << R"(,"broker":)" << json_text(broker)
              << R"(,"certificate_expires":)" << json_text(expiry) << R"(,"session_expires":)" << json_text(until)
              << R"(,"stations":)" << table.json() << "}\n";
    return;
  }
  std::cout << "Signed in; this is experimental.\n\n"
            << "Broker       " << broker << "\nCertificate  valid until " << expiry << "\nSession      valid until "
            << until << "\n\n";
  if (stations.empty()) return void(std::cout << "The account lists no stations.\n");
  std::cout << table.text(colour_wanted()) << "\nFor the configuration:\n\n"
            << station_snippets(stations, plan.catalog, plan.only_account ? "" : plan.account.id);
}

int fail(const SignInError& error, bool json) {
  std::cerr << error.message << '\n';
  if (json) std::cout << R"({"error":)" << json_text(error.message) << "}\n";
  return error.unreachable || error.refused ? kUnreachable : kFailed;
}

}  // namespace

int login(const LoginOptions& options) {
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
  SignInResult signed_in = sign_in_and_remember(plan, remembered);
  if (const auto* error = std::get_if<SignInError>(&signed_in.outcome)) return fail(*error, options.json);
  auto& good = std::get<SignedIn>(signed_in.outcome);
  if (!good.stations_problem.empty()) std::cerr << "warning: " << good.stations_problem << '\n';
  print(plan, std::move(good), options.json);
  return remembered ? kDone : kFailed;
}

}  // namespace bluetti::gateway::cli
