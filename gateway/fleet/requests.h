// SPDX-License-Identifier: MIT
// Reads for others on the local broker, within a rate of their own: each becomes a transaction in its station's queue,
// and its outcome an answer. The loop's thread only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "gateway/fleet/fleet.h"
#include "gateway/fleet/turns.h"
#include "gateway/local/request_json.h"
#include "gateway/transport/request_budget.h"

namespace bluetti::gateway {

class Requests {
 public:
  static constexpr int kRequestsPerMinute = 60;
  static constexpr std::size_t kMostWaiting = 8;  // at one station
  static constexpr std::chrono::seconds kBeginWithin{30};

  // All must outlive this and the members' transactions.
  Requests(Fleet& fleet, Turns& turns, Bridge& bridge) : fleet_(fleet), turns_(turns), bridge_(bridge) {}

  void accept(std::string_view payload, TimePoint now);

 private:
  [[nodiscard]] std::optional<ReadFailure> fault_of(const read::Request& request, const Member& member) const;
  [[nodiscard]] std::optional<ReadFailure> fault_of_load(const Member& member, TimePoint now);
  void submit(const read::Request& request, Member& member, TimePoint now);
  void answer(const read::Request& request, const schemas::Model& model, ReadOutcome outcome);
  void refuse(std::string id, ReadFailure failure);

  Fleet& fleet_;
  Turns& turns_;
  Bridge& bridge_;
  RequestBudget budget_{kRequestsPerMinute};
};

}  // namespace bluetti::gateway
