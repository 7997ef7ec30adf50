// SPDX-License-Identifier: MIT
// What all pages have around their content. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/http/words.h"

namespace bluetti::gateway::http {

struct Frame {
  std::string title;         // escaped
  std::string_view root;     // how to get to the first page: "./" or "../"
  std::string_view place;    // "stations", "log", or nothing of these
  std::string station = {};  // whose events concern the page; empty: all
  bool is_live = true;       // fetched again when something changed
};
[[nodiscard]] std::string framed(const Frame& frame, const Words& words, std::string_view content);

}  // namespace bluetti::gateway::http
