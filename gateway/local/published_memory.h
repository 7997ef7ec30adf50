// SPDX-License-Identifier: MIT
// What was published, kept from run to run, so that what is gone can be cleared even when it went while the gateway was
// down: of each station the paths of its retained topics and its discovery documents. The loop's thread only.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "discovery/discovery.h"
#include "gateway/base/time.h"
#include "gateway/local/departed.h"
#include "gateway/state/state.h"

namespace bluetti::gateway {

class PublishedMemory {
 public:
  using Stations = std::map<std::string, StationState, std::less<>>;
  static constexpr std::chrono::hours kBuried{24};
  static constexpr std::string_view kBridge = "bridge";  // its documents, beside those of the serials

  PublishedMemory(Stations& stations, Departed& departed) : stations_(stations), departed_(departed) {}

  // Where a station's topics are now. Returns full topics of the past that are none of them.
  [[nodiscard]] std::vector<std::string> move_to(const std::string& serial, const std::string& base,
                                                 const std::string& id, std::vector<std::string> paths);

  // Everything of stations that are not among these: retained topics and documents. They are forgotten.
  [[nodiscard]] std::vector<std::string> take_strangers(const std::set<std::string, std::less<>>& serials);

  // The documents of a station as last published.
  [[nodiscard]] std::vector<discovery::Announced> announced(std::string_view serial) const;
  // A document without a payload is forgotten, and so is every one that is not among these.
  void remember_documents(const std::string& serial, const std::vector<discovery::Document>& documents, TimePoint now);
  [[nodiscard]] bool has_document(std::string_view topic) const;
  void adopt(const std::string& serial, discovery::Announced announced);  // which the broker was found to hold

  // Components that a document took away of late: for a day, or as long as no version follows.
  [[nodiscard]] std::vector<std::string> buried(std::string_view serial, std::string_view topic) const;
  void forget_old_burials(const std::string& serial, TimePoint now);
  // Topics of all of them, which are forgotten.
  [[nodiscard]] std::vector<std::string> take_documents(const std::string& serial);

  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

 private:
  struct ByContent {
    bool operator()(const SharedTexts& a, const SharedTexts& b) const { return *a < *b; }
  };
  [[nodiscard]] SharedTexts shared(std::vector<std::string> texts);
  void bury(const std::string& serial, const discovery::Document& document, TimePoint now);

  Stations& stations_;
  Departed& departed_;                                          // gets what is forgotten here
  std::map<std::string, TimePoint, std::less<>> buried_until_;  // by serial
  std::set<SharedTexts, ByContent> texts_;
  bool changed_ = false;
};

}  // namespace bluetti::gateway
