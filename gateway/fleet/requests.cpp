// SPDX-License-Identifier: MIT
#include "gateway/fleet/requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/station/hide_secrets.h"
#include "gateway/station/read_transaction.h"
#include "schemas/decoder.h"
#include "schemas/override.h"

namespace bluetti::gateway {
namespace {

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

void Requests::accept(std::string_view payload, TimePoint now) {
  auto parsed = read::parse_request(payload.empty() ? "{}" : payload);
  if (auto* wrong = std::get_if<read::WrongRequest>(&parsed)) {
    return refuse(std::move(wrong->id), invalid(std::move(wrong->reason)));
  }
  const auto& request = std::get<read::Request>(parsed);
  Member* member = fleet_.find_id(request.station);
  if (!member) return refuse(request.id, invalid(fmt::format("there is no station '{}'", request.station)));
  if (auto fault = fault_of(request, *member)) return refuse(request.id, *std::move(fault));
  if (auto fault = fault_of_load(*member, now)) return refuse(request.id, *std::move(fault));
  submit(request, *member, now);
}

std::optional<ReadFailure> Requests::fault_of(const read::Request& request, const Member& member) const {
  if (!fleet_.config().local.requests) return invalid("reading on request is off: set requests = true in [local]");
  if (!member.is_ours()) return ReadFailure{FailureKind::disconnected, "another gateway asks this station"};
  if (!member.is_connected()) {
    return ReadFailure{FailureKind::disconnected,
                       member.uses_lan() ? "not connected to the station" : "not connected to the cloud"};
  }
  if (!member.config.model) return invalid("the model of this station is not known yet");
  if (request.count) return std::nullopt;
  const schemas::Block* block = fleet_.catalog().block(request.block);
  if (!block) return invalid(fmt::format("there is no block {}; give \"count\" to read registers", request.block));
  if (block->way != member.station.way()) {
    return invalid(fmt::format("block {} is read {}, and the station {} at present", request.block,
                               block->way == schemas::Way::lan ? "over Modbus TCP" : "through the cloud",
                               block->way == schemas::Way::lan ? "through the cloud" : "over Modbus TCP"));
  }
  if (schemas::missing_parameter(*block, *member.config.model).empty()) return std::nullopt;
  return invalid(fmt::format("block {} is not described for {}; give \"count\" to read registers", request.block,
                             member.config.model->title));
}

std::optional<ReadFailure> Requests::fault_of_load(const Member& member, TimePoint now) {
  using std::chrono::seconds;
  if (member.station.transactions() >= kMostWaiting) {
    return ReadFailure{FailureKind::busy, "too many requests wait already", seconds(1)};
  }
  if (budget_.take(now)) return std::nullopt;
  const auto wait = std::chrono::ceil<seconds>(budget_.next(now) - now);
  return ReadFailure{FailureKind::busy, fmt::format("more than {} requests a minute", kRequestsPerMinute),
                     std::max(wait, seconds(1))};
}

void Requests::submit(const read::Request& request, Member& member, TimePoint now) {
  const schemas::Model& model = *member.config.model;
  RegisterRange range{.first = request.block, .count = request.count.value_or(0), .block = nullptr};
  if (!request.count) {
    range.block = fleet_.catalog().block(request.block);
    range.count = model.registers_of(*range.block);
  }
  // Whoever asks may ask again: the gateway does not do it for them.
  const ReadPolicy policy{.retry = {.attempts = 1}, .answer_timeout = member.station.answer_timeout()};
  member.station.submit(std::make_unique<ReadTransaction>(
      model, range, policy, now + kBeginWithin,
      [this, request, &model](ReadOutcome outcome) { answer(request, model, std::move(outcome)); }));
  turns_.serve(member, now);
}

void Requests::answer(const read::Request& request, const schemas::Model& model, ReadOutcome outcome) {
  read::Answer answer{
      .id = request.id, .station = request.station, .model = model.name, .outcome = std::move(outcome), .values = {}};
  if (auto* data = std::get_if<RegisterData>(&answer.outcome)) {
    const schemas::Block* block = request.count ? nullptr : fleet_.catalog().block(request.block);
    if (block) answer.values = values_of(*data, *block, model);
    hide_secrets(fleet_.catalog(), model, *data);
  }
  bridge_.answer_request(answer.id, read::to_json(answer));
}

void Requests::refuse(std::string id, ReadFailure failure) {
  const read::Answer answer{
      .id = std::move(id), .station = {}, .model = {}, .outcome = std::move(failure), .values = {}};
  bridge_.answer_request(answer.id, read::to_json(answer));
}

}  // namespace bluetti::gateway
