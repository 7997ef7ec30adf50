// SPDX-License-Identifier: MIT
// Makes messages between gateway and cloud fit to be shown to others. What a frame holds is known from its register: a
// push names it, an answer's is that of the one read that waits for it, so both directions must pass here. A frame
// whose registers are not certain, or that is none, keeps its shape only: length, envelope, function. A CRC that was
// right is right again. No I/O and no clock. The loop's thread only.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/capture/pseudonyms.h"
#include "gateway/capture/record.h"
#include "gateway/capture/register_scrubber.h"
#include "protocol/cloud_topics.h"
#include "protocol/modbus.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::capture {

struct Anonymous {
  std::string_view serial;             // made up
  std::span<const std::byte> payload;  // holds until the next call
  bool masked = false;                 // keeps its shape only
};

class Anonymizer {
 public:
  Anonymizer(std::shared_ptr<const schemas::Catalog> catalog, const Pseudonyms::Key& key);
  Anonymizer(const Anonymizer&) = delete;
  Anonymizer& operator=(const Anonymizer&) = delete;

  // Schemas that were reloaded.
  void use(std::shared_ptr<const schemas::Catalog> catalog);

  // A serial number to look for from the first message on.
  void know(std::string_view serial) { static_cast<void>(pseudonyms_.of_serial(serial)); }

  [[nodiscard]] Anonymous anonymize(Sender from, protocol::CloudAddress address, std::span<const std::byte> payload);

 private:
  struct Station {
    std::string pseudonym;
    std::vector<protocol::ReadRequest> waiting;  // reads without an answer
  };
  // Where the registers of a frame lie, and which they are.
  struct Registers {
    std::uint16_t first = 0;
    std::span<const std::byte> data;
  };

  Station& station_of(std::string_view serial);
  RegisterScrubber& scrubber_of(std::string_view model);
  // Whether the frame could be understood.
  bool anonymize_frame(Sender from, std::string_view model, Station& station, std::uint16_t envelope_register);
  [[nodiscard]] std::optional<Registers> registers_of(Station& station, const protocol::Frame& frame,
                                                      std::uint16_t envelope_register) const;
  [[nodiscard]] static std::optional<std::uint16_t> question_of(Station& station, const protocol::ReadAnswer& answer,
                                                                std::uint16_t envelope_register);

  std::shared_ptr<const schemas::Catalog> catalog_;
  Pseudonyms pseudonyms_;
  std::map<std::string, RegisterScrubber, std::less<>> scrubbers_;  // by the cloud's name of the model
  std::map<std::string, Station, std::less<>> stations_;            // by serial
  std::vector<std::byte> payload_;
  std::span<std::byte> frame_;  // of payload_
};

}  // namespace bluetti::gateway::capture
