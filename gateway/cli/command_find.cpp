// SPDX-License-Identifier: MIT
// `find`: stations on the local network that announce themselves, and hosts that were named. Nothing else is asked.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <set>
#include <utility>

#include "gateway/cli/announcements.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/lan_commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/table.h"
#include "gateway/cli/tool_output.h"
#include "gateway/setup/lan_reads.h"
#include "gateway/setup/station_snippet.h"

namespace bluetti::gateway::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFindWithin{5000};
constexpr milliseconds kBrowseWithin{5000};
constexpr std::size_t kMostBrowsed = std::size_t{1} << 20;

struct Found {
  Announced place;
  LanIdentity identity;
  std::string problem;  // why it is not read; empty: it is
};

// Of both services, by the tool of Avahi: it asks the network's own announcements, and no station.
std::vector<Announced> announced_places() {
  std::vector<Announced> places;
  for (const char* service : {"_bluetti._tcp", "_http._tcp"}) {
    std::optional<Progress> progress(
        std::in_place, fmt::format("listening for {}, for {} s at most", service, kBrowseWithin.count() / 1000));
    const auto browsed =
        output_of({"avahi-browse", "--resolve", "--terminate", "--parsable", service}, kBrowseWithin, kMostBrowsed);
    progress.reset();
    if (!browsed) {
      std::cerr << "avahi-browse is not installed (Debian: avahi-utils): stations that announce themselves are not "
                   "looked for\n";
      return places;
    }
    if (!browsed->is_in_time) {
      std::cerr << fmt::format(
          "avahi-browse {}: not at its end after {} seconds, or after too much; what it told so "
          "far counts\n",
          service, kBrowseWithin.count() / 1000);
    } else if (browsed->has_failed) {
      std::cerr << fmt::format("avahi-browse {}: failed; is avahi-daemon running?\n", service);
    }
    for (Announced& place : announced_in(browsed->text)) {
      const auto same = [&place](const Announced& other) { return other.at.host == place.at.host; };
      const bool is_new = std::ranges::none_of(places, same);
      if (is_new && places.size() < kMostAnnounced) places.push_back(std::move(place));
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
  LanIdentity& told = found.identity;
  const bool tells_something = !told.name.empty() || !told.serial.empty() || told.model;
  // What it says itself counts for more.
  if (const auto announced = identity_in(place.name, catalog); announced && tells_something) {
    if (!told.model && told.name.empty()) told.model = announced->model;
    if (told.model == announced->model && told.serial.empty()) told.serial = announced->serial;
  }
  found.problem = why_unread(told, std::get<read::LanClient>(connected));
  return found;
}

std::string snippet(const Found& found, std::set<std::string>& ids) {
  const std::string& model = found.identity.model->name;
  const LanEndpoint lan{.host = found.place.at.host, .port = found.place.at.port, .unit = {}};
  return station_table({.serial = found.identity.serial, .name = {}, .model = model, .cloud_model = {}, .lan = lan},
                       free_station_id("", model, ids), "");
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
  std::string where = host_port_text(at.host, at.port);
  if (!announced.empty()) where += fmt::format(" ({})", announced);
  if (!found.problem.empty()) return fmt::format("{}: {}", where, found.problem);
  if (found.identity.serial.empty()) {
    return fmt::format("{}: {}, which does not tell its serial number: write the one of its label into the station",
                       where, found.identity.model->title);
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
    if (!at) return refuse(fmt::format("'{}' is not HOST or HOST:PORT (an IPv6 address in brackets)", host));
    places.push_back({*at, {}});
  }
  if (options.announced) {
    for (Announced& place : announced_places()) places.push_back(std::move(place));
  }
  const milliseconds answer_timeout(static_cast<long>(1000 * options.answer_timeout));
  std::vector<Found> all;
  for (const Announced& place : places) {
    {
      const Progress progress(
          asking_text(host_port_text(place.at.host, place.at.port), kMostIdentifyingReads * answer_timeout),
          options.json ? Progress::Elsewhere::silent : Progress::Elsewhere::one_line);
      all.push_back(look_at(place, catalog, answer_timeout));
    }
    if (!options.json) std::cerr << found_text(all.back()) << '\n';
  }
  const auto is_station = [](const Found& found) { return found.problem.empty(); };
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
