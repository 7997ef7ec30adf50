// SPDX-License-Identifier: MIT
#include "gateway/fleet/ownership.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "gateway/local/local_connection.h"

namespace bluetti::gateway {
namespace {

std::optional<Shards> shards_of(const ShardConfig& shard) {
  return shard.is_one_of_several() ? std::optional<Shards>(shard) : std::nullopt;
}

}  // namespace

Ownership::Ownership(Fleet& fleet, Turns& turns, Bridge& bridge)
    : fleet_(fleet), turns_(turns), bridge_(bridge), shards_(shards_of(fleet.config().shard)) {}

void Ownership::reconfigure(bool local_connection_is_new, TimePoint now) {
  if (local_connection_is_new) shards_ = shards_of(fleet_.config().shard);
  if (shards_) share_out(now);
}

void Ownership::on_local_connected(TimePoint now) {
  if (shards_) shards_->on_connected(now);
}

void Ownership::on_local_down() {
  if (shards_) shards_->on_down();
}

// Whoever does not hear the others must not ask their stations.
void Ownership::on_subscription_refused(std::string_view topic) {
  if (shards_ && topic.starts_with(fleet_.config().local.base + "/bridge/+/")) shards_->on_down();
}

void Ownership::on_confirmed(std::string_view topic, TimePoint now) {
  if (shards_ && topic == members_topic(fleet_.config().local)) shards_->on_confirmed(now);
}

// <base>/bridge/<shard>/members and .../availability, retained: also those that were there before.
bool Ownership::on_local_message(std::string_view topic, std::string_view payload, bool retained, TimePoint now) {
  const std::string root = fleet_.config().local.base + "/bridge/";
  if (!shards_ || !topic.starts_with(root)) return false;
  const std::string_view rest = topic.substr(root.size());
  int shard = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), shard);
  if (error != std::errc()) return false;
  const std::string_view what = rest.substr(static_cast<std::size_t>(end - rest.data()));
  if (what == "/members") {
    shards_->on_view(shard, payload, retained, now);
  } else if (what == "/availability" && shard != fleet_.config().shard.index) {
    shards_->on_availability(shard, payload == kOnline, now);
  } else {
    return false;
  }
  return true;
}

void Ownership::tick(TimePoint now) {
  if (!shards_) return;
  const bool changed = shards_->tick(now);
  announce(now);
  if (changed) share_out(now);
}

std::string_view Ownership::key_of(const Member& member) const {
  return fleet_.config().shard.key == ShardKey::serial ? member.config.serial : member.config.account;
}

void Ownership::announce(TimePoint now) {
  const auto members = shards_->announcement();
  if (members && bridge_.publish_members(*members)) shards_->announced(now);
}

// A station that goes is let alone at once, and its topics stay as they are: its next owner publishes them.
void Ownership::share_out(TimePoint now) {
  announce(now);
  std::vector<Member*> came;
  std::size_t went = 0;
  for (const auto& member : fleet_.members()) {
    const bool ours = shards_->owns(key_of(*member));
    if (ours == member->is_ours()) continue;
    bridge_.share(member->publication, ours, now);
    if (ours) {
      came.push_back(member.get());
    } else {
      ++went;
      fleet_.let_go(*member, now);
    }
  }
  if (came.empty() && went == 0) return;
  fleet_.begin_asking(came, now);
  const auto count = std::ranges::count_if(fleet_.members(), &Member::is_ours);
  spdlog::info("[shard {}] {} stations: {} came, {} went; of the shards {} are here", fleet_.config().shard.index,
               count, came.size(), went, shards_->view());
  fleet_.connect_members();
  turns_.reset(now);
}

std::size_t Ownership::unasked() const {
  if (!shards_) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(fleet_.members(), [this](const auto& member) {
    return !member->is_ours() && !shards_->is_anothers(key_of(*member));
  }));
}

bool Ownership::has_none() const {
  return shards_ && std::ranges::none_of(fleet_.members(), &Member::is_ours);
}

}  // namespace bluetti::gateway
