// SPDX-License-Identifier: MIT
#include "gateway/transport/cloud_session.h"

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

// QoS 0 both ways: a lost request is asked again at the next poll, and QoS 1 costs a round trip of 40 ms on brokers
// that leave Nagle's algorithm on.
constexpr int kCloudQos = 0;
constexpr Duration kRenewalRetry = 1h;
constexpr int kContestedSessions = 2;  // one short session is bad luck

RetryPolicy policy_of(const AccountConfig& account) {
  return reconnect_policy(account.reconnect_delay, account.reconnect_delay_max, account.backoff_factor);
}

}  // namespace

CloudSession::CloudSession(const AccountConfig& account, std::unique_ptr<AccessSource> access, MakeClient make_client,
                           std::uint64_t seed)
    : account_(account),
      source_(std::move(access)),
      make_client_(std::move(make_client)),
      refusals_(policy_of(account), seed),
      budget_(account.requests_per_minute),
      backoff_(policy_of(account), seed) {}

void CloudSession::set_speakers(std::vector<Speaker> speakers) {
  speakers_ = std::move(speakers);
  line_.clear();
  if (connected()) subscribe();
}

void CloudSession::subscribe() {
  for (const auto& [station, topic] : speakers_) {
    if (std::ranges::find(subscribed_, topic) != subscribed_.end()) continue;
    client_->subscribe(topic, kCloudQos);
    subscribed_.push_back(topic);
  }
}

// An answer that is under way will do: to ask twice would be to sign in twice.
void CloudSession::tick(TimePoint now, const AccountState& known) {
  if (connected() && now >= subscribe_at_) {
    subscribe_at_ = TimePoint::max();
    subscribe();
  }
  if (now < act_at_) return;
  act_at_ = TimePoint::max();  // until the answer is there
  if (stage_ == Stage::waiting) stage_ = Stage::getting_access;
  if (std::exchange(asked_, true)) return;
  source_->request(known);
}

void CloudSession::on_access(std::shared_ptr<const Access> access, TimePoint now, WallTime wall) {
  asked_ = false;
  access_ = std::move(access);
  if (stage_ == Stage::connected) return plan_renewal(now, wall);
  if (stage_ != Stage::getting_access) return;
  stage_ = Stage::connecting;
  if (!client_ || in_use_ != access_) {
    client_ = make_client_(access_->connection);
    in_use_ = access_;
  }
  client_->connect();
}

std::optional<Duration> CloudSession::on_access_failed(bool final, TimePoint now) {
  asked_ = false;
  if (stage_ == Stage::connected) {  // what it has still serves
    act_at_ = now + kRenewalRetry;
    return std::nullopt;
  }
  if (stage_ != Stage::getting_access && stage_ != Stage::waiting) return std::nullopt;
  if (final) {
    stage_ = Stage::given_up;
    act_at_ = TimePoint::max();
    return std::nullopt;
  }
  if (stage_ == Stage::waiting) return std::nullopt;  // for a session that was lost meanwhile: it asks again then
  stage_ = Stage::waiting;
  const Duration wait = backoff_.next();
  act_at_ = now + wait;
  return wait;
}

void CloudSession::plan_renewal(TimePoint now, WallTime wall) {
  act_at_ = TimePoint::max();
  if (!access_->renew_at) return;
  act_at_ = now + std::clamp<Duration>(*access_->renew_at - wall, 1min, 24h);
}

void CloudSession::on_connected(TimePoint now, WallTime wall) {
  if (stage_ != Stage::connecting) return;
  stage_ = Stage::connected;
  has_been_up_ = true;
  up_since_ = now;
  plan_renewal(now, wall);
  subscribed_.clear();
  refusals_.reset();
  subscribe();
}

void CloudSession::on_subscription_refused(const std::string& topic, TimePoint now) {
  if (!connected() || std::erase(subscribed_, topic) == 0) return;
  if (subscribe_at_ == TimePoint::max()) subscribe_at_ = now + refusals_.next();
}

std::optional<SessionDown> CloudSession::on_down(ConnectionEnd ending, TimePoint now) {
  if (stage_ != Stage::connecting && stage_ != Stage::connected) return std::nullopt;
  const bool was_up = stage_ == Stage::connected;
  if (was_up) client_->disconnect();
  line_.clear();
  subscribe_at_ = TimePoint::max();
  stage_ = Stage::waiting;
  // A session proves itself by lasting; one that is ended again and again at its beginning is somebody else's.
  const bool lasted = was_up && now - up_since_ >= 2 * account_.reconnect_delay;
  if (lasted) backoff_.reset();
  const bool refused = ending == ConnectionEnd::refused;
  if (was_up) short_sessions_ = lasted || ending != ConnectionEnd::lost ? 0 : short_sessions_ + 1;
  const bool is_contest = (refused && !was_up && has_been_up_) || short_sessions_ >= kContestedSessions;
  const Duration wait = backoff_.next(refused || is_contest);
  act_at_ = now + wait;
  return SessionDown{wait, is_contest};
}

std::optional<StationHandle> CloudSession::next_turn(TimePoint now) {
  return next_turn_at(now) <= now ? line_.take() : std::nullopt;
}

TimePoint CloudSession::next_turn_at(TimePoint now) const {
  return connected() && !line_.empty() ? budget_.next(now) : TimePoint::max();
}

bool CloudSession::send(const std::string& topic, std::string_view payload, TimePoint now) {
  return connected() && budget_.take(now) && client_->publish(topic, payload, {.qos = kCloudQos});
}

void CloudSession::disconnect() {
  if (connected() || stage_ == Stage::connecting) client_->disconnect();
  stage_ = Stage::waiting;
  act_at_ = subscribe_at_ = TimePoint::max();
}

void CloudSession::replace(CloudSession& earlier, TimePoint now) {
  if (earlier.connected()) act_at_ = now + account_.reconnect_delay;
  earlier.disconnect();
}

const BrokerUrl& CloudSession::url() const {
  return access_ ? access_->connection.url : account_.url;
}

std::optional<WallTime> CloudSession::certificate_expires() const {
  return access_ ? access_->certificate_expires : std::nullopt;
}

}  // namespace bluetti::gateway
