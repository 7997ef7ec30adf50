// SPDX-License-Identifier: MIT
#include "gateway/fleet/request_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gateway/station/hide_secrets.h"
#include "schemas/decoder.h"
#include "schemas/override.h"

namespace bluetti::gateway::read {
namespace {

std::chrono::seconds whole_seconds(Duration duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration);
}

ReadFailure invalid(std::string reason) {
  return {FailureKind::invalid, std::move(reason)};
}

// The values of a whole block, as JSON.
std::string values_of(const RegisterData& data, const schemas::Block& block, const schemas::Model& model) {
  const schemas::Decoder decoder(block, model);
  schemas::Row row = decoder.make_row();
  decoder.decode(data.data, 0, row);
  return decoder.to_json(row);
}

}  // namespace

std::optional<std::size_t> RequestService::accept(std::string_view payload, std::vector<Station>& stations,
                                                  TimePoint now) {
  auto parsed = parse_request(payload);
  if (auto* wrong = std::get_if<WrongRequest>(&parsed)) {
    refuse(std::move(wrong->id), invalid(std::move(wrong->reason)));
    return std::nullopt;
  }
  auto& request = std::get<Request>(parsed);
  const auto found = std::ranges::find(stations, request.station, [](const Station& s) { return s.config().id; });
  if (found == stations.end()) {
    refuse(request.id, invalid(fmt::format("there is no station '{}'", request.station)));
    return std::nullopt;
  }
  if (auto fault = fault_of(request, found->config())) {
    refuse(request.id, *std::move(fault));
    return std::nullopt;
  }
  const auto index = static_cast<std::size_t>(found - stations.begin());
  const auto lane = lanes_.find(index);
  if (lane != lanes_.end() && lane->second.waiting.size() >= kMostWaiting) {
    refuse(request.id, {FailureKind::busy, "too many requests wait already", std::chrono::seconds(1)});
    return std::nullopt;
  }
  if (!budget_.take(now)) {
    refuse(request.id, {FailureKind::busy, fmt::format("more than {} requests a minute", kRequestsPerMinute),
                        std::max(whole_seconds(budget_.next(now) - now), std::chrono::seconds(1))});
    return std::nullopt;
  }
  Lane& own = lanes_[index];
  own.station = &found->config();
  own.late = &found->late_answers();
  own.answer_timeout = found->answer_timeout();
  own.waiting.push_back(std::move(request));
  if (own.waiting.size() == 1) begin(own, now);
  return index;
}

std::optional<ReadFailure> RequestService::fault_of(const Request& request, const StationConfig& station) const {
  if (!station.model) return invalid("the model of this station is not known yet");
  if (request.count) return std::nullopt;
  const schemas::Block* block = catalog_->block(request.block);
  if (!block) return invalid(fmt::format("there is no block {}; give \"count\" to read registers", request.block));
  if (schemas::missing_parameter(*block, *station.model).empty()) return std::nullopt;
  return invalid(fmt::format("block {} is not described for {}; give \"count\" to read registers", request.block,
                             station.model->title));
}

void RequestService::begin(Lane& lane, TimePoint now) {
  const Request& request = lane.waiting.front();
  RegisterRange range{.first = request.block, .count = request.count.value_or(0), .block = nullptr};
  if (!request.count) {
    range.block = catalog_->block(request.block);
    range.count = lane.station->model->registers_of(*range.block);
  }
  // Whoever asks may ask again: the gateway does not do it for them.
  const ReadPolicy policy{.attempts = 1, .answer_timeout = lane.answer_timeout};
  lane.read.emplace(*lane.station->model, range, policy, *lane.late, std::max(now, lane.quiet_until),
                    std::move(lane.last_answer));
}

bool RequestService::wants_to_ask(std::size_t station, TimePoint now) const {
  const auto lane = lanes_.find(station);
  return lane != lanes_.end() && lane->second.read && lane->second.read->wants_to_ask(now);
}

std::optional<std::string_view> RequestService::next_request(std::size_t station, TimePoint now) {
  return lanes_.at(station).read->next_request(now);
}

bool RequestService::on_message(std::size_t station, std::string_view payload, TimePoint now) {
  const auto lane = lanes_.find(station);
  return lane != lanes_.end() && lane->second.read && lane->second.read->on_message(payload, now);
}

void RequestService::tick(std::size_t station, TimePoint now) {
  const auto found = lanes_.find(station);
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  if (lane.read) lane.read->tick(now);
  if (lane.read && lane.read->outcome()) finish(lane);
  if (lane.read) return;
  if (!lane.waiting.empty()) return begin(lane, now);
  if (now >= lane.quiet_until) lanes_.erase(found);
}

void RequestService::finish(Lane& lane) {
  const Request request = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  Answer answer{.id = request.id,
                .station = request.station,
                .model = lane.station->model->name,
                .outcome = *lane.read->outcome(),
                .values = {}};
  if (auto* data = std::get_if<RegisterData>(&answer.outcome)) {
    const schemas::Block* block = request.count ? nullptr : catalog_->block(request.block);
    if (block) answer.values = values_of(*data, *block, *lane.station->model);
    hide_secrets(*catalog_, *lane.station->model, *data);
  }
  answers_.push_back(std::move(answer));
  lane.quiet_until = lane.read->quiet_until();
  lane.last_answer = lane.read->last_answer();
  lane.read.reset();
}

TimePoint RequestService::next_action(std::size_t station) const {
  const auto lane = lanes_.find(station);
  if (lane == lanes_.end()) return TimePoint::max();
  return lane->second.read ? lane->second.read->next_action() : lane->second.quiet_until;
}

void RequestService::cancel(std::size_t station, std::string_view reason) {
  const auto found = lanes_.find(station);
  if (found == lanes_.end()) return;
  for (const Request& request : found->second.waiting) {
    refuse(request.id, {FailureKind::disconnected, std::string(reason)});
  }
  lanes_.erase(found);
}

void RequestService::cancel_all(std::string_view reason) {
  while (!lanes_.empty()) cancel(lanes_.begin()->first, reason);
}

void RequestService::refuse(std::string id, ReadFailure failure) {
  answers_.push_back({.id = std::move(id), .station = {}, .model = {}, .outcome = std::move(failure), .values = {}});
}

}  // namespace bluetti::gateway::read
