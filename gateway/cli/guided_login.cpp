// SPDX-License-Identifier: MIT
#include "gateway/cli/guided_login.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <utility>
#include <variant>

#include "gateway/base/ask_password.h"
#include "gateway/base/host_port.h"
#include "gateway/base/parse_number.h"
#include "gateway/base/read_file.h"
#include "gateway/cli/interview.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/read_commands.h"
#include "gateway/cli/starter.h"
#include "gateway/setup/app_values.h"
#include "gateway/setup/certificate_check.h"
#include "gateway/setup/configuration_file.h"
#include "gateway/setup/lan_check.h"
#include "gateway/state/state_file.h"

namespace bluetti::gateway::cli {
namespace {

constexpr std::chrono::seconds kLookWithin{10};

int ended() {
  return refuse("the answers ended: nothing was written");
}

// One person, one proposal. Each step is false when the input has ended.
class Guide {
 public:
  Guide(const LoginOptions& options, KnownConfiguration known, schemas::Catalog catalog)
      : options_(options), known_(std::move(known)), catalog_(std::move(catalog)) {}

  int run();

 private:
  bool ask_lan();
  bool ask_certificate();
  bool ask_serials();
  bool ask_account();
  bool ask_app_values(SignInConfig& sign_in);
  bool ask_broker();
  bool confirm(std::string_view question, bool& yes);

  const LoginOptions& options_;
  KnownConfiguration known_;
  schemas::Catalog catalog_;
  Interview interview_{std::cin, std::cerr};
  Proposal proposal_;
  std::optional<int> failed_;  // the service said no, or cannot be reached
};

bool Guide::confirm(std::string_view question, bool& yes) {
  std::string answer = "y";
  const auto fault = [](const std::string& text) {
    return text == "y" || text == "n" ? std::string() : std::string("y or n");
  };
  if (!interview_.ask(question, answer, fault)) return false;
  yes = answer == "y";
  return true;
}

bool Guide::ask_lan() {
  while (true) {
    std::string address;
    if (!interview_.ask("Its address, like 192.168.1.20", address)) return false;
    if (address.empty()) continue;
    std::optional<Progress> progress(std::in_place, asking_text(address, 2 * kLookWithin));
    auto found = look_at_station(address, catalog_, kLookWithin);
    progress.reset();
    if (const auto* problem = std::get_if<std::string>(&found)) {
      std::cerr << *problem << '\n';
      continue;
    }
    auto& station = std::get<ProposedStation>(found);
    std::cerr << fmt::format("Found: {}{}{}\n", station.model, station.serial.empty() ? "" : ", serial number ",
                             station.serial);
    const auto fault = [](const std::string& serial) { return fault_of_serial(serial); };
    while (station.serial.empty()) {
      if (!interview_.ask("Its serial number, the digits on its label", station.serial, fault)) return false;
    }
    if (!interview_.ask("Station name, if you like", station.name)) return false;
    proposal_.stations = {std::move(station)};
    return true;
  }
}

bool Guide::ask_certificate() {
  while (true) {
    std::string file = "bluetti.pfx";
    if (!interview_.ask("Certificate file (.pfx)", file)) return false;
    auto content = read_file(file, kMostCertificateBytes);
    if (const auto* error = std::get_if<std::error_code>(&content)) {
      std::cerr << fmt::format("{}: {}\n", file, error->message());
      continue;
    }
    proposal_.certificate = Secret(std::get<std::string>(std::move(content)));
    auto password = ask_password(file);
    if (!password) return false;
    proposal_.certificate_password = *std::move(password);
    const auto checked =
        check_certificate(proposal_.certificate, proposal_.certificate_password, std::chrono::system_clock::now());
    if (const auto* problem = std::get_if<std::string>(&checked)) {
      std::cerr << fmt::format("{}: {}\n", file, *problem);
      continue;
    }
    const auto& facts = std::get<CertificateFacts>(checked);
    std::cerr << fmt::format("It belongs to {}, was issued by {}, and is valid until {}.\n", facts.subject,
                             facts.issuer, day_of(facts.not_after));
    return ask_serials();
  }
}

bool Guide::ask_serials() {
  while (true) {
    std::string label;
    const auto fault_of = [this](const std::string& text) {
      auto read = proposed(text, catalog_);
      const auto* fault = std::get_if<std::string>(&read);
      return fault ? std::move(*fault) : std::string();
    };
    const bool is_first = proposal_.stations.empty();
    if (!interview_.ask(
            is_first ? "Serial number of a station, digits or whole label" : "Another serial number (Enter to finish)",
            label, fault_of)) {
      return false;
    }
    if (label.empty() && !is_first) return true;
    if (label.empty()) continue;
    proposal_.stations.push_back(std::get<ProposedStation>(proposed(label, catalog_)));
    if (!interview_.ask("Station name, if you like", proposal_.stations.back().name)) return false;
  }
}

bool Guide::ask_app_values(SignInConfig& sign_in) {
  while (sign_in.app_key.empty() || sign_in.totp_shared_key.empty()) {
    std::string folder;
    if (!interview_.ask("Two values of the vendor's app are needed (docs/sign-in.md).\n"
                        "Folder of another integration that has them (Enter to paste them)",
                        folder)) {
      return false;
    }
    if (!folder.empty()) {
      if (const char* home = std::getenv("HOME"); home && folder.starts_with("~/")) folder.replace(0, 1, home);
      if (const std::string fault = take_app_values_from(folder, sign_in); !fault.empty()) std::cerr << fault << '\n';
      continue;
    }
    for (auto [name, to] : {std::pair("app_key", &sign_in.app_key), {"totp_shared_key", &sign_in.totp_shared_key}}) {
      while (to->empty()) {
        auto pasted = ask_hidden(name);
        if (!pasted) return false;
        *to = *std::move(pasted);
      }
    }
  }
  return true;
}

bool Guide::ask_account() {
  SignInConfig sign_in{.url = options_.sign_in_url,
                       .authorities = options_.sign_in_ca.empty() ? "" : std::filesystem::absolute(options_.sign_in_ca),
                       .email = options_.email,
                       .password = Secret(options_.password),
                       .app_key = Secret(options_.app_key),
                       .totp_shared_key = Secret(options_.totp_shared_key)};
  while (sign_in.email.empty()) {
    if (!interview_.ask("E-mail address of your account in the vendor's app", sign_in.email)) return false;
  }
  while (sign_in.password.empty()) {
    auto typed = ask_password(sign_in.email);
    if (!typed) return false;
    sign_in.password = *std::move(typed);
  }
  if (!ask_app_values(sign_in)) return false;
  bool remembered = false;
  proposal_.sign_in = std::move(sign_in);
  const std::string account = addition_of(proposal_, known_).account;
  SignInResult result = sign_in_and_remember(*proposal_.sign_in, account, known_.state_file, remembered);
  if (const auto* error = std::get_if<SignInError>(&result.outcome)) {
    std::cerr << error->message << '\n';
    failed_ = error->unreachable || error->refused ? kUnreachable : kFailed;
    return false;
  }
  const auto& signed_in = std::get<SignedIn>(result.outcome);
  if (!signed_in.stations_problem.empty()) std::cerr << "warning: " << signed_in.stations_problem << '\n';
  std::cerr << "Signed in.\n";
  for (const VendorStation& station : signed_in.stations) proposal_.stations.push_back(proposed(station, catalog_));
  return proposal_.stations.empty() ? ask_serials() : tick_stations(proposal_.stations);
}

bool Guide::ask_broker() {
  if (known_.names_broker) return true;
  proposal_.local_url = LocalConfig{}.url.text();
  return interview_.ask("Your MQTT broker", proposal_.local_url, fault_of_url);
}

int Guide::run() {
  std::string way = options_.from.empty() && options_.email.empty() ? "1" : "3";
  const auto fault = [](const std::string& text) {
    return text == "1" || text == "2" || text == "3" ? std::string() : std::string("1, 2 or 3");
  };
  std::cerr << "How should the gateway reach your station?\n"
               "  1  in my network: it answers Modbus TCP\n"
               "  2  with my account's certificate, a .pfx file\n"
               "  3  with e-mail and password of the vendor's app (experimental)\n";
  if (!interview_.ask("1, 2 or 3", way, fault)) return ended();
  const bool went_well = way == "1" ? ask_lan() : way == "2" ? ask_certificate() : ask_account();
  if (failed_) return *failed_;
  if (!went_well || !ask_broker()) return ended();
  bool writes = options_.write;
  if (!writes && !confirm(fmt::format("Write it to {}? y or n", options_.config.string()), writes)) return ended();
  if (writes) return write_proposal(options_.config, proposal_, catalog_);
  std::cout << addition_of(proposal_, known_).tables;
  return kDone;
}

// Of the first station, what changes most. It was chosen with what the configuration says now.
int read_first(const std::filesystem::path& config, const Proposal& proposal, const Addition& addition) {
  if (addition.ids.empty()) return kDone;
  std::cerr << fmt::format("First reading of {}:\n", addition.ids.front());
  ScanOptions scan_options;
  if (const auto& lan = proposal.stations.front().lan) {
    scan_options.blocks = {"lan"};
    scan_options.lan = host_port_text(lan->host, lan->port);
    scan_options.model = proposal.stations.front().model;
  } else {
    scan_options.blocks = {"core"};
    scan_options.config = config;
    scan_options.station = addition.ids.front();
  }
  return scan(scan_options);
}

// By the package's service, which reads one file alone, or by hand.
std::string next_step(const std::filesystem::path& config) {
  const bool is_services = std::filesystem::absolute(config).lexically_normal() == "/etc/bluetti/gateway.toml";
  return is_services ? "Now run: sudo systemctl restart bluetti-gateway\n"
                     : fmt::format("Now run: bluetti-gateway run --config {}\n", config.string());
}

void print_by_hand(const std::filesystem::path& config, const Addition& addition, const std::string& why) {
  std::cerr << fmt::format("Nothing was written: {}\n", why);
  std::cout << fmt::format("\nFor {}:\n{}", config.string(), addition.tables);
  if (addition.files.empty()) return;
  std::vector<std::string> names;
  for (const SecretFile& file : addition.files) names.push_back(file.name);
  std::cout << fmt::format("\nAnd beside it, readable by its user alone: {}\n", fmt::join(names, ", "));
}

}  // namespace

std::string take_app_values_from(const std::filesystem::path& from, SignInConfig& sign_in) {
  auto found = app_values_in(from);
  if (auto* problem = std::get_if<std::string>(&found)) return std::move(*problem);
  auto& values = std::get<AppValues>(found);
  if (sign_in.app_key.empty()) sign_in.app_key = std::move(values.app_key);
  if (sign_in.totp_shared_key.empty()) sign_in.totp_shared_key = std::move(values.totp_shared_key);
  return {};
}

bool tick_stations(std::vector<ProposedStation>& stations) {
  if (isatty(STDIN_FILENO) == 0 || stations.size() < 2) return true;
  for (std::size_t at = 0; at < stations.size(); ++at) {
    const ProposedStation& station = stations[at];
    std::cerr << fmt::format("  {}  {} {} {}\n", at + 1, station.serial,
                             station.model.empty() ? station.cloud_model : station.model, station.name);
  }
  std::vector<std::size_t> chosen;
  const auto fault_of = [&](const std::string& text) {
    chosen.clear();
    std::size_t begin = 0;
    while ((begin = text.find_first_not_of(" ,", begin)) != std::string::npos) {
      const std::size_t end = std::min(text.find_first_of(" ,", begin), text.size());
      const auto number = parse_number<std::size_t>(std::string_view(text).substr(begin, end - begin));
      if (!number || *number == 0 || *number > stations.size()) return std::string("numbers of the list, like 1 2");
      chosen.push_back(*number - 1);
      begin = end;
    }
    return chosen.empty() ? std::string("at least one") : std::string();
  };
  std::string answer;
  if (!Interview(std::cin, std::cerr).ask("Which of them, by number (Enter for all)", answer, fault_of)) return false;
  if (answer.empty()) return true;
  std::vector<ProposedStation> kept;
  for (const std::size_t at : chosen) kept.push_back(stations[at]);
  stations = std::move(kept);
  return true;
}

int write_proposal(const std::filesystem::path& config, const Proposal& proposal, const schemas::Catalog& catalog) {
  const Environment environment = Environment::of_process();
  auto known = known_configuration(config, environment, catalog);
  if (const auto* problem = std::get_if<std::string>(&known)) {
    print_by_hand(config, addition_of(proposal, {}), *problem);
    return kFailed;
  }
  const Addition addition = addition_of(proposal, std::get<KnownConfiguration>(std::move(known)));
  if (addition.tables.empty()) {
    std::cerr << fmt::format("{} already has all of it\n{}", config.string(), next_step(config));
    return kDone;
  }
  if (const std::string problem = write_addition(config, addition, environment, catalog); !problem.empty()) {
    print_by_hand(config, addition, problem);
    return kFailed;
  }
  std::cerr << fmt::format("Written to {}.\n", config.string());
  const int code = read_first(config, proposal, addition);
  if (code == kDone) std::cerr << next_step(config);
  return code;
}

SignInResult sign_in_and_remember(const SignInConfig& config, const std::string& account,
                                  const std::filesystem::path& state_file, bool& remembered) {
  StateFile file(state_file, [](const std::string& message) { std::cerr << message << '\n'; });
  auto [state, messages] = file.load();
  for (const std::string& message : messages) std::cerr << message << '\n';
  AccountState& known = state.accounts[account];
  std::optional<Progress> progress(std::in_place, "signing in");
  SignInResult result = sign_in(config, known.sign_in);
  progress.reset();
  known.sign_in = result.state;
  file.save(state);
  remembered = file.flush();
  return result;
}

int guided_login(const LoginOptions& options) {
  const Environment environment = Environment::of_process();
  auto catalog = schemas::Catalog::load(schema_folders_of(options.config, environment));
  auto known = known_configuration(options.config, environment, catalog);
  if (const auto* problem = std::get_if<std::string>(&known)) return refuse(*problem);
  Guide guide(options, std::get<KnownConfiguration>(std::move(known)), std::move(catalog));
  return guide.run();
}

}  // namespace bluetti::gateway::cli
