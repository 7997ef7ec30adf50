// SPDX-License-Identifier: MIT
// Gateway among others of its kind: who asks which station, and what becomes of one that changes hands.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "gateway/daemon/gateway.h"
#include "gateway/local/local_connection.h"

namespace bluetti::gateway {

// <base>/bridge/<shard>/members and .../availability, retained: also those that were there before.
bool Gateway::on_shard_message(const MessageArrived& message, TimePoint now) {
  const std::string root = config_->local.base + "/bridge/";
  if (!message.topic.starts_with(root)) return false;
  const std::string_view rest = message.topic.substr(root.size());
  int shard = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), shard);
  if (error != std::errc()) return false;
  const std::string_view what = rest.substr(static_cast<std::size_t>(end - rest.data()));
  if (what == "/members") {
    shards_->on_view(shard, message.payload, now);
  } else if (what == "/availability") {
    shards_->on_availability(shard, message.payload == kOnline, now);
  } else {
    return false;
  }
  return true;
}

// Its values will be another's to follow. Without the local broker nobody else can have got it yet.
void Gateway::let_go(std::size_t index, TimePoint now) {
  Station& station = stations_[index];
  if (!local_.connected()) return station.session_down(now);
  const StationConfig config = station.config();
  auto& counters = state_.stations[config.serial].counters;
  (void)station.keep_energies(counters);
  station = Station(config, decoders_, config_->accounts[account_of_station_[index]].answer_timeout);
  station.restore_energies(counters);
}

// A station that goes is let alone at once, and its topics stay as they are: its next owner tells them on.
void Gateway::share_out(TimePoint now) {
  if (const auto members = shards_->take_announcement()) local_.publish_members(*members);
  std::vector<std::size_t> came;
  std::size_t went = 0;
  for (std::size_t index = 0; index < stations_.size(); ++index) {
    const StationConfig& station = stations_[index].config();
    const bool ours = shards_->owns(config_->shard.key == ShardKey::serial ? station.serial : station.account);
    if (ours == ours_[index]) continue;
    ours_[index] = ours;
    local_.share(index, ours);
    if (ours) {
      came.push_back(index);
    } else {
      ++went;
      let_go(index, now);
    }
  }
  if (came.empty() && went == 0) return;
  begin_asking(came, now);
  const auto count = std::ranges::count(ours_, true);
  spdlog::info("[shard {}] {} stations: {} came, {} went; of the shards {} are here", config_->shard.index, count,
               came.size(), went, shards_->view());
  wire_stations(now);
}

}  // namespace bluetti::gateway
