// SPDX-License-Identifier: MIT
#include "gateway/client/own_session.h"

#include <fmt/format.h>

#include <utility>

namespace bluetti::gateway::read {

OwnSession::OwnSession(const AccountConfig& account, const StationConfig& station, SessionParts parts,
                       const ReadPolicy& policy, bool patient, const Clock& clock, std::uint64_t seed)
    : model_(*station.model),
      policy_(policy),
      patient_(patient),
      session_(account, {station}, std::move(parts), policy.answer_timeout, clock, seed, *this) {}

void OwnSession::read(const RegisterRange& range, TimePoint) {
  auto read = std::make_unique<ReadTransaction>(model_, range, policy_, TimePoint::max(), [this](ReadOutcome outcome) {
    under_way_ = nullptr;
    outcome_ = std::move(outcome);
  });
  under_way_ = read.get();
  session_.station(0).submit(std::move(read));
}

bool OwnSession::on_down(const std::string& message, Duration wait) {
  if (!patient_ || !was_up_) {
    lost_ = message;
    return false;
  }
  news_.push_back(
      fmt::format("{}; trying again in {} s", message, std::chrono::round<std::chrono::seconds>(wait).count()));
  return true;
}

void OwnSession::on_push(std::size_t, const protocol::Push& push) {
  overheard_.push_back({.first = push.first_register, .data = {push.data.begin(), push.data.end()}});
}

}  // namespace bluetti::gateway::read
