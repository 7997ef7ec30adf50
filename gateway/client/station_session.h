// SPDX-License-Identifier: MIT
// A session with the cloud for stations that are read on demand and never polled: what the library and the commands
// have in common. Events and times come in; what is asked of a station is a transaction in its queue. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/capture/recorder.h"
#include "gateway/config/config.h"
#include "gateway/station/registers.h"
#include "gateway/station/station.h"
#include "gateway/transport/cloud_session.h"

namespace bluetti::gateway::read {

// Where the session gets what it needs.
struct SessionParts {
  std::unique_ptr<AccessSource> access;
  CloudSession::MakeClient make_client;
  AccountState known;
  std::unique_ptr<capture::Recorder> recorder;  // nullptr: nothing is recorded
  schemas::Way way = schemas::Way::cloud;       // how the stations are spoken with
  std::optional<std::uint8_t> lan_unit = {};    // instead of the model's over Modbus TCP
};

// Who is told what happens. None of it may destroy the session.
class SessionListener {
 public:
  SessionListener() = default;
  SessionListener(const SessionListener&) = delete;
  SessionListener& operator=(const SessionListener&) = delete;
  virtual ~SessionListener() = default;

  virtual void on_up(TimePoint now) = 0;
  // `message`: for a person. It is tried again after `wait`, unless false is returned: then the session is over.
  virtual bool on_down(const std::string& message, Duration wait) = 0;
  // There is no access, and there will be none.
  virtual void on_no_access(const std::string& reason) = 0;
  virtual void on_push(std::size_t station, const protocol::Push& push) = 0;
};

class StationSession {
 public:
  // The models of the stations and the names of their models at the cloud must be known. Clock and listener must
  // outlive this; the models do, too.
  StationSession(const AccountConfig& account, const std::vector<StationConfig>& stations, SessionParts parts,
                 Duration answer_timeout, const Clock& clock, std::uint64_t seed, SessionListener& listener);

  void handle(const Event& event, TimePoint now);
  TimePoint tick(TimePoint now);  // returns when it wants to be called again
  void disconnect() { session_.disconnect(); }

  [[nodiscard]] bool connected() const { return session_.connected(); }
  [[nodiscard]] const AccountState& known() const { return known_; }  // with what was learned
  [[nodiscard]] Station& station(std::size_t index) { return members_[index]->station; }

 private:
  struct Member {
    Member(const StationConfig& station_config, const SessionParts& parts, Duration answer_timeout,
           DecoderCache& decoders);

    StationConfig config;
    std::string request_topic;
    Station station;  // it polls nothing
  };

  void on(const MessageArrived& message, TimePoint now);
  void on(const Connected& connected, TimePoint now);
  void on(const ConnectFailed& failed, TimePoint now);
  void on(const ConnectionLost& lost, TimePoint now);
  void on(const AccessReady& ready, TimePoint now);
  void on(const AccessFailed& failed, TimePoint now);
  template <typename Other>
  void on(const Other&, TimePoint) {}

  void down(std::string_view what, const std::string& reason, ConnectionEnd ending, TimePoint now);
  void record(capture::Sender from, std::string_view topic, std::string_view payload, bool retained, TimePoint now);
  void overhear(std::size_t index, std::string_view payload);
  void ask(Member& member, TimePoint now);

  const Clock& clock_;
  SessionListener& listener_;
  bool is_lan_;
  AccountState known_;
  std::unique_ptr<capture::Recorder> recorder_;
  CloudSession session_;
  DecoderCache decoders_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace bluetti::gateway::read
