// SPDX-License-Identifier: MIT
// Which stations there are. Members come and go with the configuration; one that stays, by its serial number, keeps its
// handle and its place. The loop's thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/fleet/accounts.h"
#include "gateway/fleet/member.h"
#include "gateway/fleet/outside.h"
#include "gateway/fleet/settings_cache.h"
#include "gateway/local/bridge.h"
#include "gateway/state/state.h"
#include "gateway/station/decoder_cache.h"

namespace bluetti::gateway {

class Fleet {
 public:
  using Members = std::vector<std::unique_ptr<Member>>;  // in the order of the configuration

  // All but the configuration and the catalogue must outlive this. Both are kept.
  Fleet(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, Accounts& accounts,
        Bridge& bridge, const Outside& outside, State& state, const Clock& clock);

  // Another configuration, whose accounts are there. Members that stay go on where they are, without their session.
  void reconfigure(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog,
                   TimePoint now);

  [[nodiscard]] const Config& config() const { return *config_; }
  [[nodiscard]] const schemas::Catalog& catalog() const { return *catalog_; }
  [[nodiscard]] const Members& members() const { return members_; }
  [[nodiscard]] Member* find(StationHandle handle) const;  // nullptr: it is gone
  [[nodiscard]] Member* find(LanLink link) const;          // nullptr: it was replaced
  [[nodiscard]] Member* find_serial(std::string_view serial) const;
  [[nodiscard]] Member* find_id(std::string_view id) const;
  [[nodiscard]] std::vector<Member*> all() const;
  [[nodiscard]] std::vector<Member*> members_of(const Account& account) const;  // that are ours
  [[nodiscard]] bool went_round() const;  // all of ours, but for those that do not answer

  // Tells the sessions which of our members they serve, by which topics.
  void connect_members();

  // Their sessions are up: they begin to ask, a few at a time.
  void begin_asking(const std::vector<Member*>& members, TimePoint now);

  // The account's session is up.
  void on_session_up(const Account& account, TimePoint now);

  // It goes on by the way that its Ways have turned to.
  void change_way(Member& member, bool online, TimePoint now);

  // It turned out to be of this model.
  void become(Member& member, const schemas::Model& model, std::string cloud_model, TimePoint now);
  // What answers at its address has this serial number: nothing of it is kept.
  void turn_away(Member& member, const std::string& serial, TimePoint now);
  // Another gateway asks it from now on.
  void let_go(Member& member, TimePoint now);

  void keep_energies();  // in the state

  // What became of the wishes for settings, since the last call.
  [[nodiscard]] std::vector<ControlResult> take_results() { return std::exchange(results_, {}); }
  void keep_values_before(const Member& member);  // in the state
  void log_summary() const;

 private:
  [[nodiscard]] std::unique_ptr<Member> make(const StationConfig& station);
  void connect_lan(Member& member);
  void restart(Member& member, std::string_view reason, TimePoint now);
  void restore_energies(Member& member);
  void allow_control(Member& member);

  std::shared_ptr<const Config> config_;
  std::shared_ptr<const schemas::Catalog> catalog_;
  DecoderCache decoders_;  // of catalog_
  Accounts& accounts_;
  Bridge& bridge_;
  const Outside& outside_;
  State& state_;
  const Clock& clock_;
  SettingsCache settings_;  // of catalog_
  std::vector<ControlResult> results_;
  std::uint32_t last_handle_ = 0;
  unsigned lan_generation_ = 0;  // of the newest link
  Members members_;
  std::unordered_map<StationHandle, Member*> by_handle_;
  std::unordered_map<std::string_view, Member*> by_serial_;  // views into the members' configurations
};

}  // namespace bluetti::gateway
