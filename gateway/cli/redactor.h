// SPDX-License-Identifier: MIT
// Takes what is private out of texts: what it was told of, and what looks like it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/config/document.h"
#include "gateway/state/state.h"

namespace bluetti::gateway::cli {

class Redactor {
 public:
  // What is shorter says nothing, and would be found everywhere.
  static constexpr std::size_t kLeast = 4;

  // `what` stands in its place, "<serial 1>".
  void hide(std::string_view secret, const std::string& what);
  void hide(const Config& config);
  void hide(const State& state);

  // Only what it was told of; for texts that hold numbers and codes.
  [[nodiscard]] std::string known_out_of(std::string text) const;
  // Also mail addresses, long numbers, and what looks like a token or a key.
  [[nodiscard]] std::string all_out_of(std::string text) const;

 private:
  std::vector<std::pair<std::string, std::string>> hidden_;  // the longest first
};

// The document as TOML again, without comments; of texts only those that say nothing of anybody. The others are told to
// the redactor, so that they can be taken out of everything else.
[[nodiscard]] std::string redacted_config(const gateway::Table& document, const Environment& environment,
                                          Redactor& redactor);

}  // namespace bluetti::gateway::cli
