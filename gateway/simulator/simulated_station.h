// SPDX-License-Identifier: MIT
// One station as the cloud sees it: answers reads with the registers it has, takes writes of its model's settings,
// pushes its blocks in turn, and is silent to what a real one ignores (another envelope, another unit, a broken frame).
// No I/O and no clock: times are simulated seconds since the start. Values are computed when somebody looks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/simulator/block_writer.h"
#include "gateway/simulator/station_image.h"
#include "gateway/simulator/station_writes.h"
#include "protocol/cloud_topics.h"
#include "protocol/envelope.h"
#include "protocol/mbap.h"
#include "protocol/modbus.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::simulator {

using PayloadBuffer = std::array<std::byte, protocol::kMaxEnvelope + protocol::kMaxFrame>;

// Registers in a row that a station serves over Modbus TCP.
struct ServedRegisters {
  std::uint8_t unit = 0;
  std::uint16_t first_register = 0;
  std::uint16_t count = 0;

  [[nodiscard]] bool holds(std::uint8_t at, int address) const {
    return at == unit && address >= first_register && address < first_register + count;
  }
};

// A model as the simulator needs it. Its stations share it; it must outlive them.
struct SimulatedModel {
  const schemas::Model* model = nullptr;
  std::vector<BlockWriter> blocks;
  std::vector<WritableRegisters> writable;
  std::vector<ServedRegisters> served;  // over Modbus TCP: what is answered, in one read each or in parts of it
  int packs = 1;                        // that show values
};
[[nodiscard]] SimulatedModel make_simulated_model(const schemas::Model& model, const schemas::Catalog& catalog,
                                                  schemas::Way way = schemas::Way::cloud);

class SimulatedStation {
 public:
  // Lives through a day of its own.
  SimulatedStation(const SimulatedModel& model, Identity identity);
  // Shows these registers for ever, and takes no writes.
  SimulatedStation(const schemas::Model& model, Identity identity, StationImage image)
      : SimulatedStation(model, std::move(identity), std::move(image), {}) {}

  [[nodiscard]] const schemas::Model& model() const { return *model_; }
  [[nodiscard]] const std::string& serial() const { return identity_.serial; }
  [[nodiscard]] protocol::CloudAddress address() const {
    return {.model = model_->cloud_name, .serial = identity_.serial};
  }

  // The answer to a payload, in `out`; empty: silence.
  [[nodiscard]] std::span<const std::byte> on_request(std::span<const std::byte> payload, double time,
                                                      PayloadBuffer& out);

  // The same over Modbus TCP: a read that touches one register that is not served gets no answer, or an exception if it
  // is a read of one register; so does one that is longer than the model takes. What another unit is asked gets no
  // answer, and is counted. The quirks of the model hold.
  [[nodiscard]] std::span<const std::byte> on_adu(std::span<const std::byte> adu, double time,
                                                  std::span<std::byte> out);
  [[nodiscard]] int asked_of_other_units() const { return asked_of_other_units_; }

  // What it does wrong with writes from now on.
  void set_write_faults(const WriteFaults& faults) { writes_.set_faults(faults); }
  // Whether it wants the connection dropped, for a fault; true once per write.
  [[nodiscard]] bool take_disconnect() { return writes_.take_disconnect(); }

  // What it sends unasked: the next block in turn, home data (100) first. Empty: it has nothing.
  [[nodiscard]] std::span<const std::byte> next_push(double time, PayloadBuffer& out);

 private:
  struct Life {
    const SimulatedModel* model = nullptr;
    Day day;
    std::vector<std::uint64_t> written_at;  // per block: the day's steps when it was last written; 0: never
  };

  SimulatedStation(const schemas::Model& model, Identity identity, StationImage image,
                   std::span<const WritableRegisters> writable);

  [[nodiscard]] std::span<const std::byte> answer(const protocol::ReadRequest& request, double time,
                                                  std::span<std::byte> out);
  [[nodiscard]] std::span<const std::byte> answer(const protocol::ReceivedWrite& write, double time,
                                                  std::span<std::byte> out);
  [[nodiscard]] std::span<const std::byte> answer_adu(const protocol::ReceivedRequest& received,
                                                      const protocol::ReadRequest& read, double time,
                                                      std::span<std::byte> out);
  [[nodiscard]] bool serves(const protocol::ReadRequest& read) const;
  [[nodiscard]] bool knows_all_of(const protocol::ReadRequest& read) const;
  void bring_up_to_date(std::size_t block, double time);
  void fill(std::size_t block, double time);
  [[nodiscard]] std::span<const std::byte> wrap(std::span<const std::byte> frame, PayloadBuffer& out);

  const schemas::Model* model_;
  Identity identity_;
  StationImage image_;
  StationWrites writes_;
  std::optional<Life> life_;
  std::size_t next_block_ = 0;
  Random wifi_;
  int asked_of_other_units_ = 0;
  bool is_frozen_ = false;
};

}  // namespace bluetti::gateway::simulator
