// SPDX-License-Identifier: MIT
// Stations in the process itself, simulated or out of a record, which answer what a session sends them without a
// network in between. Any thread; one lock. Internal.
#pragma once

#include <bluetti/way.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/event.h"
#include "gateway/client/access.h"
#include "gateway/client/contents.h"
#include "gateway/simulator/fleet.h"

namespace bluetti {

class StationHost final : public Way::Access, public std::enable_shared_from_this<StationHost> {
 public:
  // The fleet refers to the catalogue.
  StationHost(std::shared_ptr<const SchemaRegistry::Contents> schemas, gateway::simulator::Fleet fleet,
              std::vector<StationOptions> stations);

  [[nodiscard]] std::variant<Opened, Error> open(const gateway::EventSink& sink) const override;
  [[nodiscard]] const std::vector<StationOptions>& stations() const { return options_; }

  // Of testing::Simulation.
  void advance(double seconds);
  void push(std::string_view serial);
  void set_silent(std::string_view serial, bool is_silent);
  void lose_connection();

  // Of the clients: who is told.
  void attach(const void* client, gateway::EventSink sink);
  void detach(const void* client);
  // Answers at once, if at all.
  void on_request(const void* client, std::string_view topic, std::string_view payload);
  // Sends what the record has sent by now; returns when there is more.
  gateway::TimePoint tick(gateway::TimePoint now);

 private:
  struct Listener {
    const void* client = nullptr;
    gateway::EventSink sink;
  };

  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view serial) const;
  void send(const Listener& to, std::size_t station, std::span<const std::byte> payload) const;

  std::mutex mutex_;
  std::shared_ptr<const SchemaRegistry::Contents> schemas_;
  gateway::simulator::Fleet fleet_;
  std::vector<StationOptions> options_;
  std::vector<bool> silent_;
  std::vector<Listener> listeners_;
  double time_ = 0;  // simulated or recorded seconds since the start
  std::optional<gateway::TimePoint> start_;
  gateway::simulator::PayloadBuffer buffer_{};
};

}  // namespace bluetti
