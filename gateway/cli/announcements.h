// SPDX-License-Identifier: MIT
// Stations that announce themselves on the local network by mDNS, as avahi-browse prints them. Anybody in the network
// may announce anything: nothing is taken over but what is shaped as it should be. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/host_port.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::cli {

struct Announced {
  HostPort at;       // the port of Modbus TCP, whatever was announced
  std::string name;  // of the announcement; empty: somebody named the host
};

inline constexpr std::size_t kMostAnnounced = 32;  // each of them is asked: no home has more

// Of what `avahi-browse --resolve --parsable` prints, the lines of BLUETTI stations: of the service _bluetti._tcp, or
// with that word in their name ("Bluetti HEMS" of _http._tcp, seen on a Balco 260). One that announces itself on
// several interfaces or by both versions of IP counts once. Control characters in names are left out.
[[nodiscard]] std::vector<Announced> announced_in(std::string_view browsed);

// What an announcement tells that is a model's name with a serial number behind it: "SMeter1234567890123".
struct AnnouncedIdentity {
  const schemas::Model* model = nullptr;  // of the catalogue
  std::string serial;
};
[[nodiscard]] std::optional<AnnouncedIdentity> identity_in(std::string_view name, const schemas::Catalog& catalog);

}  // namespace bluetti::gateway::cli
