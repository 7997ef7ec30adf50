// SPDX-License-Identifier: MIT
// How a simulated station takes writes: the registers of its model's settings take what is written and give it back;
// everything else is refused. And, switched on, what real stations do instead: late, not at the first try, undone
// again, refused, ignored. No I/O and no clock: times are simulated seconds. The simulator's thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gateway/simulator/station_image.h"
#include "protocol/write.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::simulator {

// Registers that belong together and may be written, alone or in one frame.
struct WritableRegisters {
  std::uint8_t unit = 0;
  std::uint16_t first_register = 0;
  std::uint16_t count = 1;
};
[[nodiscard]] std::vector<WritableRegisters> writable_registers(const schemas::Model& model,
                                                                const schemas::Catalog& catalog,
                                                                schemas::Way way = schemas::Way::cloud);

// What real stations were seen to do with a write. As it is made, nothing of it happens.
struct WriteFaults {
  struct SideEffect {
    std::uint16_t address = 0;
    std::uint16_t value = 0;
  };

  double settle = 0;                           // seconds until reads show it; 2 to 6 on real stations
  std::optional<std::uint16_t> echo_register;  // which the echo names instead of the one that was written
  int takes_try = 1;                           // echoes each try, and takes only every so many
  std::optional<double> reverts_after;         // seconds, and the old value is back: energy management, wrong unit
  std::optional<std::uint8_t> exception;       // refuses with this code
  bool ignores = false;                        // neither answers nor does anything
  bool disconnects = false;                    // takes the write and is gone before the echo
  std::optional<SideEffect> also;              // another setting changes along with it
};

class StationWrites {
 public:
  // `writable` must outlive this.
  explicit StationWrites(std::span<const WritableRegisters> writable) : writable_(writable) {}

  [[nodiscard]] bool takes_any() const { return !writable_.empty(); }
  void set_faults(const WriteFaults& faults) { faults_ = faults; }

  // The answer as a frame in `out`; empty: silence.
  [[nodiscard]] std::span<const std::byte> answer(const protocol::ReceivedWrite& write, double time,
                                                  StationImage& image, std::span<std::byte> out);
  // Puts into the registers what has become due.
  void advance_to(double time, StationImage& image);

  // Whether the connection is to be dropped; true once per write.
  [[nodiscard]] bool take_disconnect();

 private:
  struct Change {
    double due = 0;
    std::uint8_t unit = 0;
    std::uint16_t address = 0;
    std::uint16_t value = 0;
  };

  [[nodiscard]] bool is_writable(const protocol::ReceivedWrite& write, const StationImage& image) const;
  void take(const protocol::ReceivedWrite& write, double time, const StationImage& image);
  void plan(const protocol::ReceivedWrite& write, std::uint16_t address, std::uint16_t value, double time,
            const StationImage& image);

  std::span<const WritableRegisters> writable_;
  WriteFaults faults_;
  std::vector<Change> planned_;
  int tries_ = 0;
  bool disconnect_ = false;
};

}  // namespace bluetti::gateway::simulator
