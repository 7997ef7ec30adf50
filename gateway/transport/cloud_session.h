// SPDX-License-Identifier: MIT
// One account's connection to the cloud broker: when to connect, when to try again, which of the gateway's stations
// speak through it and whose turn it is. The cloud allows about one session per account: a second client is refused
// after the TLS handshake, and so is one that comes back within 30 s (45 s works: both measured by
// thierrycoopman/battery-ha). The loop's thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/backoff.h"
#include "gateway/base/station_handle.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/mqtt/mqtt_client.h"
#include "gateway/transport/access.h"
#include "gateway/transport/request_budget.h"

namespace bluetti::gateway {

// What came of a connection that failed or ended.
struct SessionDown {
  Duration wait{};          // until the next try
  bool is_contest = false;  // somebody else seems to hold the account's one session, the phone app for instance
};

class CloudSession {
 public:
  using MakeClient = std::function<std::unique_ptr<MqttClient>(const ConnectionOptions&)>;

  CloudSession(const AccountConfig& account, std::unique_ptr<AccessSource> access, MakeClient make_client,
               std::uint64_t seed);

  // A station, and the topic on which it speaks.
  struct Speaker {
    StationHandle station;
    std::string topic;
  };
  // May be called again: new topics are subscribed to.
  void set_speakers(std::vector<Speaker> speakers);

  // Asks for access when it is time to connect, or to renew what the access brought.
  void tick(TimePoint now, const AccountState& known);
  [[nodiscard]] TimePoint next_action() const { return std::min(act_at_, subscribe_at_); }

  void on_access(std::shared_ptr<const Access> access, TimePoint now, WallTime wall);
  // Returns the wait before the next try; none if there will be none, or if the session goes on meanwhile.
  std::optional<Duration> on_access_failed(bool final, TimePoint now);

  void on_connected(TimePoint now, WallTime wall);  // subscribes to every station's topic
  // The broker refuses a station's topic. The session goes on, and the topic is tried again, more and more seldom.
  void on_subscription_refused(const std::string& topic, TimePoint now);
  // Nothing: it was down already.
  std::optional<SessionDown> on_down(ConnectionEnd ending, TimePoint now);

  // Stations that want to ask something stand in line. The budget decides when the next one may; what is sent counts.
  // `is_awaited`: somebody waits for what it asks, so that it does not stand behind everybody's polls.
  void line_up(StationHandle station, bool is_awaited) { line_.join(station, is_awaited); }
  [[nodiscard]] std::optional<StationHandle> next_turn(TimePoint now);
  [[nodiscard]] TimePoint next_turn_at(TimePoint now) const;  // TimePoint::max(): nobody waits

  bool send(const std::string& topic, std::string_view payload, TimePoint now);
  void disconnect();
  // Takes the place of `earlier`, from which it waits for as long as the cloud wants between two sessions.
  void replace(CloudSession& earlier, TimePoint now);

  [[nodiscard]] const AccountConfig& account() const { return account_; }
  [[nodiscard]] bool connected() const { return stage_ == Stage::connected; }
  [[nodiscard]] std::optional<TimePoint> connected_since() const {
    return connected() ? std::optional(up_since_) : std::nullopt;
  }
  [[nodiscard]] bool given_up() const { return stage_ == Stage::given_up; }
  [[nodiscard]] const std::vector<Speaker>& speakers() const { return speakers_; }
  [[nodiscard]] const BrokerUrl& url() const;  // as configured, or as signing in has found it
  [[nodiscard]] std::optional<WallTime> certificate_expires() const;
  [[nodiscard]] int requests_per_minute(TimePoint now) const { return budget_.measured(now); }

 private:
  enum class Stage : std::uint8_t { waiting, getting_access, connecting, connected, given_up };

  void subscribe();
  void plan_renewal(TimePoint now, WallTime wall);

  AccountConfig account_;
  std::unique_ptr<AccessSource> source_;
  MakeClient make_client_;
  std::shared_ptr<const Access> access_;  // the newest
  std::shared_ptr<const Access> in_use_;  // of the client, which may have yet to open its key files
  std::unique_ptr<MqttClient> client_;
  bool asked_ = false;  // for access, and the answer is under way
  std::vector<Speaker> speakers_;
  std::vector<std::string> subscribed_;        // in this session
  TimePoint subscribe_at_ = TimePoint::max();  // again, to what was refused
  Backoff refusals_;
  RequestBudget budget_;
  TurnQueue line_;
  Backoff backoff_;
  Stage stage_ = Stage::waiting;
  TimePoint act_at_ = TimePoint::min();  // at once
  TimePoint up_since_{};
  bool has_been_up_ = false;
  int short_sessions_ = 0;  // in a row, ended by the other side soon after they began
};

}  // namespace bluetti::gateway
