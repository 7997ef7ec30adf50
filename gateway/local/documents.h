// SPDX-License-Identifier: MIT
// When which discovery document is published: at once when the broker or Home Assistant may not know it, and two
// seconds after the one before when a station turns out to have more or less than was thought (Home Assistant may lose
// the first of two quick versions). A station never told of before may answer a whole round first, for two seconds at
// most: half a document would hold up the other half. The loop's thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discovery/discovery.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/local/bridge_topics.h"
#include "gateway/local/outlet.h"
#include "gateway/local/publication.h"
#include "gateway/local/published_memory.h"

namespace bluetti::gateway {

class Documents {
 public:
  static constexpr std::chrono::seconds kInterval{2};
  static constexpr std::chrono::seconds kFirstRound{2};
  using Publications = std::vector<Publication*>;

  Documents(const Config& config, std::string installation, PublishedMemory& memory);

  void reset(const Config& config);                   // everything is to be sent again
  void forget_all(const Publications& publications);  // the broker may have lost them
  void change(Publication& publication);              // it has other entities than before

  // The broker did not take what was sent on this topic: if it is one of them, what starts switched off is left out.
  void cut(const Publications& publications, std::string_view topic, TimePoint now);
  // Another connection, perhaps with another limit.
  static void restore(const Publications& publications);

  // False: not all of it is on its way; to be called again.
  bool send(Publication& publication, TimePoint now, Outlet& outlet);
  void forget_kinds() { maker_.forget(); }
  [[nodiscard]] std::string bridge_topic() const;
  void send_bridge(const BridgeStatus& status, TimePoint now, Outlet& outlet);

  // Whether the bridge's are to be sent now, and then no more.
  [[nodiscard]] bool take_bridge_due(TimePoint now);
  // Those whose documents are to be sent now.
  [[nodiscard]] Publications take_due(const Publications& publications, TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }

 private:
  [[nodiscard]] discovery::Topics topics_of(std::string station) const;
  [[nodiscard]] discovery::Entity entity_of(const Publication& publication, const BlockState& block,
                                            const schemas::Slot& slot) const;
  [[nodiscard]] discovery::Station describe(const Publication& publication) const;
  [[nodiscard]] std::vector<discovery::Document> documents_of(const Publication& publication);
  bool awaits_first_round(Publication& publication, TimePoint now);
  void plan(DocumentPlan& plan, TimePoint due);
  [[nodiscard]] std::vector<discovery::Announced> announced(const std::string& key) const;
  bool send(const std::vector<discovery::Document>& documents, const std::string& key, DocumentPlan& own, TimePoint now,
            Outlet& outlet);

  DiscoveryConfig config_;
  std::string base_;
  std::string bridge_root_;  // below the base
  std::chrono::seconds heartbeat_{};
  std::string installation_;
  discovery::Language language_;
  discovery::DocumentMaker maker_{{}, {}};
  PublishedMemory& memory_;
  DocumentPlan bridge_;
  TimePoint next_ = TimePoint::max();
};

}  // namespace bluetti::gateway
