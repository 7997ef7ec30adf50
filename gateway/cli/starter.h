// SPDX-License-Identifier: MIT
// The configuration that `init` writes: commented, and taken by `check` as it is. Pure but for the questions.
#pragma once

#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/host_port.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

struct StarterStation {
  std::string serial;
  std::string name;  // empty: none was given
  std::string model = "auto";
  std::optional<HostPort> lan = {};  // where it answers on the local network; none: it is read through the cloud
};

struct Starter {
  std::string local_url = "mqtt://127.0.0.1:1883";
  std::string local_username;  // empty: the broker wants none
  std::string certificate = "bluetti.pfx";
  std::vector<StarterStation> stations;
};

// What is wrong with an answer, for a person; empty: nothing.
[[nodiscard]] std::string fault_of_url(const std::string& url);
[[nodiscard]] std::string fault_of_model(const std::string& model, const schemas::Catalog& catalog);

// Of a serial number or a whole label, which also tells the model if that is "auto"; else what is wrong with it.
[[nodiscard]] std::variant<StarterStation, std::string> station_of_label(const std::string& label,
                                                                         const std::string& model,
                                                                         const schemas::Catalog& catalog);

// Asks until every answer is good; an empty line takes what `proposal` has. Nothing: the input ended before.
[[nodiscard]] std::optional<Starter> ask_for_starter(Starter proposal, const schemas::Catalog& catalog,
                                                     std::istream& answers, std::ostream& questions);

[[nodiscard]] std::string starter_config(const Starter& starter);

}  // namespace bluetti::gateway::cli
