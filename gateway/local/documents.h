// SPDX-License-Identifier: MIT
// When which discovery document is published: at once when the broker or Home Assistant may not know it, and two
// seconds after the one before when a station turns out to have more or less than was thought (Home Assistant may lose
// the first of two quick versions). A station never told of before may answer a whole round first, for two seconds at
// most: half a document would hold up the other half. The loop's thread only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/discovery.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/local/bridge_topics.h"
#include "gateway/local/published_memory.h"
#include "gateway/station/station.h"

namespace bluetti::gateway {

class Documents {
 public:
  static constexpr std::chrono::seconds kInterval{2};
  static constexpr std::chrono::seconds kFirstRound{2};
  // True: it is on its way.
  using Send = std::function<bool(const std::string& topic, std::string_view payload)>;

  Documents(const Config& config, std::string installation, PublishedMemory& memory);

  void reset(const Config& config);  // stations have other indices now; everything is to be told anew
  void forget_all();                 // the broker may have lost them
  void forget(std::size_t station);
  void change(std::size_t station);  // it has other entities than before

  // False: not all of it is on its way; to be called again.
  bool tell(std::size_t station, const Station& about, TimePoint now, const Send& send);
  void tell_bridge(const BridgeStatus& status, const Send& send);

  // Stations whose documents are to be told now.
  [[nodiscard]] std::vector<std::size_t> take_due(TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }

 private:
  struct Told {
    std::size_t content = 0;  // hash of what was told; 0: nothing
    TimePoint at = TimePoint::min();
    TimePoint due = TimePoint::max();
    TimePoint complete_by = TimePoint::max();  // of a first document
  };

  [[nodiscard]] discovery::Topics topics_of(std::string station) const;
  [[nodiscard]] discovery::Station describe(const Station& station) const;
  [[nodiscard]] std::vector<discovery::Document> documents_of(const Station& station) const;
  bool awaits_first_round(Told& told, const Station& about, TimePoint now);
  bool clear(const std::string& serial, const Send& send);
  void plan(Told& told, TimePoint due);

  DiscoveryConfig config_;
  std::string base_;
  std::string bridge_root_;  // below the base
  std::string installation_;
  discovery::Language language_;
  PublishedMemory& memory_;
  std::vector<Told> told_;  // by station
  std::size_t bridge_ = 0;  // hash of what was told of the bridge
  TimePoint next_ = TimePoint::max();
};

}  // namespace bluetti::gateway
