// SPDX-License-Identifier: MIT
// Reads for others on the local broker, one after the other at each station, within a rate of its own. Station polls
// wait meanwhile; pushes do not. Requests and times come in, payloads to send and answers come out. The loop's thread
// only.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/local/request_json.h"
#include "gateway/station/register_read.h"
#include "gateway/station/station.h"
#include "gateway/transport/request_budget.h"
#include "schemas/catalog.h"

namespace bluetti::gateway::read {

class RequestService {
 public:
  static constexpr int kRequestsPerMinute = 60;
  static constexpr std::size_t kMostWaiting = 8;  // at one station

  explicit RequestService(const schemas::Catalog& catalog) : catalog_(&catalog) {}

  // The station that is to be held and read from; nothing: the answer, a refusal, is there already.
  [[nodiscard]] std::optional<std::size_t> accept(std::string_view payload, std::vector<Station>& stations,
                                                  TimePoint now);

  // While true, the station is to be held. It is to be asked when it has no read of its own in flight.
  [[nodiscard]] bool busy(std::size_t station) const { return lanes_.contains(station); }
  [[nodiscard]] bool wants_to_ask(std::size_t station, TimePoint now) const;
  // Nothing: tick() ends it.
  [[nodiscard]] std::optional<std::string_view> next_request(std::size_t station, TimePoint now);
  // True: the message was the answer to a request.
  bool on_message(std::size_t station, std::string_view payload, TimePoint now);
  void tick(std::size_t station, TimePoint now);
  [[nodiscard]] TimePoint next_action(std::size_t station) const;

  // No more reads from this station, or from any: what waits is answered with this reason.
  void cancel(std::size_t station, std::string_view reason);
  void cancel_all(std::string_view reason);
  void use(const schemas::Catalog& catalog) { catalog_ = &catalog; }  // after cancel_all()

  // Since the last call.
  [[nodiscard]] std::vector<Answer> take_answers() { return std::exchange(answers_, {}); }

 private:
  // The requests to one station. The first is under way.
  struct Lane {
    const StationConfig* station = nullptr;
    LateAnswers* late = nullptr;
    Duration answer_timeout{};
    std::deque<Request> waiting;
    std::optional<RegisterRead> read;
    TimePoint quiet_until{};
    LastAnswer last_answer;
  };

  [[nodiscard]] std::optional<ReadFailure> fault_of(const Request& request, const StationConfig& station) const;
  void begin(Lane& lane, TimePoint now);
  void finish(Lane& lane);
  void refuse(std::string id, ReadFailure failure);

  const schemas::Catalog* catalog_;
  RequestBudget budget_{kRequestsPerMinute};
  std::map<std::size_t, Lane> lanes_;  // by station
  std::vector<Answer> answers_;
};

}  // namespace bluetti::gateway::read
