// SPDX-License-Identifier: MIT
#include "gateway/cli/starter.h"

#include <fmt/format.h>

#include <set>

#include "gateway/cli/interview.h"
#include "gateway/config/config.h"
#include "gateway/config/serial_label.h"
#include "gateway/config/suggestion.h"
#include "gateway/setup/station_snippet.h"

namespace bluetti::gateway::cli {
namespace {

std::string starter_table(const StarterStation& station, const std::string& id) {
  std::string table = fmt::format("[[station]]\nid = \"{}\"", id) + "   # its name in topics\n";
  if (!station.name.empty()) table += fmt::format("name = {}\n", toml_string(station.name));
  table += fmt::format("model = {}   # 'bluetti-gateway list models' shows them; auto: found out\n",
                       toml_string(station.model));
  table += fmt::format("serial = {}   # the digits of its serial number\n", toml_string(station.serial));
  if (station.lan) {
    const bool is_usual = station.lan->port == LanEndpoint().port;
    return table +
           fmt::format("via = [\"lan\"]   # Modbus TCP; docs/lan.md\nlan = {{ host = {}{} }}\n",
                       toml_string(station.lan->host), is_usual ? "" : fmt::format(", port = {}", station.lan->port)) +
           "# poll = { lan = 15, lan_settings = 120 }   # seconds\n";
  }
  return table +
         "# poll = { core = 5, battery = 10, cells = 60 }   # seconds; 'bluetti-gateway list blocks' shows groups\n";
}

constexpr std::string_view kHead =
    R"(# BLUETTI Gateway. `bluetti-gateway check` tells what is wrong with this file, and what would be done.
# Every string may hold ${NAME} or ${NAME:-default} of the environment.

# Your MQTT broker.
[local]
)";

constexpr std::string_view kMiddle = R"(# ca = "ca.pem"       # of a broker with mqtts:// and a certificate of your own
# json_state = true   # also one JSON object per station

# Home Assistant finds the stations by itself if it uses the same broker.
[discovery]
enabled = true
# language = "de"     # of entity names

[log]
level = "info"
# levels = { cloud = "debug" }   # by area: gateway, cloud, local, station

)";

constexpr std::string_view kAccountHead =
    R"(# The session with the vendor's cloud. It allows one at a time: close the phone app if it contends.
[[account]]
id = "home"
)";

constexpr std::string_view kAccountHints =
    R"(# certificate_password_file = "bluetti.password"   # or the variable BLUETTI_CERT_PASSWORD
# verify = "pinned"   # trust the server's certificate that is seen first, and no other; or name its `ca`
# requests_per_minute = 300

)";

}  // namespace

std::string fault_of_url(const std::string& url) {
  return parse_broker_url(url) ? std::string() : fmt::format("'{}' is not mqtt://host:port or mqtts://host:port", url);
}

std::string fault_of_model(const std::string& model, const schemas::Catalog& catalog) {
  return model == "auto" || catalog.model(model) ? std::string() : unknown_model(model, catalog);
}

std::variant<StarterStation, std::string> station_of_label(const std::string& label, const std::string& model,
                                                           const schemas::Catalog& catalog) {
  auto parsed = parse_serial_label(label, catalog.model(model), catalog);
  if (auto* fault = std::get_if<std::string>(&parsed)) return std::move(*fault);
  auto& serial = std::get<SerialLabel>(parsed);
  return StarterStation{
      .serial = std::move(serial.serial), .name = {}, .model = serial.model ? serial.model->name : model};
}

std::optional<Starter> ask_for_starter(Starter proposal, const schemas::Catalog& catalog, std::istream& answers,
                                       std::ostream& questions) {
  Interview interview(answers, questions);
  const auto model_fault = [&](const std::string& model) { return fault_of_model(model, catalog); };
  const bool good = interview.ask("Your MQTT broker", proposal.local_url, fault_of_url) &&
                    interview.ask("User name there, if it wants one", proposal.local_username) &&
                    interview.ask("Certificate of the vendor's account (.pfx)", proposal.certificate);
  if (!good) return std::nullopt;
  while (true) {
    std::string label;
    const auto label_fault = [&](const std::string& answer) {
      auto read = station_of_label(answer, "auto", catalog);
      const auto* fault = std::get_if<std::string>(&read);
      return fault ? std::move(*fault) : std::string();
    };
    const std::string which = proposal.stations.empty() ? "Serial number of a station, digits or whole label"
                                                        : "Another serial number (Enter to finish)";
    if (!interview.ask(which, label, label_fault)) return std::nullopt;
    if (label.empty() && proposal.stations.empty()) continue;
    if (label.empty()) return proposal;
    auto station = std::get<StarterStation>(station_of_label(label, "auto", catalog));
    if (!interview.ask("Station name", station.name)) return std::nullopt;
    if (!interview.ask("Its model", station.model, model_fault)) return std::nullopt;
    proposal.stations.push_back(std::move(station));
  }
}

std::string starter_config(const Starter& starter) {
  std::string text(kHead);
  text += fmt::format("url = {}\n", toml_string(starter.local_url));
  if (starter.local_username.empty()) {
    text += "# username = \"gateway\"\n# password_file = \"broker.password\"\n";
  } else {
    text += fmt::format("username = {}\npassword = \"${{BLUETTI_LOCAL_PASSWORD:-}}\"   # or password_file = \"...\"\n",
                        toml_string(starter.local_username));
  }
  text += kMiddle;
  const bool needs_account =
      !std::ranges::all_of(starter.stations, [](const auto& one) { return one.lan.has_value(); });
  if (needs_account) {
    text += std::string(kAccountHead) + fmt::format("certificate = {}\n", toml_string(starter.certificate)) +
            std::string(kAccountHints);
  }
  std::set<std::string> taken;
  for (const StarterStation& station : starter.stations) {
    if (!taken.empty()) text += '\n';
    text += starter_table(station, free_station_id(station.name, station.model == "auto" ? "" : station.model, taken));
  }
  return text;
}

}  // namespace bluetti::gateway::cli
