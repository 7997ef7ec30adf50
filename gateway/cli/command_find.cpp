// SPDX-License-Identifier: MIT
// `find`: stations on the local network that announce themselves, and hosts that were named. Nothing else is asked.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <set>
#include <utility>

#include "gateway/cli/announcements.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/lan_commands.h"
#include "gateway/cli/lan_reads.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/station_snippet.h"
#include "gateway/cli/table.h"

namespace bluetti::gateway::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFindWithin{5000};

struct Found {
  Announced place;
  LanIdentity identity;
  std::string problem;  // why it is not read; empty: it is
};

// The tool of Avahi, where it is installed: it asks the network's own announcements, and no station.
std::string browse(const char* service) {
  const std::string command = fmt::format("avahi-browse --resolve --terminate --parsable {} 2>/dev/null", service);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "re"), pclose);
  std::string text;
  if (!pipe) return text;
  std::array<char, 4096> buffer;
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe.get())) text.append(buffer.data(), size);
  return text;
}

bool is_installed(std::string_view tool) {
  const char* const path = getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (access(fmt::format("{}/{}", rest.substr(0, end), tool).c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::vector<Announced> announced_places() {
  std::vector<Announced> places;
  for (const char* service : {"_bluetti._tcp", "_http._tcp"}) {
    for (Announced& place : announced_in(browse(service))) {
      const auto same = [&place](const Announced& other) { return other.at.host == place.at.host; };
      if (std::ranges::none_of(places, same)) places.push_back(std::move(place));
    }
  }
  return places;
}

Found look_at(const Announced& place, const schemas::Catalog& catalog, milliseconds answer_timeout) {
  Found found{.place = place, .identity = {}, .problem = {}};
  auto connected = read::LanClient::connect(place.at.host, place.at.port, kFindWithin);
  if (auto* problem = std::get_if<std::string>(&connected)) {
    found.problem = std::move(*problem);
    return found;
  }
  found.identity = identify(std::get<read::LanClient>(connected), catalog, answer_timeout);
  if (found.identity.name.empty() && found.identity.serial.empty()) found.problem = "it does not answer Modbus TCP";
  return found;
}

std::string snippet(const Found& found, std::set<std::string>& ids) {
  const schemas::Model* model = found.identity.model;
  const std::string port =
      found.place.at.port == protocol::kModbusTcpPort ? std::string() : fmt::format(", port = {}", found.place.at.port);
  return fmt::format("[[station]]\nid = {}\nmodel = {}\nserial = {}\nvia = [\"lan\"]\nlan = {{ host = {}{} }}\n",
                     toml_string(free_station_id("", model->name, ids)), toml_string(model->name),
                     toml_string(found.identity.serial), toml_string(found.place.at.host), port);
}

std::string found_json(const Found& found) {
  return fmt::format(R"({{"host":{},"port":{},"announced":{},"name":{},"model":{},"serial":{},"problem":{}}})",
                     json_text(found.place.at.host), found.place.at.port, json_text(found.place.name),
                     json_text(found.identity.name),
                     found.identity.model ? json_text(found.identity.model->name) : "null",
                     json_text(found.identity.serial), json_text(found.problem));
}

std::string found_text(const Found& found) {
  const auto& [at, announced] = found.place;
  const std::string where = announced.empty() ? fmt::format("{}:{}", at.host, at.port)
                                              : fmt::format("{}:{} ({})", at.host, at.port, announced);
  if (!found.problem.empty()) return fmt::format("{}: {}", where, found.problem);
  if (!found.identity.model) {
    return fmt::format("{}: calls itself {}, of which nothing is known over Modbus TCP", where,
                       found.identity.name.empty() ? "nothing" : found.identity.name);
  }
  return fmt::format("{}: {}, serial number {}", where, found.identity.model->title, found.identity.serial);
}

}  // namespace

int find(const FindOptions& options) {
  const schemas::Catalog catalog = schemas::Catalog::load(options.schemas);
  print_problems(catalog.problems());
  std::vector<Announced> places;
  for (const std::string& host : options.hosts) {
    const auto at = parse_host_port(host, protocol::kModbusTcpPort);
    if (!at) return refuse(fmt::format("'{}' is not HOST or HOST:PORT", host));
    places.push_back({*at, {}});
  }
  const bool can_look = options.announced && is_installed("avahi-browse");
  if (options.announced && !can_look) {
    std::cerr
        << "avahi-browse is not installed (Debian: avahi-utils): stations that announce themselves are not looked "
           "for\n";
  }
  if (can_look) {
    for (Announced& place : announced_places()) places.push_back(std::move(place));
  }
  std::vector<Found> all;
  for (const Announced& place : places) {
    all.push_back(look_at(place, catalog, milliseconds(static_cast<long>(1000 * options.answer_timeout))));
    if (!options.json) std::cerr << found_text(all.back()) << '\n';
  }
  const auto is_station = [](const Found& found) { return found.identity.model && !found.identity.serial.empty(); };
  if (options.json) {
    std::vector<std::string> json;
    std::ranges::transform(all, std::back_inserter(json), found_json);
    std::cout << fmt::format("[{}]\n", fmt::join(json, ","));
  } else {
    std::set<std::string> ids;
    std::string text;
    for (const Found& found : all) {
      if (is_station(found)) text += (text.empty() ? "" : "\n") + snippet(found, ids);
    }
    std::cout << text;
  }
  if (all.empty()) std::cerr << "no station found; name its address: bluetti-gateway find 192.168.1.20\n";
  return std::ranges::any_of(all, is_station) ? kDone : kFailed;
}

}  // namespace bluetti::gateway::cli
