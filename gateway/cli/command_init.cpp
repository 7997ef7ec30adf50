// SPDX-License-Identifier: MIT
// `init`: a starter configuration, from options or by asking.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/starter.h"
#include "gateway/config/config.h"
#include "gateway/state/private_file.h"

namespace bluetti::gateway::cli {
namespace {

Starter starter_of(const InitOptions& options) {
  Starter starter{.local_url = options.local_url,
                  .local_username = options.local_username,
                  .certificate = options.certificate,
                  .stations = {}};
  for (const std::string& serial : options.serials) {
    starter.stations.push_back({.serial = serial, .name = {}, .model = options.model});
  }
  return starter;
}

std::string fault_of(const InitOptions& options, const schemas::Catalog& catalog) {
  if (auto fault = fault_of_url(options.local_url); !fault.empty()) return "--local-url: " + fault;
  if (auto fault = fault_of_model(options.model, catalog); !fault.empty()) return "--model: " + fault;
  for (const std::string& serial : options.serials) {
    if (auto fault = fault_of_serial(serial); !fault.empty()) return "--serial: " + fault;
  }
  return {};
}

int write(const std::string& text, const std::filesystem::path& file) {
  if (const std::error_code error = replace_private_file(file, text)) {
    std::cerr << fmt::format("{} could not be written: {}; {}\n", file.string(), error.message(),
                             remedy_for(error, file));
    return kFailed;
  }
  std::cout << fmt::format("Wrote {}. Next: bluetti-gateway check --config {}\n", file.string(), file.string());
  return kDone;
}

}  // namespace

int init(const InitOptions& options) {
  std::error_code error;
  if (std::filesystem::exists(options.config, error) && !options.force) {
    return refuse(fmt::format("{} is there already; --force replaces it", options.config.string()));
  }
  const auto catalog = schemas::Catalog::built_in();
  if (const std::string fault = fault_of(options, catalog); !fault.empty()) return refuse(fault);
  Starter starter = starter_of(options);
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
    print_problems(*problems);
    return refuse("nothing was written, for the configuration would not be taken");
  }
  return write(text, options.config);
}

}  // namespace bluetti::gateway::cli
