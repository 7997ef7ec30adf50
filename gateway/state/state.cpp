// SPDX-License-Identifier: MIT
#include "gateway/state/state.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace bluetti::gateway {
namespace {

// FNV-1a, 64 bits: stable over restarts and versions.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  return hash;
}

}  // namespace

AccountState& known_account(State& state, const std::string& account) {
  AccountState& known = state.accounts[account];
  if (known.client_id.empty()) known.client_id = fmt::format("{}{:016x}", state.installation, stable_hash(account));
  return known;
}

}  // namespace bluetti::gateway
