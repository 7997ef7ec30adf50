// SPDX-License-Identifier: MIT
// Devices that went away. Home Assistant may not have been there to see it; and what it restored by itself after a
// restart an empty document does not remove, for it removes only what it was told of in this run. So, when it comes the
// next time, within a day, each device is announced once more, not retained, and taken away a little later. The loop's
// thread only.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "discovery/discovery.h"
#include "gateway/base/time.h"
#include "gateway/state/state.h"

namespace bluetti::gateway {

class Departed {
 public:
  using Devices = std::map<std::string, SharedTexts>;  // topic of the document -> components, as "platform:id"
  static constexpr std::chrono::hours kRemembered{24};
  static constexpr std::chrono::seconds kAnother{1};  // in which a document of another gateway would come in
  static constexpr std::chrono::seconds kTakenIn{3};  // by Home Assistant, before it goes again

  // Of the state, which must outlive this.
  explicit Departed(Devices& devices) : devices_(devices) {}

  void add(const std::string& topic, SharedTexts components);
  void keep(std::string_view topic);  // it holds a document again, ours or another's
  [[nodiscard]] bool has(std::string_view topic) const { return devices_.contains(std::string(topic)); }
  [[nodiscard]] std::vector<std::string> topics() const;

  // Home Assistant has come: they are announced, and then taken away.
  void remind(TimePoint now);
  // What is to be announced now, once.
  [[nodiscard]] std::vector<discovery::Announced> take_announced(TimePoint now);
  // Topics to be emptied now. They are forgotten: it has seen that.
  [[nodiscard]] std::vector<std::string> take_buried(TimePoint now);

  void tick(TimePoint now);  // forgets them after a day
  [[nodiscard]] TimePoint next_action() const;
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

 private:
  Devices& devices_;
  TimePoint announce_at_ = TimePoint::max();
  TimePoint bury_at_ = TimePoint::max();
  std::optional<TimePoint> forget_at_;
  bool changed_ = false;
};

}  // namespace bluetti::gateway
