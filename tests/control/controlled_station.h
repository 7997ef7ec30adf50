// SPDX-License-Identifier: MIT
// A station under control, with a simulated one behind it, stepped by hand.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/control/station_control.h"
#include "gateway/simulator/simulated_station.h"
#include "gateway/station/station.h"
#include "tests/support/fakes.h"

namespace bluetti::test {

using namespace std::chrono_literals;

[[nodiscard]] const schemas::Catalog& built_in();

class ControlledStation {
 public:
  explicit ControlledStation(std::string_view model,
                             gateway::ControlRules rules = {
                                 .enabled = true, .per_minute = 60, .consents = {"outputs", "grid"}});

  // A wish by topic. Comes to a result at the earliest when time passes.
  void wish(std::string path, std::string value, bool retained = false);
  void undo() { control.undo({}, {.way = "request", .id = "u"}, connected, station, clock.now()); }
  // Lets time pass; the station answers what it is asked, after `latency`.
  void pass(gateway::Duration time);
  void disconnect();
  void reconnect();

  // What a phone would read there now, by an exchange of its own.
  [[nodiscard]] std::string truth(std::string_view path);
  [[nodiscard]] const schemas::Setting& setting(std::string_view path) const { return *settings->find(path); }
  [[nodiscard]] const gateway::ControlResult& last() const { return results.back(); }
  // Of the requests so far: those that write.
  [[nodiscard]] int writes() const { return writes_; }

  HandClock clock;
  const schemas::Model& model;
  gateway::simulator::SimulatedModel simulated;
  gateway::simulator::SimulatedStation simulator;
  gateway::DecoderCache decoders{built_in()};
  gateway::Station station;
  std::vector<gateway::ControlResult> results;
  gateway::StationControl control;
  std::shared_ptr<const schemas::SettingsOfModel> settings;
  bool connected = true;

 private:
  void exchange();
  [[nodiscard]] double simulated_time() const;

  gateway::simulator::PayloadBuffer buffer_{};
  int writes_ = 0;
};

}  // namespace bluetti::test
