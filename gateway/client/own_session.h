// SPDX-License-Identifier: MIT
// Reads through a session of its own with the cloud, within the account's budget. The cloud allows one session per
// account: a gateway that runs loses its own meanwhile. One thread.
#pragma once

#include <string>

#include "gateway/client/reader.h"
#include "gateway/client/station_session.h"
#include "gateway/station/read_transaction.h"

namespace bluetti::gateway::read {

class OwnSession final : public Reader, private SessionListener {
 public:
  // The station's model and the name of its model at the cloud must be known. `patient`: a session that is lost is
  // waited for, once there was one. The clock must outlive this.
  OwnSession(const AccountConfig& account, const StationConfig& station, SessionParts parts, const ReadPolicy& policy,
             bool patient, const Clock& clock, std::uint64_t seed);

  void read(const RegisterRange& range, TimePoint now) override;
  void handle(const Event& event, TimePoint now) override { session_.handle(event, now); }
  TimePoint tick(TimePoint now) override { return session_.tick(now); }
  void stop() override { session_.disconnect(); }

  [[nodiscard]] bool ready() const override { return session_.connected(); }
  [[nodiscard]] int attempt() const override { return under_way_ ? under_way_->attempt() : 1; }
  [[nodiscard]] const AccountState& known() const { return session_.known(); }  // with what was learned

 private:
  void on_up(TimePoint) override { was_up_ = true; }
  bool on_down(const std::string& message, Duration wait) override;
  void on_no_access(const std::string& reason) override { lost_ = reason; }
  void on_push(std::size_t station, const protocol::Push& push) override;

  const schemas::Model& model_;
  ReadPolicy policy_;
  bool patient_;
  StationSession session_;
  const ReadTransaction* under_way_ = nullptr;
  bool was_up_ = false;
};

}  // namespace bluetti::gateway::read
