// SPDX-License-Identifier: MIT
// Reads through a session of its own with the cloud, within the account's budget. The cloud allows one session per
// account: a gateway that runs loses its own meanwhile. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/capture/recorder.h"
#include "gateway/client/reader.h"
#include "gateway/config/config.h"
#include "gateway/station/read_transaction.h"
#include "gateway/station/station.h"
#include "gateway/transport/cloud_session.h"

namespace bluetti::gateway::read {

// Where the session gets what it needs.
struct SessionParts {
  std::unique_ptr<AccessSource> access;
  CloudSession::MakeClient make_client;
  AccountState known;
  std::unique_ptr<capture::Recorder> recorder;  // nullptr: nothing is recorded
};

class OwnSession final : public Reader {
 public:
  // The station's model and the name of its model at the cloud must be known. `patient`: a session that is lost is
  // waited for, once there was one. The clock must outlive this.
  OwnSession(const AccountConfig& account, const StationConfig& station, SessionParts parts, const ReadPolicy& policy,
             bool patient, const Clock& clock, std::uint64_t seed);

  void read(const RegisterRange& range, TimePoint now) override;
  void handle(const Event& event, TimePoint now) override;
  TimePoint tick(TimePoint now) override;
  void stop() override { session_.disconnect(); }

  [[nodiscard]] bool ready() const override { return session_.connected(); }
  [[nodiscard]] int attempt() const override { return under_way_ ? under_way_->attempt() : 1; }
  [[nodiscard]] const AccountState& known() const { return known_; }  // with what was learned

 private:
  void on(const MessageArrived& message, TimePoint now);
  void on(const Connected& connected, TimePoint now);
  void on(const ConnectFailed& failed, TimePoint now);
  void on(const ConnectionLost& lost, TimePoint now);
  void on(const AccessReady& ready, TimePoint now);
  void on(const AccessFailed& failed, TimePoint now);
  template <typename Other>
  void on(const Other&, TimePoint) {}

  void down(std::string what, const std::string& reason, bool refused, TimePoint now);
  void record(capture::Sender from, std::string_view topic, std::string_view payload, bool retained, TimePoint now);
  void overhear(std::string_view payload);
  void ask(TimePoint now);

  StationConfig config_;
  ReadPolicy policy_;
  bool patient_;
  const Clock& clock_;
  std::string request_topic_;
  AccountState known_;
  std::unique_ptr<capture::Recorder> recorder_;
  CloudSession session_;
  DecoderCache decoders_;
  Station station_;  // it polls nothing
  const ReadTransaction* under_way_ = nullptr;
  bool was_up_ = false;
};

}  // namespace bluetti::gateway::read
