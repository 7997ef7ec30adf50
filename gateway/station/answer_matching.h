// SPDX-License-Identifier: MIT
// What a payload from a station is, and whether it contradicts being the answer to a read in flight: the rules that
// need no history. Modbus has no transaction id, and others may ask the same station, such as the phone app. Pure
// functions; views into the payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/envelope.h"
#include "protocol/modbus.h"

namespace bluetti::gateway {

// Why a message from the cloud was put aside.
enum class Drop : std::uint8_t {
  retained,  // an old message kept by the broker, not the station speaking
  wrong_envelope,
  broken_frame,  // CRC, length or function
  other_unit,
  unasked,      // an answer nobody waits for
  too_long,     // longer than what was asked for
  other_block,  // an answer to another question, by its register or size
  repeated,     // the answer before it once more
  no_schema     // a push of registers no block of the model covers
};
inline constexpr std::size_t kDropKinds = 9;
[[nodiscard]] std::string_view describe(Drop drop);

struct Heard {
  protocol::Opened opened;
  protocol::Frame frame;
};

struct Unheard {
  Drop kind;
  std::string_view detail;  // "wrong CRC"
};

// One whole frame of this unit in this envelope, or why it is none.
using HearResult = std::variant<Heard, Unheard>;
[[nodiscard]] HearResult hear(protocol::Envelope envelope, std::uint8_t unit, std::string_view payload);

// Longer than what was asked for, or of other registers by what the envelope says.
[[nodiscard]] std::optional<Drop> mismatch(const protocol::ReadRequest& request, const protocol::Opened& opened,
                                           const protocol::ReadAnswer& answer);

// The broker may deliver a message twice. Two ranges that are all zero are alike for good reason.
[[nodiscard]] bool repeats(std::span<const std::byte> data, std::span<const std::byte> before);

}  // namespace bluetti::gateway
