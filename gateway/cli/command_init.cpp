// SPDX-License-Identifier: MIT
// `init`: a starter configuration, from options or by asking.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <variant>

#include "gateway/base/private_file.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/output_file.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/starter.h"
#include "gateway/config/config.h"

namespace bluetti::gateway::cli {
namespace {

// Else what is wrong with an option.
std::variant<Starter, std::string> starter_of(const InitOptions& options, const schemas::Catalog& catalog) {
  if (auto fault = fault_of_url(options.local_url); !fault.empty()) return "--local-url: " + fault;
  if (auto fault = fault_of_model(options.model, catalog); !fault.empty()) return "--model: " + fault;
  Starter starter{.local_url = options.local_url,
                  .local_username = options.local_username,
                  .certificate = options.certificate,
                  .stations = {}};
  for (const std::string& serial : options.serials) {
    auto station = station_of_label(serial, options.model, catalog);
    if (const auto* fault = std::get_if<std::string>(&station)) return "--serial: " + *fault;
    const std::string& digits = std::get<StarterStation>(station).serial;
    if (std::ranges::find(starter.stations, digits, &StarterStation::serial) != starter.stations.end()) {
      return fmt::format("--serial: '{}' is given twice", digits);
    }
    starter.stations.push_back(std::get<StarterStation>(std::move(station)));
  }
  if (options.lan.empty()) return starter;
  if (options.lan.size() != starter.stations.size()) {
    return fmt::format("--lan: each needs its --serial, which 'bluetti-gateway find {}' prints", options.lan.front());
  }
  for (std::size_t index = 0; index < options.lan.size(); ++index) {
    const auto place = parse_host_port(options.lan[index], LanEndpoint().port);
    if (!place) {
      return fmt::format("--lan: '{}' is not HOST or HOST:PORT (an IPv6 address in brackets)", options.lan[index]);
    }
    starter.stations[index].lan = place;
  }
  return starter;
}

}  // namespace

int init(const InitOptions& options) {
  if (const std::string fault = fault_of_output(options.config, options.force); !fault.empty()) return refuse(fault);
  const auto catalog = schemas::Catalog::built_in();
  auto proposal = starter_of(options, catalog);
  if (const auto* fault = std::get_if<std::string>(&proposal)) return refuse(*fault);
  Starter starter = std::get<Starter>(std::move(proposal));
  if (starter.stations.empty()) {
    if (isatty(STDIN_FILENO) == 0)
      return refuse("there is no terminal to ask on: give --serial, once for each station");
    auto answered = ask_for_starter(std::move(starter), catalog, std::cin, std::cerr);
    if (!answered) return refuse("the answers ended: nothing was written");
    starter = *std::move(answered);
  }
  const std::string text = starter_config(starter);
  const auto result = parse_config(text, options.config, Environment::of_process(), catalog);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    for (const schemas::Problem& problem : *problems) print_error(problem.message);  // the file is not there to look at
    return refuse("nothing was written, for the configuration would not be taken");
  }
  if (!write_output(options.config, text)) return kFailed;
  const std::string file = options.config.string();
  const std::string group = share_with_group_of_folder(options.config);
  std::cout << fmt::format("Wrote {}{}. Next: bluetti-gateway check --config {}\n", file,
                           group.empty() ? "" : fmt::format(", which the group {} can read", group), file);
  return kDone;
}

}  // namespace bluetti::gateway::cli
