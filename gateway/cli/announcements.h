// SPDX-License-Identifier: MIT
// Stations that announce themselves on the local network by mDNS, as avahi-browse prints them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/host_port.h"

namespace bluetti::gateway::cli {

struct Announced {
  HostPort at;       // the port of Modbus TCP, whatever was announced
  std::string name;  // of the announcement; empty: somebody named the host
};

// Of what `avahi-browse --resolve --parsable` prints, the lines of BLUETTI stations: of the service _bluetti._tcp, or
// with that word in their name ("Bluetti HEMS" of _http._tcp, seen on a Balco 260).
[[nodiscard]] std::vector<Announced> announced_in(std::string_view browsed);

}  // namespace bluetti::gateway::cli
