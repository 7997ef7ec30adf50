// SPDX-License-Identifier: MIT
// Who may see what. A browser on this machine is trusted, but not whatever page it shows: the Host header must be an
// address or a known name (DNS rebinding), and what changes something must come from our own page (cross-site
// requests). Everybody else needs the token. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/http/message.h"

namespace bluetti::gateway::http {

// The only address from which Home Assistant passes on requests of its users:
// https://developers.home-assistant.io/docs/add-ons/presentation#ingress
inline constexpr std::string_view kSupervisor = "172.30.32.2";

// Wrong tokens, by address: after a few the address has to wait, even with the right one.
class WrongTokens {
 public:
  static constexpr int kMost = 5;  // in a minute
  static constexpr std::chrono::minutes kWait{1};
  static constexpr std::size_t kMostAddresses = 1024;

  void note(const std::string& address, TimePoint now);
  [[nodiscard]] bool must_wait(const std::string& address, TimePoint now) const;
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  struct Tries {
    int wrong = 0;
    TimePoint since;
  };
  std::map<std::string, Tries, std::less<>> tries_;
  std::uint64_t count_ = 0;
};

class Access {
 public:
  explicit Access(const HttpConfig& config);

  // Nothing: it may be answered. For pages that show nothing of the gateway, `is_public`.
  [[nodiscard]] std::optional<Answer> refuse(const Request& request, bool is_public, TimePoint now);
  // The same for what changes something: needs `control` and the token, wherever it comes from.
  [[nodiscard]] std::optional<Answer> refuse_change(const Request& request, TimePoint now);
  // The same for setting up: while nothing is set up, this machine and Home Assistant's ingress; otherwise the token.
  [[nodiscard]] std::optional<Answer> refuse_setup(const Request& request, bool is_first_run, TimePoint now);
  // Nothing: it does not come from another site.
  [[nodiscard]] static std::optional<Answer> refuse_cross_site(const Request& request);

  // A browser signs in with the token, and has a cookie from then on; nothing: it is wrong.
  [[nodiscard]] std::optional<std::string> sign_in(const Request& request, std::string_view token, TimePoint now);
  [[nodiscard]] bool has_token(const Request& request) const;
  [[nodiscard]] bool must_wait(const Request& request, TimePoint now) const;
  [[nodiscard]] bool offers_sign_in() const { return !config_.token.empty(); }
  [[nodiscard]] bool offers_control() const { return config_.control; }
  [[nodiscard]] const WrongTokens& wrong_tokens() const { return wrong_tokens_; }

 private:
  [[nodiscard]] bool is_ingress(const Request& request) const;
  [[nodiscard]] bool is_known_host(const Request& request) const;

  HttpConfig config_;
  std::string token_digest_;
  std::string cookie_;  // of who has signed in; another token makes another one
  WrongTokens wrong_tokens_;
};

}  // namespace bluetti::gateway::http
