// SPDX-License-Identifier: MIT
// What one input of `decode` says: register data in hex, or a whole payload of the cloud broker in hex. Bytes only;
// what the registers mean is the schema's business. Errors are texts for a person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/envelope.h"

namespace bluetti::gateway::cli {

struct Registers {
  std::optional<std::uint16_t> first;  // of the data; empty: the input does not say
  std::span<const std::byte> data;
  struct Frame {
    protocol::Opened opened;
    std::uint8_t unit = 0;
  };
  std::optional<Frame> frame;  // what was around the data
};

struct Refused {
  std::string reason;
};

// Two digits a byte; blanks and ':' between them and a leading "0x" are ignored. `bytes` is written over.
[[nodiscard]] std::optional<Refused> parse_hex(std::string_view text, std::vector<std::byte>& bytes);

// Opens envelope and frame. `storage` holds what the view needs and the payload does not have.
[[nodiscard]] std::variant<Registers, Refused> open_payload(std::span<const std::byte> payload,
                                                            std::vector<std::byte>& storage);

}  // namespace bluetti::gateway::cli
