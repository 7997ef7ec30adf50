// SPDX-License-Identifier: MIT
// All that belongs to one station: how it is configured and what was learned of that, the account that it speaks
// through, its values and its queue, and what is published of it. The loop's thread only.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/station_handle.h"
#include "gateway/config/config.h"
#include "gateway/control/station_control.h"
#include "gateway/fleet/account.h"
#include "gateway/fleet/ways.h"
#include "gateway/local/publication.h"
#include "gateway/station/station.h"

namespace bluetti::gateway {

// What is logged of a station once a session, and counted from then on.
struct Logged {
  std::array<bool, kDropKinds> dropped{};
  bool exception = false;
  bool gives_nothing = false;  // although it answers
  bool model = false;
  bool own_name = false;  // that it calls itself what it cannot be
};

struct Member {
  Member(StationHandle named, const StationConfig& configured, AccountPointer through, DecoderCache& decoders,
         Bridge& bridge, bool ours, const Clock& clock, StationControl::Report report);

  // Its place in topics and documents, by the present configuration.
  [[nodiscard]] StationName name() const { return {handle, config.id, config.name, config.serial, config.area}; }
  [[nodiscard]] StationPlan plan() const;

  StationHandle handle;
  StationConfig config;        // with the model as it was identified
  AccountPointer account;      // nullptr: it is not read through the cloud
  std::unique_ptr<Ways> ways;  // nullptr: it is read through the cloud alone
  std::string request_topic;   // at the cloud
  Station station;
  StationControl control;
  std::vector<std::shared_ptr<const schemas::SettingsOfModel>> settings_of_other_ways;  // than the one that is used
  Publication publication;
  Logged logged;
  TimePoint understood_at{};               // of one whose model is detected: the last message that fitted it
  TimePoint served_at = TimePoint::max();  // the entry in the line of times that counts

  [[nodiscard]] bool is_ours() const { return publication.is_ours; }
  [[nodiscard]] bool uses_lan() const { return ways && ways->uses_lan(); }
  [[nodiscard]] bool is_another() const { return uses_lan() && ways->is_another(); }  // what answers in its place
  [[nodiscard]] bool is_connected() const {
    return uses_lan() ? ways->is_lan_connected() : account && account->session.connected();
  }
};

}  // namespace bluetti::gateway
