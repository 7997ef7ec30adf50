// SPDX-License-Identifier: MIT
#include "gateway/fleet/accounts.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gateway/mqtt/connection_advice.h"
#include "gateway/mqtt/identity.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::hours kWatchCertificates{24};
constexpr std::string_view kContest =
    "; another client seems to hold the session of this account, of which the cloud allows one: close the phone app, "
    "and see that no other gateway uses the account";

long whole_seconds(Duration duration) {
  return std::lround(std::chrono::duration<double>(duration).count());
}

}  // namespace

Accounts::Accounts(const Config& config, const Outside& outside, State& state, const Clock& clock, std::uint64_t seed)
    : outside_(outside), state_(state), clock_(clock), seed_(seed) {
  for (const AccountConfig& account : config.accounts) {
    accounts_.push_back(make(account, static_cast<int>(accounts_.size())));
  }
}

AccountPointer Accounts::make(const AccountConfig& account, int index) {
  const Link link{index, generation_};
  (void)known_account(state_, account.id);
  const auto make_client = [this, link](const ConnectionOptions& options) {
    return outside_.make_client(link, options);
  };
  const auto seed = seed_ + static_cast<std::uint64_t>(index) + 1;
  return std::make_shared<Account>(CloudSession(account, outside_.make_access(link), make_client, seed), link);
}

void Accounts::reconfigure(const Config& config, const ConfigChanges& changes, TimePoint now) {
  ++generation_;
  std::vector<AccountPointer> earlier = std::exchange(accounts_, {});
  for (const AccountConfig& account : config.accounts) {
    const auto same = std::ranges::find(earlier, account.id, &Account::id);
    if (same != earlier.end() && !changes.accounts.contains(account.id)) {
      accounts_.push_back(*same);
      earlier.erase(same);
      continue;
    }
    accounts_.push_back(make(account, static_cast<int>(accounts_.size())));
    if (same != earlier.end()) accounts_.back()->session.replace((*same)->session, now);
  }
  for (const AccountPointer& gone : earlier) gone->session.disconnect();
  certificates_watched_ = TimePoint::min();
}

AccountPointer Accounts::find(std::string_view id) const {
  const auto found = std::ranges::find(accounts_, id, [](const AccountPointer& one) { return one->id(); });
  return found == accounts_.end() ? nullptr : *found;
}

AccountPointer Accounts::at(Link link) const {
  const auto found = std::ranges::find(accounts_, link, [](const AccountPointer& one) { return one->link; });
  return found == accounts_.end() ? nullptr : *found;
}

void Accounts::on_access_ready(Account& account, const AccessReady& ready, TimePoint now) {
  if (ready.access->remember) remember(account.id(), *ready.access->remember);
  const bool is_new = account.session.certificate_expires() != ready.access->certificate_expires;
  account.session.on_access(ready.access, now, clock_.wall());
  if (is_new) certificates_watched_ = TimePoint::min();
}

void Accounts::on_access_failed(Account& account, const AccessFailed& failed, TimePoint now) {
  if (failed.remember) remember(account.id(), *failed.remember);
  account.problem = failed.reason;
  const std::string& id = account.id();
  const std::optional<Duration> wait = account.session.on_access_failed(failed.final, now);
  if (account.session.given_up()) {
    return spdlog::error("[cloud {}] {}; not trying again until restarted", id, failed.reason);
  }
  if (wait) return spdlog::warn("[cloud {}] {}; trying again in {} s", id, failed.reason, whole_seconds(*wait));
  spdlog::warn("[cloud {}] {}; going on with what is there", id, failed.reason);
}

void Accounts::on_connected(Account& account, TimePoint now) {
  CloudSession& session = account.session;
  spdlog::info("[cloud {}] connected to {}, {} station{}", account.id(), session.url().text(),
               session.speakers().size(), session.speakers().size() == 1 ? "" : "s");
  session.on_connected(now, clock_.wall());
  account.problem.clear();
  account.told_of_loss = false;
}

bool Accounts::on_down(Account& account, std::string_view what, const std::string& reason, ConnectionEnd ending,
                       TimePoint now) {
  const std::optional<SessionDown> down = account.session.on_down(ending, now);
  if (!down) return false;
  spdlog::warn("[cloud {}] {} {}: {}{}; trying again in {} s", account.id(), what, account.session.url().text(), reason,
               down->is_contest ? kContest : connection_advice(reason), whole_seconds(down->wait));
  account.problem = reason;
  return true;
}

void Accounts::remember(const std::string& account, const AccountState& learned) {
  state_.accounts[account] = learned;
  outside_.remember(state_);
}

void Accounts::tick(TimePoint now) {
  watch_certificates(now);
  for (const AccountPointer& account : accounts_) account->session.tick(now, state_.accounts[account->id()]);
}

TimePoint Accounts::next_action(TimePoint now) const {
  TimePoint next = certificates_watched_ + kWatchCertificates;
  for (const AccountPointer& account : accounts_) {
    next = std::min({next, account->session.next_action(), account->session.next_turn_at(now)});
  }
  return next;
}

void Accounts::disconnect() {
  for (const AccountPointer& account : accounts_) account->session.disconnect();
}

// Once a day, and whenever there is a new one.
void Accounts::watch_certificates(TimePoint now) {
  if (certificates_watched_ != TimePoint::min() && now < certificates_watched_ + kWatchCertificates) return;
  certificates_watched_ = now;
  for (const AccountPointer& account : accounts_) {
    if (!account->session.certificate_expires()) continue;
    const std::string warning = expiry_warning(*account->session.certificate_expires(), clock_.wall());
    if (warning.empty()) continue;
    const std::string file = account->session.account().certificate.filename().string();
    spdlog::warn("[cloud {}] the client certificate{} {}: get a new one", account->id(), file.empty() ? "" : ' ' + file,
                 warning);
  }
}

std::vector<AccountStatus> Accounts::status(TimePoint now) const {
  std::vector<AccountStatus> status;
  for (const AccountPointer& account : accounts_) {
    const CloudSession& session = account->session;
    status.push_back({.id = account->id(),
                      .connected = session.connected(),
                      .requests_per_minute = session.requests_per_minute(now),
                      .last_answer = account->last_answer,
                      .certificate_expires = session.certificate_expires(),
                      .problem = account->problem});
  }
  return status;
}

}  // namespace bluetti::gateway
