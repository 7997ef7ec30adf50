// SPDX-License-Identifier: MIT
// Power stations that do not exist, in the process itself and without a network: for tests of applications. They answer
// as the library expects real ones to; how real ones differ is not verified here. Every function may be called from any
// thread, while clients are connected.
#pragma once

#include <bluetti/export.h>
#include <bluetti/schema_registry.h>
#include <bluetti/way.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace bluetti {
class StationHost;  // internal
}

namespace bluetti::testing {

class BLUETTI_API Simulation {
 public:
  // One station of each model, which live through a day of their own; models that the registry knows. Throws
  // std::invalid_argument for an unknown model.
  explicit Simulation(const std::vector<std::string>& models, const SchemaRegistry& schemas = {});
  Simulation(Simulation&&) noexcept;
  Simulation& operator=(Simulation&&) noexcept;
  ~Simulation();  // clients that are connected may go on

  [[nodiscard]] const std::vector<StationOptions>& stations() const;
  [[nodiscard]] Way way() const;  // knows its stations

  // Serial numbers that are no station's are ignored.
  void advance(std::chrono::seconds by);                       // the time of day
  void push(const std::string& serial);                        // the station sends its next block by itself
  void set_silent(const std::string& serial, bool is_silent);  // it does not answer
  void lose_connection();                                      // of every client

 private:
  std::shared_ptr<StationHost> host_;
};

}  // namespace bluetti::testing
