// SPDX-License-Identifier: MIT
// The accounts of the configuration: their sessions are begun, renewed, lost and reported here. Which stations speak
// through them is the fleet's business. The loop's thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/config/config.h"
#include "gateway/config/config_changes.h"
#include "gateway/fleet/account.h"
#include "gateway/fleet/outside.h"
#include "gateway/local/bridge_topics.h"
#include "gateway/state/state.h"

namespace bluetti::gateway {

class Accounts {
 public:
  // All but the configuration must outlive this.
  Accounts(const Config& config, const Outside& outside, State& state, const Clock& clock, std::uint64_t seed);

  // Sessions whose settings are the same stay as they are; others are ended, and those of their account begin again.
  void reconfigure(const Config& config, const ConfigChanges& changes, TimePoint now);

  [[nodiscard]] const std::vector<AccountPointer>& all() const { return accounts_; }
  [[nodiscard]] AccountPointer find(std::string_view id) const;
  // The one whose session it is; nullptr for a session that was replaced.
  [[nodiscard]] AccountPointer at(Link link) const;

  void on_access_ready(Account& account, const AccessReady& ready, TimePoint now);
  void on_access_failed(Account& account, const AccessFailed& failed, TimePoint now);
  void on_connected(Account& account, TimePoint now);
  // True: the session was up, or about to be, and is not any more.
  bool on_down(Account& account, std::string_view what, const std::string& reason, ConnectionEnd ending, TimePoint now);

  void tick(TimePoint now);
  [[nodiscard]] TimePoint next_action(TimePoint now) const;
  void disconnect();

  [[nodiscard]] std::vector<AccountStatus> status(TimePoint now) const;

 private:
  [[nodiscard]] AccountPointer make(const AccountConfig& account, int index);
  void remember(const std::string& account, const AccountState& learned);
  void watch_certificates(TimePoint now);

  const Outside& outside_;
  State& state_;
  const Clock& clock_;
  std::uint64_t seed_;
  unsigned generation_ = 0;  // of the newest link
  std::vector<AccountPointer> accounts_;
  TimePoint certificates_watched_ = TimePoint::min();
};

}  // namespace bluetti::gateway
