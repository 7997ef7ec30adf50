// SPDX-License-Identifier: MIT
// Setting up in the browser: what somebody has given so far, in memory only and not for long, and what each step does
// with it. Any thread; take() blocks.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "gateway/base/event.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/http/forms.h"
#include "gateway/http/message.h"
#include "gateway/http/words.h"
#include "gateway/setup/proposal.h"
#include "gateway/state/state.h"

namespace bluetti::gateway::http {

class SetupDesk {
 public:
  static constexpr std::chrono::minutes kDraftLasts{15};
  static constexpr std::size_t kMostDrafts = 4;  // then the oldest goes

  // `done`: the configuration has been written; may be called by any thread.
  using Done = std::function<void(SetUpDone)>;
  SetupDesk(std::filesystem::path config, Environment environment, Done done);

  // The page to fill in, for a step that begins: "lan", "certificate" or "account". Nothing: there is no such step.
  [[nodiscard]] static std::optional<Answer> form(std::string_view step, const Words& words);
  // What was posted: the same steps, and "finish". What was typed is wiped.
  [[nodiscard]] Answer take(std::string_view step, Fields fields, const Words& words, TimePoint now);

  void expire(TimePoint now);
  [[nodiscard]] std::size_t drafts() const;
  [[nodiscard]] bool has_written() const;  // a configuration, since the start

 private:
  struct Draft {
    Proposal proposal;
    std::vector<std::string> facts;  // for a person
    std::shared_ptr<const AccountState> signed_in;
    TimePoint since;
  };
  // What a step leads to: a draft, or what is wrong.
  using Checked = std::variant<Draft, std::string>;

  [[nodiscard]] static Checked check_lan(const Fields& fields, const schemas::Catalog& catalog);
  [[nodiscard]] static Checked check_certificate_of(const Fields& fields);
  [[nodiscard]] Checked check_account(const Fields& fields, const schemas::Catalog& catalog, TimePoint now);
  [[nodiscard]] Answer finish(const Fields& fields, const schemas::Catalog& catalog, const Words& words);
  [[nodiscard]] Answer keep(Draft draft, const schemas::Catalog& catalog, const Words& words, TimePoint now);
  [[nodiscard]] static std::string take_choice(const Fields& fields, const schemas::Catalog& catalog, Draft& draft);

  const std::filesystem::path config_;
  const Environment environment_;
  const Done done_;

  std::mutex finishing_;      // who writes the configuration
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, Draft> drafts_;
  SignInState known_;  // of the last log-in: the limits hold for all drafts together, the token as long as a draft
  TimePoint signed_in_at_{};
  bool has_written_ = false;
};

}  // namespace bluetti::gateway::http
