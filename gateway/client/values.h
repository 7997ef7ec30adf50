// SPDX-License-Identifier: MIT
// From what a decoder has found to the values of the library. Internal.
#pragma once

#include <bluetti/value.h>

#include "gateway/station/decoder_cache.h"
#include "gateway/station/registers.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::client {

[[nodiscard]] bluetti::Value value_of(const schemas::Slot& slot, const schemas::Row& row, const schemas::Value& value);

// Decodes them. What holds a secret must be zero already.
[[nodiscard]] BlockValues block_values(const SharedDecoder& decoder, const RegisterData& data,
                                       const std::string& station, WallTime time);

[[nodiscard]] std::string json_of(const bluetti::Value& value);

[[nodiscard]] std::vector<std::uint16_t> words_of(std::span<const std::byte> data);

}  // namespace bluetti::gateway::client
