// SPDX-License-Identifier: MIT
// The gateway among others of its kind: which of the stations are its own, and what becomes of one that changes hands.
// Alone, all are. The loop's thread only.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/base/event.h"
#include "gateway/fleet/fleet.h"
#include "gateway/fleet/shards.h"
#include "gateway/fleet/turns.h"

namespace bluetti::gateway {

class Ownership {
 public:
  // All must outlive this.
  Ownership(Fleet& fleet, Turns& turns, Bridge& bridge);

  // Another configuration, whose members are there.
  void reconfigure(bool local_connection_is_new, TimePoint now);

  void on_local_connected(TimePoint now);
  void on_local_down();
  // The broker does not let this gateway hear a topic.
  void on_subscription_refused(std::string_view topic);
  // The broker has a message on this topic.
  void on_confirmed(std::string_view topic, TimePoint now);
  // It has confirmed nothing for so long that others may have taken over.
  [[nodiscard]] bool is_cut_off() const { return shards_ && shards_->is_cut_off(); }
  // True: it was about the others.
  bool on_local_message(std::string_view topic, std::string_view payload, bool retained, TimePoint now);

  void tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const { return shards_ ? shards_->next_action() : TimePoint::max(); }

  // Several share the stations, and none of them is here.
  [[nodiscard]] bool has_none() const;
  // Stations that neither this gateway asks nor another that is there.
  [[nodiscard]] std::size_t unasked() const;

 private:
  [[nodiscard]] std::string_view key_of(const Member& member) const;
  void announce(TimePoint now);
  void share_out(TimePoint now);

  Fleet& fleet_;
  Turns& turns_;
  Bridge& bridge_;
  std::optional<Shards> shards_;  // nothing: the gateway is alone
};

}  // namespace bluetti::gateway
