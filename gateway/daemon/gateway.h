// SPDX-License-Identifier: MIT
// The daemon's heart: the only owner of state. Events and times come in; requests, topics and log lines go out. Knows
// no socket, so that tests step it by hand. The loop's thread only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/config/config_changes.h"
#include "gateway/fleet/outside.h"
#include "gateway/fleet/request_service.h"
#include "gateway/fleet/shards.h"
#include "gateway/local/local_publisher.h"
#include "gateway/observe/latency.h"
#include "gateway/state/state.h"
#include "gateway/station/decoder_cache.h"
#include "gateway/station/station.h"
#include "gateway/transport/cloud_session.h"

namespace bluetti::gateway {

class Gateway {
 public:
  // The clock must outlive the gateway. It measures and tells dates; times to act by are arguments. `seed` is for
  // jitter, `state` what earlier runs have left.
  Gateway(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, Outside outside,
          State state, const Clock& clock, std::uint64_t seed);

  // Takes over what changed. Connections whose settings are the same stay as they are; others are made anew. The
  // configuration's models must be those of the catalogue.
  void reload(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, TimePoint now);

  // Takes an event in. What it leads to goes out at the next tick(), so that a burst of answers is published before
  // anything new is asked, and leaves in few writes.
  void handle(const Event& event, TimePoint now);

  // Does what is due and returns when it wants to be called again.
  TimePoint tick(TimePoint now);

  // Says `offline` and disconnects.
  void stop();

  // For one round only: every station has been asked for everything and the values are on their way; or it cannot be.
  [[nodiscard]] bool round_complete() const;
  [[nodiscard]] bool any_link_failed() const { return link_failed_; }
  [[nodiscard]] const State& state() const { return state_; }

  [[nodiscard]] const std::vector<Station>& stations() const { return stations_; }
  [[nodiscard]] const std::vector<CloudSession>& sessions() const { return sessions_; }
  [[nodiscard]] const LocalPublisher& local() const { return local_; }
  [[nodiscard]] bool stop_requested() const { return stop_signal_ != 0; }
  // True once for each request to read configuration and schemas anew.
  [[nodiscard]] bool take_reload_request() { return std::exchange(reload_requested_, false); }
  [[nodiscard]] int stop_signal() const { return stop_signal_; }
  // True once for each request to begin anew.
  [[nodiscard]] bool take_restart_request() { return std::exchange(restart_requested_, false); }

  // Counts of what passed and what was dropped, one line a station.
  void log_summary() const;

 private:
  struct Due {
    TimePoint at;
    std::size_t station;
    friend bool operator>(const Due& a, const Due& b) { return a.at > b.at; }
  };
  // What is said about a station once and counted from then on.
  struct Said {
    std::array<bool, kDropKinds> dropped{};
    bool exception = false;
    bool model = false;
  };

  static constexpr std::chrono::hours kWatchCertificates{24};
  static constexpr std::chrono::minutes kKeepEnergies{5};  // what a crash may lose of the sums
  // What is told of an account beside its session.
  struct AccountNews {
    std::optional<WallTime> last_answer;
    std::string problem;  // why it is not connected
  };

  void on(const MessageArrived& message, TimePoint now);
  void on(const Connected& connected, TimePoint now);
  void on(const ConnectFailed& failed, TimePoint now);
  void on(const ConnectionLost& lost, TimePoint now);
  void on(const StopRequested& stop, TimePoint now);
  void on(const ReloadRequested& reload, TimePoint now);
  void on(const AccessReady& ready, TimePoint now);
  void on(const AccessFailed& failed, TimePoint now);
  void on(const StateNotSaved& failed, TimePoint now);

  // Stations of the present configuration, each going on where its earlier self stands.
  [[nodiscard]] std::vector<Station> make_stations();
  void wire_stations(TimePoint now);                                        // topics, sessions, timers
  void begin_asking(std::span<const std::size_t> stations, TimePoint now);  // those whose session is up
  void keep_energies();                                                     // in the state
  [[nodiscard]] std::size_t account_of(const StationConfig& station) const;
  [[nodiscard]] CloudSession make_session(std::size_t account, Link link);
  void renew_sessions(const ConfigChanges& changes, TimePoint now);
  // The account whose session it is; nothing for one that was replaced.
  [[nodiscard]] std::optional<std::size_t> account_at(Link link) const;
  [[nodiscard]] CloudSession& session_of(std::size_t station) { return sessions_[account_of_station_[station]]; }

  // `model = "auto"`: by the name the cloud's topic gives, then by the name the station gives itself.
  void identify(std::size_t station, std::string_view cloud_model, std::string_view payload, TimePoint now);
  void check_own_name(std::size_t station, const Reaction& reaction, TimePoint now);
  void become(std::size_t station, const schemas::Model& model, std::string cloud_model, TimePoint now);
  void ask_for_report(std::size_t station);

  void on_station_message(std::size_t station, const MessageArrived& message, TimePoint now);
  void link_down(Link link, std::string_view what, const std::string& reason, bool refused, TimePoint now);
  void session_down(std::size_t account, std::string_view what, const std::string& reason, bool refused, TimePoint now);
  void remember(const std::string& account, const AccountState& learned);
  void watch_certificates(TimePoint now);
  // Where several gateways share the stations: gateway_shards.cpp.
  [[nodiscard]] bool on_shard_message(const MessageArrived& message, TimePoint now);
  [[nodiscard]] bool is_ours(std::size_t station) const { return !shards_ || ours_[station]; }
  void share_out(TimePoint now);
  void let_go(std::size_t station, TimePoint now);
  void obey(const BridgeCommand& command, TimePoint now);
  void tell_bridge(TimePoint now);
  void on_request(std::string_view payload, TimePoint now);  // from the local broker, to read from a station
  void serve_requests(std::size_t station, TimePoint now);
  void answer_requests();
  void publish(std::size_t station, const Reaction& reaction, TimePoint now);
  void serve(std::size_t station, TimePoint now);  // time-outs, a place in the line, the next call
  void ask_in_turn(CloudSession& session, TimePoint now);
  [[nodiscard]] TimePoint next_action(TimePoint now) const;
  void report(std::size_t station, const Reaction& reaction);

  std::shared_ptr<const Config> config_;
  std::shared_ptr<const schemas::Catalog> catalog_;
  Outside outside_;
  State state_;
  DecoderCache decoders_;  // of catalog_
  const Clock& clock_;
  std::vector<Station> stations_;
  std::vector<std::size_t> account_of_station_;
  std::vector<CloudSession> sessions_;
  std::vector<Link> links_;  // of the sessions
  Link local_link_ = kLocal;
  unsigned generation_ = 0;  // of the newest link
  std::uint64_t seed_;
  std::vector<std::string> request_topics_;                              // by station
  std::unordered_map<std::string_view, std::size_t> station_of_serial_;  // keys are views into the stations
  std::vector<Said> said_;
  std::vector<TimePoint> served_at_;  // the entry of a station in due_ that counts
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  LocalPublisher local_;
  read::RequestService requests_;
  LatencyHistogram latency_;
  std::vector<TimePoint> unflushed_;  // arrivals whose values have been published since the last tick
  std::vector<AccountNews> news_;     // by account
  TimePoint certificates_watched_ = TimePoint::min();
  TimePoint bridge_told_ = TimePoint::min();
  TimePoint energies_kept_ = TimePoint::min();
  std::optional<Shards> shards_;  // nothing: every station is this gateway's
  std::vector<bool> ours_;        // by station
  bool link_failed_ = false;
  bool reload_requested_ = false;
  bool restart_requested_ = false;
  int stop_signal_ = 0;
};

}  // namespace bluetti::gateway
