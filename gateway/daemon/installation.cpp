// SPDX-License-Identifier: MIT
#include "gateway/daemon/installation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gateway/base/digests.h"

namespace bluetti::gateway {

std::string installation_of(const Config& config) {
  constexpr std::size_t kDigits = 16;
  std::set<std::string> members;
  for (const AccountConfig& account : config.accounts) members.insert("account " + account.id);
  for (const StationConfig& station : config.stations) members.insert("station " + station.serial);
  std::string text = fmt::format("bluetti-gateway\nbase {}\nshard {}\n", config.local.base, config.shard.index);
  for (const std::string& member : members) text += member + '\n';
  std::string digits = sha256_hex(text).substr(0, kDigits);
  std::ranges::transform(digits, digits.begin(), [](char digit) {
    return digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit;
  });
  return digits;
}

}  // namespace bluetti::gateway
