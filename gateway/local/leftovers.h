// SPDX-License-Identifier: MIT
// What the broker still holds of stations that are gone: after a state file was lost, or a change while the gateway was
// down, nothing else knows of them. Looked through once after connecting: discovery documents with our origin and below
// our base, and then the topics of those whose station is not configured any more. The loop's thread only.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/discovery.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

class Leftovers {
 public:
  static constexpr std::chrono::seconds kLook{10};  // for what the broker holds to come in
  static constexpr std::size_t kMostStations = 50;  // with more, looking would be a flood
  static constexpr std::string_view kOrigin = "BLUETTI Gateway";

  // What is ours and present.
  struct Present {
    std::string prefix;               // of discovery
    std::string base;                 // of topics
    std::string bridge_availability;  // of this gateway, topic
    std::string bridge_document;      // topic
    std::set<std::string, std::less<>> serials;
    std::set<std::string, std::less<>> ids;
  };
  // What a message means.
  struct Found {
    std::vector<std::string> subscribe;  // to see what lies there
    std::vector<std::string> clear;
    std::string gone;                // the id of a station that is no more, seen for the first time
    std::string serial;              // of a station that is there, whose document nobody remembers
    discovery::Announced announced;  // that document, or the one that is cleared
  };

  // Topics to subscribe to.
  [[nodiscard]] std::vector<std::string> begin(Present present, TimePoint now);
  // Topics to unsubscribe from, when it is over.
  [[nodiscard]] std::vector<std::string> end();
  [[nodiscard]] bool is_looking() const { return !subscribed_.empty(); }
  [[nodiscard]] TimePoint over_at() const { return over_at_; }

  // `is_known`: whether a document on this topic is remembered.
  [[nodiscard]] Found on_message(std::string_view topic, std::string_view payload,
                                 const std::function<bool(std::string_view)>& is_known, TimePoint now);

 private:
  [[nodiscard]] Found on_document(std::string_view topic, std::string_view payload, TimePoint now);
  [[nodiscard]] std::string configured_serial(std::string_view topic) const;

  Present present_;
  std::set<std::string, std::less<>> gone_;  // roots of topics, with '/' at their end
  std::vector<std::string> subscribed_;
  TimePoint over_at_ = TimePoint::max();
};

}  // namespace bluetti::gateway
