// SPDX-License-Identifier: MIT
// What `scan --lan` and `find` do with a station on the local network: identify it, read its blocks. Blocks;
// one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/client/lan_client.h"
#include "gateway/station/block_state.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

struct LanIdentity {
  std::string name;                       // as the station calls itself; empty: it does not say
  const schemas::Model* model = nullptr;  // nullptr: none that is known over Modbus TCP
  std::string serial;                     // empty: it does not say
};

// By nothing but the text and the number that the vendor's stations have at 50200 and 50206, the pack's text at 51200,
// and, of what has none of them, the frequency of an S Meter. The catalogue must outlive the result.
[[nodiscard]] LanIdentity identify(read::LanClient& client, const schemas::Catalog& catalog,
                                   std::chrono::milliseconds answer_timeout);

// The number alone; empty: it does not tell one.
[[nodiscard]] std::string serial_of(read::LanClient& client, std::chrono::milliseconds answer_timeout);

// How many reads that takes at most.
inline constexpr int kMostIdentifyingReads = 4;

// Of one that has just been asked and told this: why it cannot be read, for a person. Empty: it can.
[[nodiscard]] std::string why_unread(const LanIdentity& told, const read::LanClient& client);

// How hard to try: what is silent or busy, so many times.
struct LanPatience {
  int attempts = 3;
  std::chrono::milliseconds answer_timeout{5000};
};

// Reads a block as the gateway does: no run over registers that nobody describes, and value by value what is not
// answered; what is empty, or does not answer where there may be nothing, only as far as that shows. Not at all: why.
// A block of which the first few reads stay silent is given up. `progress` is told before each attempt, from 1 on.
[[nodiscard]] std::variant<BlockState, read::LanFailure> read_block(
    read::LanClient& client, const schemas::Model& model, SharedDecoder decoder, const schemas::LanPlace& place,
    const LanPatience& patience, const std::function<void(const protocol::ReadRequest&, int attempt)>& progress);

}  // namespace bluetti::gateway
