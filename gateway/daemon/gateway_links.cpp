// SPDX-License-Identifier: MIT
// Gateway's connections: what happens to them, and what the user is told about it.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gateway/daemon/gateway.h"
#include "gateway/mqtt/connection_advice.h"
#include "gateway/mqtt/identity.h"

namespace bluetti::gateway {
namespace {

constexpr std::string_view kContest =
    "; another client seems to hold the session of this account, of which the cloud allows one: close the phone app, "
    "and see that no other gateway uses the account";

// Stations of a session form groups of so many; larger ones, if that makes too many groups for their interval.
constexpr std::size_t kAskedTogether = 12;
constexpr std::chrono::milliseconds kLeastApart{100};
constexpr std::chrono::milliseconds kFurthestApart{250};  // nobody shall wait long for first values

long whole_seconds(Duration duration) {
  return std::lround(std::chrono::duration<double>(duration).count());
}

}  // namespace

void Gateway::on(const AccessReady& ready, TimePoint now) {
  const auto index = account_at(ready.link);
  if (!index) return;
  CloudSession& session = sessions_[*index];
  const AccountConfig& account = session.account();
  if (ready.access->remember) remember(account.id, *ready.access->remember);
  const bool is_new = session.certificate_expires() != ready.access->certificate_expires;
  session.on_access(ready.access, now, clock_.wall());
  if (is_new) certificates_watched_ = TimePoint::min();
  tell_bridge(now);
}

void Gateway::on(const AccessFailed& failed, TimePoint now) {
  const auto index = account_at(failed.link);
  if (!index) return;
  CloudSession& session = sessions_[*index];
  const std::string& id = session.account().id;
  if (failed.remember) remember(id, *failed.remember);
  news_[*index].problem = failed.reason;
  tell_bridge(now);
  link_failed_ = true;
  const std::optional<Duration> wait = session.on_access_failed(failed.final, now);
  if (session.given_up()) return spdlog::error("[cloud {}] {}; not trying again until restarted", id, failed.reason);
  if (wait) return spdlog::warn("[cloud {}] {}; trying again in {} s", id, failed.reason, whole_seconds(*wait));
  spdlog::warn("[cloud {}] {}; going on with what is there", id, failed.reason);
}

void Gateway::on(const StateNotSaved& failed, TimePoint) {
  spdlog::error("{}", failed.reason);
}

void Gateway::remember(const std::string& account, const AccountState& learned) {
  state_.accounts[account] = learned;
  outside_.remember(state_);
}

// Once a day, and whenever there is a new one.
void Gateway::watch_certificates(TimePoint now) {
  if (certificates_watched_ != TimePoint::min() && now < certificates_watched_ + kWatchCertificates) return;
  certificates_watched_ = now;
  for (const CloudSession& session : sessions_) {
    if (!session.certificate_expires()) continue;
    const std::string warning = expiry_warning(*session.certificate_expires(), clock_.wall());
    if (warning.empty()) continue;
    const AccountConfig& account = session.account();
    const std::string file = account.certificate.filename().string();
    spdlog::warn("[cloud {}] the client certificate{} {}: get a new one", account.id, file.empty() ? "" : ' ' + file,
                 warning);
  }
}

void Gateway::on(const Connected& connected, TimePoint now) {
  if (connected.link == local_link_) {
    spdlog::info("[local] connected to {}", config_->local.broker());
    if (shards_) shards_->on_connected(now);
    return local_.on_connected(now);
  }
  const auto index = account_at(connected.link);
  if (!index) return;
  CloudSession& session = sessions_[*index];
  spdlog::info("[cloud {}] connected to {}, {} station{}", session.account().id, session.url().text(),
               session.stations().size(), session.stations().size() == 1 ? "" : "s");
  session.on_connected(now, clock_.wall());
  news_[*index].problem.clear();
  tell_bridge(now);
  begin_asking(session.stations(), now);
  for (const std::size_t station : session.stations()) {
    said_[station] = {};
    if (stations_[station].config().model == nullptr) {
      spdlog::info("[{}] waiting for its first message, to find its model out; with `model` given it is asked at once",
                   stations_[station].config().id);
    }
    serve(station, now);
  }
}

// Few together, whose requests and answers then share the threads' waking; the groups one after the other over the
// shortest of their intervals, or else all stations would answer at the same instant ever after.
void Gateway::begin_asking(std::span<const std::size_t> stations, TimePoint now) {
  std::vector<std::vector<std::size_t>> by_session(sessions_.size());
  for (const std::size_t station : stations) by_session[account_of(stations_[station].config())].push_back(station);
  for (std::size_t session = 0; session < sessions_.size(); ++session) {
    const std::vector<std::size_t>& own = by_session[session];
    if (own.empty() || !sessions_[session].connected()) continue;
    Duration shortest = Duration::max();
    for (const std::size_t station : own) shortest = std::min(shortest, stations_[station].shortest_interval());
    const std::size_t most = std::max<std::size_t>(static_cast<std::size_t>(shortest / kLeastApart), 1);
    const std::size_t groups = std::min((own.size() - 1) / kAskedTogether + 1, most);
    const Duration apart = std::min<Duration>(shortest / static_cast<Duration::rep>(groups), kFurthestApart);
    for (std::size_t place = 0; place < own.size(); ++place) {
      stations_[own[place]].session_up(now, apart * static_cast<Duration::rep>(place * groups / own.size()));
    }
  }
}

void Gateway::on(const ConnectFailed& failed, TimePoint now) {
  link_failed_ |= failed.link == local_link_ || account_at(failed.link).has_value();
  link_down(failed.link, "cannot connect to", failed.reason, failed.refused, now);
}

void Gateway::on(const ConnectionLost& lost, TimePoint now) {
  link_down(lost.link, "lost the connection to", lost.reason, false, now);
}

void Gateway::link_down(Link link, std::string_view what, const std::string& reason, bool refused, TimePoint now) {
  if (const auto account = account_at(link)) return session_down(*account, what, reason, refused, now);
  if (link != local_link_) return;  // of a connection that was replaced
  if (shards_) shards_->on_down();
  const Duration wait = local_.on_down(refused, now);
  spdlog::warn("[local] {} {}: {}{}; trying again in {} s", what, config_->local.broker(), reason,
               connection_advice(reason), whole_seconds(wait));
}

void Gateway::session_down(std::size_t account, std::string_view what, const std::string& reason, bool refused,
                           TimePoint now) {
  CloudSession& session = sessions_[account];
  const std::optional<SessionDown> down = session.on_down(refused, now);
  if (!down) return;
  spdlog::warn("[cloud {}] {} {}: {}{}; trying again in {} s", session.account().id, what, session.url().text(), reason,
               down->is_contest ? kContest : connection_advice(reason), whole_seconds(down->wait));
  news_[account].problem = reason;
  tell_bridge(now);
  for (const std::size_t station : session.stations()) {
    stations_[station].session_down(now);
    requests_.cancel(station, "lost the connection to the cloud");
    serve(station, now);
  }
}

}  // namespace bluetti::gateway
