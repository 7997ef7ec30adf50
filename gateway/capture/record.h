// SPDX-License-Identifier: MIT
// A record: what passed between gateway and cloud, one JSON object a line. Every run of the gateway begins with a
// header line, and gives stations names of its own from there on. docs/record.md describes the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bluetti::gateway::capture {

inline constexpr std::string_view kFormat = "bluetti-gateway record";
inline constexpr int kVersion = 1;
// Bytes; longer ones are cut. No frame in an envelope is longer than 269.
inline constexpr std::size_t kMostPayload = 1024;

enum class Sender : std::uint8_t { station, gateway };

struct RecordedMessage {
  double time = 0;  // seconds since the record began
  Sender from = Sender::station;
  std::string model;    // as in the cloud's topics
  std::string station;  // made-up serial number
  std::vector<std::byte> payload;
  bool retained = false;
  bool masked = false;  // only its shape is true: most bytes were made zero
};

}  // namespace bluetti::gateway::capture
