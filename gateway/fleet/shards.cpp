// SPDX-License-Identifier: MIT
#include "gateway/fleet/shards.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr int kMostShards = 10'000;          // as the configuration has it
constexpr std::chrono::seconds kCorrect{1};  // between two corrections of our own topic

// FNV-1a, then the finisher of SplitMix64: the same on every machine and in every version, for ever.
std::uint64_t weight(std::string_view key, int shard) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : key) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  hash += static_cast<std::uint64_t>(shard + 1) * 0x9e3779b97f4a7c15;
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
  return hash ^ hash >> 31;
}

// Sorted, as everybody writes it: else it could be as long as a payload.
Shards::View parse_view(std::string_view text, int most) {
  Shards::View view;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    int shard = 0;
    const auto [behind, error] = std::from_chars(at, end, shard);
    if (error != std::errc() || shard < 0 || shard >= most || (!view.empty() && shard <= view.back())) return {};
    view.push_back(shard);
    at = behind == end ? end : behind + 1;
  }
  return view;
}

}  // namespace

int Shards::winner(std::string_view key, const View& view) {
  int best = -1;
  std::uint64_t most = 0;
  for (const int shard : view) {
    const std::uint64_t its = weight(key, shard);
    if (best >= 0 && its <= most) continue;
    best = shard;
    most = its;
  }
  return best;
}

// A larger group than this gateway knows of may be forming, but whoever may write to the topics must not make up ten
// thousand gateways that know of ten thousand others.
int Shards::most() const {
  constexpr int kAlways = 64;
  return std::clamp(2 * own_.count, kAlways, kMostShards);
}

void Shards::on_connected(TimePoint now) {
  connected_ = true;
  connected_at_ = now;
  if (!first_connected_at_) first_connected_at_ = now;
  give_time_to_be_heard(now);
  view_.clear();
  acting_.clear();
  unconfirmed_.clear();
  confirmed_.reset();
  say_at_ = now + kSayAgain;
}

// Nothing was heard of the others while the connection was down. Who was there may be so still, but must not seem to be
// by no more than that this gateway connects again and again.
void Shards::give_time_to_be_heard(TimePoint now) {
  for (auto& [shard, other] : others_) other.heard = std::max(other.heard, now - kBelieved + kHeardAgain);
}

// The broker confirms in order.
void Shards::on_confirmed(TimePoint now) {
  if (unconfirmed_.empty()) return;
  if (!confirmed_) give_time_to_be_heard(now);
  confirmed_ = unconfirmed_.front();
  unconfirmed_.pop_front();
}

void Shards::on_down() {
  connected_ = false;
  others_changed_ = true;
}

void Shards::on_view(int shard, std::string_view view, bool retained, TimePoint now) {
  if (shard == own_.index) {
    if (view != this->view()) say_at_ = std::min(say_at_, now + kCorrect);
    return;
  }
  if (shard < 0 || shard >= most()) return;
  const auto [entry, is_new] = others_.try_emplace(shard);
  Other& other = entry->second;
  const bool is_sign_of_life = !retained || is_new || other.heard == TimePoint{};
  if (is_sign_of_life) other.heard = now;
  View members = parse_view(view, most());
  others_changed_ = others_changed_ || members != other.view;
  other.view = std::move(members);
  if (other.view.empty()) {
    other.lost = TimePoint::min();
  } else if (is_sign_of_life) {
    other.lost = now;
  }
}

void Shards::on_availability(int shard, bool online, TimePoint now) {
  if (shard == own_.index || shard < 0 || shard >= most()) return;
  Other& other = others_[shard];
  if (other.online && !online && !other.view.empty()) other.lost = now;
  others_changed_ = others_changed_ || online != other.online;
  other.online = online;
}

// When one that is not there ceases to count.
TimePoint Shards::forgotten_at(int shard) const {
  const auto other = others_.find(shard);
  if (other == others_.end()) return first_connected_at_.value_or(connected_at_) + kStandIn;
  return other->second.lost == TimePoint::min() ? TimePoint::min() : other->second.lost + kStandIn;
}

Shards::View Shards::members(TimePoint now) const {
  View members{own_.index};
  const auto counts = [&](int shard) {
    const auto other = others_.find(shard);
    return (other != others_.end() && is_there(other->second, now)) || now < forgotten_at(shard);
  };
  for (int shard = 0; shard < own_.count; ++shard) {
    if (shard != own_.index && counts(shard)) members.push_back(shard);
  }
  for (const auto& [shard, other] : others_) {
    if (shard >= own_.count && shard != own_.index && counts(shard)) members.push_back(shard);
  }
  std::ranges::sort(members);
  return members;
}

void Shards::look_at_others(TimePoint now) {
  next_disbelieved_ = TimePoint::max();
  for (auto& [shard, other] : others_) {
    const bool there = is_there(other, now);
    others_changed_ = others_changed_ || std::exchange(other.is_there, there) != there;
    if (there) next_disbelieved_ = std::min(next_disbelieved_, other.heard + kBelieved);
  }
}

void Shards::say_again(TimePoint now) {
  if (now < say_at_) return;
  announced_ = false;
  say_at_ = now + kSayAgain;
}

void Shards::look_at_lease(TimePoint now) {
  const TimePoint since = confirmed_.value_or(connected_at_);
  const bool is_leased = connected_ && confirmed_ && now < since + kLease;
  others_changed_ = others_changed_ || std::exchange(is_leased_, is_leased) != is_leased;
  is_cut_off_ = now >= since + 2 * kLease;
  next_of_lease_ = is_cut_off_ ? TimePoint::max() : since + (is_leased ? kLease : 2 * kLease);
}

bool Shards::tick(TimePoint now) {
  look_at_others(now);
  look_at_lease(now);
  bool changed = std::exchange(others_changed_, false);
  if (!connected_) return changed;
  if (View members = this->members(now); members != view_) {
    view_ = std::move(members);
    announced_ = false;
    act_at_ = now + kSettle;
    changed = true;
  }
  if (now >= act_at_) {
    act_at_ = TimePoint::max();
    acting_ = view_;
    changed = true;
  }
  next_forgotten_ = TimePoint::max();
  for (const int shard : view_) {
    const TimePoint at = forgotten_at(shard);
    if (shard != own_.index && at > now) next_forgotten_ = std::min(next_forgotten_, at);
  }
  say_again(now);
  return changed;
}

TimePoint Shards::next_action() const {
  return connected_ ? std::min({act_at_, next_forgotten_, next_disbelieved_, say_at_, next_of_lease_})
                    : TimePoint::max();
}

bool Shards::owns(std::string_view key) const {
  if (!connected_ || !is_leased_ || winner(key, view_) != own_.index || winner(key, acting_) != own_.index)
    return false;
  return !is_anothers(key);
}

bool Shards::is_anothers(std::string_view key) const {
  return std::ranges::any_of(others_, [&](const auto& entry) {
    const auto& [shard, other] = entry;
    return other.is_there && winner(key, other.view) == shard;
  });
}

std::optional<std::string> Shards::announcement() const {
  return announced_ ? std::nullopt : std::optional(view());
}

void Shards::announced(TimePoint now) {
  announced_ = true;
  unconfirmed_.push_back(now);
}

std::string Shards::view() const {
  std::string text;
  for (const int shard : view_) text.append(text.empty() ? "" : " ").append(std::to_string(shard));
  return text;
}

}  // namespace bluetti::gateway
