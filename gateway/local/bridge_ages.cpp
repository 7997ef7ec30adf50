// SPDX-License-Identifier: MIT
// What the bridge says of values that grow old.
#include <algorithm>

#include "gateway/local/bridge.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kBetweenReviews{1};  // of the ages of all stations
// What is not read at an interval of its own, after the next refresh, and what was old already when it was repeated.
constexpr std::chrono::hours kUsualExpiry{1};
constexpr std::chrono::seconds kLeastExpiry{60};

}  // namespace

void Bridge::heard(Publication& publication, TimePoint now) {
  if (publication.freshness.any_old()) review_age(publication, now);
}

void Bridge::begin_ages(Publication& publication, TimePoint now) {
  publication.freshness.begin(now);
  ages_at_ = TimePoint::min();
}

void Bridge::review_ages(TimePoint now) {
  if (now < ages_at_) return;
  ages_at_ = TimePoint::max();
  for (Publication* publication : publications_) {
    if (!publication->is_ours) continue;
    if (now >= publication->freshness.next()) review_age(*publication, now);
    ages_at_ = std::min(ages_at_, publication->freshness.next());
  }
  ages_at_ = std::max(ages_at_, now + kBetweenReviews);
}

void Bridge::review_age(Publication& publication, TimePoint now) {
  const std::vector<Freshness::Slot> turned = publication.freshness.review(publication.station(), now);
  ages_at_ = std::min(ages_at_, publication.freshness.next());
  if (turned.empty() || !connected() || publication.values_pending) return;
  for (const auto& [block, slot] : turned) {
    if (!publication.freshness.can_be_cleared(block, slot)) continue;  // what is kept is not told again
    if (!send_slot(publication, block, slot, now)) return put_off(publication, now);
  }
  if (!send_old_values(publication)) return put_off(publication, now);
  publish_json(publication);
}

bool Bridge::send_old_values(const Publication& publication) {
  if (!publication.freshness.any_can_be_unavailable()) return true;
  return send(topic_of(publication, discovery::kOldValuesPath),
              publication.freshness.unavailable(publication.station()));
}

// By MQTT 5: what the value has left until it is old, and until the next refresh, which would repeat it.
std::chrono::seconds Bridge::expiry_of(const Publication& publication, std::size_t block, std::size_t slot,
                                       TimePoint now) const {
  const LocalConfig& local = config_->local;
  const Duration old_after = publication.station().old_after(block);
  if (!local.expires_by_interval || old_after == Duration::max()) return usual_expiry();
  const Duration left = old_after - (now - publication.station().blocks()[block].time_of(slot));
  return local.heartbeat + std::max(std::chrono::ceil<std::chrono::seconds>(left), kLeastExpiry);
}

std::chrono::seconds Bridge::usual_expiry() const {
  const LocalConfig& local = config_->local;
  return local.expires_by_interval ? local.heartbeat + kUsualExpiry : local.message_expiry;
}

}  // namespace bluetti::gateway
