// SPDX-License-Identifier: MIT
// The pages by which somebody sets up. No secret is ever in them. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/snapshot.h"
#include "gateway/http/words.h"
#include "gateway/setup/proposal.h"

namespace bluetti::gateway::http {

[[nodiscard]] std::string setup_page(const Words& words);  // which way it is to be

struct SetupForm {
  std::string_view step;  // "lan", "certificate" or "account"
  std::string problem = {};
  std::string address = {};
  std::string email = {};
};
[[nodiscard]] std::string setup_form(const SetupForm& form, const Words& words);  // empty: there is no such step

struct SetupChoice {
  std::string draft;
  std::vector<std::string> facts;
  std::span<const ProposedStation> stations;
  bool asks_for_broker = false;
  std::string broker;
};
[[nodiscard]] std::string setup_choice(const SetupChoice& choice, const Words& words);

struct SetupSnippet {
  std::string problem;  // why it was not written
  std::string file;
  const Addition& addition;
};
[[nodiscard]] std::string setup_snippet_page(const SetupSnippet& snippet, const Words& words);

[[nodiscard]] std::string setup_problem_page(std::string_view problem, const Words& words);  // one page back helps
[[nodiscard]] std::string setup_over_page(const Words& words);                               // the draft is gone

// The first reading. `complete`: of all stations.
[[nodiscard]] std::string setup_done_page(const Snapshot& snapshot, const Words& words, bool& complete);

}  // namespace bluetti::gateway::http
