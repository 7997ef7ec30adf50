// SPDX-License-Identifier: MIT
// Which stations are this gateway's, where several share them: rendezvous hashing over those gateways that are there.
// Each says which it counts (its view); a station is asked by the one that wins it in its own view, and only if no
// other that is there would win it in its. So a newcomer waits until the former owner has let go, and what a leaver
// lets go is taken up at once. No I/O and no clock. The loop's thread only.
//
// A shard that was never seen or was lost without a word counts for kStandIn all the same: it may be starting, or come
// back. One that has said goodbye does not. A gateway that has lost the local broker, and so the others, owns nothing.
//
// A retained message says nothing about whether its sender is there: the broker keeps it for ever, and anybody may have
// written it. So each says its view again and again, and is believed for kBelieved after it was last heard live.
//
// Whoever is cut off from the others must stop before they take over, though its own part of the broker still answers.
// A cluster confirms a message when most of it has stored it, so a confirmation is a lease: it ends kLease after what
// it confirms was said, and so before the others cease to believe.
#pragma once

#include <compare>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/config/config.h"

namespace bluetti::gateway {

class Shards {
 public:
  static constexpr std::chrono::seconds kStandIn{15};
  // Between saying what it will own and acting on it: longer than a message takes between two gateways.
  static constexpr std::chrono::milliseconds kSettle{1000};
  static constexpr std::chrono::seconds kSayAgain{4};
  static constexpr std::chrono::seconds kLease{16};
  static constexpr std::chrono::seconds kBelieved{22};
  // Within which one that is there is heard again after a reconnect, once the broker confirms.
  static constexpr std::chrono::seconds kHeardAgain{8};

  using View = std::vector<int>;  // sorted

  explicit Shards(const ShardConfig& own) : own_(own) {}

  // The gateway's own connection to the local broker.
  void on_connected(TimePoint now);
  void on_down();

  // What the topics of the others say. An empty view: it has said goodbye. `retained`: the broker had kept it, and it
  // may be old. What stands on our own topic is corrected if somebody else has written it.
  void on_view(int shard, std::string_view view, bool retained, TimePoint now);
  void on_availability(int shard, bool online, TimePoint now);

  // The broker has what was announced.
  void on_confirmed(TimePoint now);
  // The broker has confirmed nothing for twice as long, as of the last tick: it is not about to catch up.
  [[nodiscard]] bool is_cut_off() const { return connected_ && is_cut_off_; }

  // True: the view or what is owned may have changed.
  bool tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const;

  [[nodiscard]] bool owns(std::string_view key) const;
  // Another that is there has it.
  [[nodiscard]] bool is_anothers(std::string_view key) const;
  [[nodiscard]] std::string view() const;  // as a payload: "0 1 2"
  // After each change, and every kSayAgain: what the others must be told. Until it has been said.
  [[nodiscard]] std::optional<std::string> announcement() const;
  void announced(TimePoint now);

  // Who wins this key; -1: nobody is there.
  [[nodiscard]] static int winner(std::string_view key, const View& view);

 private:
  struct Other {
    View view;
    bool online = false;
    bool is_there = false;  // as of the last tick
    TimePoint heard{};      // when it last said its view live, or when a retained one came first
    TimePoint lost{};       // when it was last seen to be there
  };

  [[nodiscard]] static bool is_there(const Other& other, TimePoint now) {
    return other.online && !other.view.empty() && now < other.heard + kBelieved;
  }
  [[nodiscard]] int most() const;  // shards that are believed to be
  void look_at_others(TimePoint now);
  void say_again(TimePoint now);
  void look_at_lease(TimePoint now);
  void give_time_to_be_heard(TimePoint now);
  [[nodiscard]] View members(TimePoint now) const;
  [[nodiscard]] TimePoint forgotten_at(int shard) const;

  ShardConfig own_;
  std::map<int, Other> others_;
  bool connected_ = false;
  TimePoint connected_at_{};
  std::optional<TimePoint> first_connected_at_;
  std::deque<TimePoint> unconfirmed_;   // when it was said
  std::optional<TimePoint> confirmed_;  // when it was said, the last one
  bool is_leased_ = false;
  bool is_cut_off_ = false;
  TimePoint next_of_lease_ = TimePoint::max();
  View view_;    // announced, or about to be
  View acting_;  // acted on
  TimePoint act_at_ = TimePoint::max();
  TimePoint next_forgotten_ = TimePoint::max();
  TimePoint next_disbelieved_ = TimePoint::max();
  TimePoint say_at_ = TimePoint::max();
  bool others_changed_ = false;
  bool announced_ = true;
};

}  // namespace bluetti::gateway
