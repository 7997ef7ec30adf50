// SPDX-License-Identifier: MIT
// What a way gives to the engine. Internal.
#pragma once

#include <bluetti/error.h>
#include <bluetti/way.h>

#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "gateway/base/event.h"
#include "gateway/client/station_session.h"
#include "gateway/config/config.h"

namespace bluetti {

inline constexpr gateway::Link kStations{0};  // the one connection of a client

struct Way::Access {
  struct Opened {
    gateway::AccountConfig account;
    gateway::read::SessionParts parts;
    std::vector<StationOptions> stations;  // those of the way itself
    // Called in the engine's turns; returns when it wants to be called again. Empty: not needed.
    std::function<gateway::TimePoint(gateway::TimePoint)> tick;
    // Over Modbus TCP, where there are sockets to wait for: collect() is called in each turn, and when one is ready.
    int descriptor = -1;
    std::function<void(std::vector<gateway::Event>&)> collect = {};
  };

  Access() = default;
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;
  virtual ~Access() = default;

  // Called on the engine's thread, for each connect(). The sink is alive as long as what is returned.
  [[nodiscard]] virtual std::variant<Opened, Error> open(const gateway::EventSink& sink) const = 0;
};

}  // namespace bluetti
