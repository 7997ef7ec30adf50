// SPDX-License-Identifier: MIT
// What is wrong with a station, from all its words of fault and warning bits together, and what came and went since it
// was last looked at. The loop's thread only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/station/changes.h"
#include "gateway/station/station.h"

namespace bluetti::gateway {

[[nodiscard]] bool has_problem_words(const Station& station);
[[nodiscard]] bool touches_problems(const BlockState& block, const Update& update);

class Problems {
 public:
  // JSON objects, one for each problem that came or went, to be published once. What is there at the first look is
  // taken as known: a restart of the gateway is no news of the station.
  [[nodiscard]] std::vector<std::string> review(const Station& station);

  [[nodiscard]] std::string_view state() const;  // ON, OFF; empty: the station has not said
  [[nodiscard]] std::string json() const;        // {"active":["E113 Grid voltage high"],"codes":["E113"]}

 private:
  using Active = std::map<std::string, std::string>;  // name by place, which is the path and the bit

  Active active_;
  bool is_known_ = false;  // the station has said, now
  bool was_known_ = false;
};

}  // namespace bluetti::gateway
