// SPDX-License-Identifier: MIT
#include "gateway/local/request_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/base/digests.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway::read {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kLastRegister = 65535;
constexpr std::size_t kMostId = 64;
constexpr std::array<std::string_view, 4> kKeys{"id", "station", "block", "count"};
constexpr std::array kKinds{FailureKind::silent, FailureKind::refused, FailureKind::busy, FailureKind::disconnected,
                            FailureKind::invalid};

// It becomes part of a topic.
bool is_id(std::string_view text) {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kMostId && std::ranges::all_of(text, allowed);
}

std::string text_at(const json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<int> number_at(const json& document, const char* key, int least, int most) {
  const auto found = document.find(key);
  if (found == document.end() || !found->is_number_integer()) return std::nullopt;
  const auto number = found->get<std::int64_t>();
  if (number < least || number > most) return std::nullopt;
  return static_cast<int>(number);
}

// What is wrong with the keys, and with the values that all requests have; empty: nothing.
std::string fault_of_keys(const json& document, std::span<const std::string_view> keys) {
  for (const auto& [key, value] : document.items()) {
    if (std::ranges::find(keys, key) == keys.end()) {
      return fmt::format("unknown key \"{}\"{}", key, suggestion(key, keys));
    }
  }
  if (!is_id(text_at(document, "id"))) return "\"id\" must be a text of A-Z, a-z, 0-9, _ and -, at most 64 long";
  if (text_at(document, "station").empty()) return "\"station\" must be the id of a station";
  return {};
}

std::string fault_of_read(const json& document) {
  if (std::string fault = fault_of_keys(document, kKeys); !fault.empty()) return fault;
  if (!number_at(document, "block", 0, kLastRegister)) return "\"block\" must be a number from 0 to 65535";
  if (document.contains("count") && !number_at(document, "count", 1, kMostRegisters)) {
    return fmt::format("\"count\" must be a number from 1 to {}", kMostRegisters);
  }
  return {};
}

constexpr std::array<std::string_view, 6> kControlKeys{"id", "station", "set", "undo", "dry_run", "probe"};
constexpr std::size_t kMostSettings = 32;

std::string fault_of_control(const json& document) {
  if (std::string fault = fault_of_keys(document, kControlKeys); !fault.empty()) return fault;
  if (document.contains("set") == document.contains("undo")) return "give either \"set\" or \"undo\"";
  const json set = document.value("set", json::object());
  const json undo = document.value("undo", json::array());
  const auto is_text = [](const json& value) { return value.is_string(); };
  if (!set.is_object() || set.size() > kMostSettings || !std::ranges::all_of(set, is_text)) {
    return fmt::format("\"set\" must be an object of at most {} texts", kMostSettings);
  }
  if (document.contains("set") && set.empty()) return "\"set\" is empty";
  if (!undo.is_array() || undo.size() > kMostSettings || !std::ranges::all_of(undo, is_text)) {
    return fmt::format("\"undo\" must be a list of at most {} paths", kMostSettings);
  }
  for (const char* key : {"dry_run", "probe"}) {
    if (document.contains(key) && !document.at(key).is_boolean()) {
      return fmt::format("\"{}\" must be true or false", key);
    }
  }
  return {};
}

// Empty if it cannot be part of a topic: then there is nobody to answer.
std::string id_in(const json& document) {
  std::string id = text_at(document, "id");
  return is_id(id) ? id : std::string();
}

std::string dump(const ordered_json& document) {
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string hex(std::span<const std::byte> bytes) {
  return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<std::vector<std::byte>> bytes_of(const json& digits) {
  const auto text = digits.is_string() ? from_hex(digits.get_ref<const std::string&>()) : std::nullopt;
  if (!text) return std::nullopt;
  const auto bytes = std::as_bytes(std::span(*text));
  return std::vector(bytes.begin(), bytes.end());
}

void add(ordered_json& document, const RegisterData& data) {
  document["block"] = data.first;
  document["registers"] = hex(data.data);
  document["payloads"] = ordered_json::array();
  for (const auto& payload : data.payloads) document["payloads"].push_back(hex(payload));
  document["hidden"] = ordered_json::array();
  for (const Hidden& hidden : data.hidden) document["hidden"].push_back({hidden.first, hidden.count});
}

void add(ordered_json& document, const ReadFailure& failure) {
  document["error"] = failure.reason;
  document["reason"] = name_of(failure.kind);
  if (failure.retry.count() > 0) document["retry_after"] = failure.retry.count();
}

std::optional<ReadOutcome> failure_in(const json& document) {
  const auto kind =
      std::ranges::find(kKinds, text_at(document, "reason"), [](FailureKind one) { return name_of(one); });
  if (kind == kKinds.end()) return std::nullopt;
  return ReadFailure{*kind, text_at(document, "error"),
                     std::chrono::seconds(number_at(document, "retry_after", 0, 3600).value_or(0))};
}

std::optional<ReadOutcome> data_in(const json& document) {
  const auto block = number_at(document, "block", 0, kLastRegister);
  auto registers = bytes_of(document.value("registers", json()));
  if (!block || !registers) return std::nullopt;
  RegisterData data{.first = static_cast<std::uint16_t>(*block), .data = *std::move(registers)};
  for (const json& payload : document.value("payloads", json::array())) {
    if (auto bytes = bytes_of(payload)) data.payloads.push_back(*std::move(bytes));
  }
  for (const json& pair : document.value("hidden", json::array())) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_integer() || !pair[1].is_number_integer()) continue;
    data.hidden.push_back({pair[0].get<std::uint16_t>(), pair[1].get<int>()});
  }
  return data;
}

}  // namespace

std::variant<Request, WrongRequest> parse_request(std::string_view text) {
  if (text.size() > kMostRequest) return WrongRequest{{}, fmt::format("longer than {} bytes", kMostRequest)};
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return WrongRequest{{}, "not a JSON object"};
  std::string id = id_in(document);
  if (std::string fault = fault_of_read(document); !fault.empty()) return WrongRequest{std::move(id), std::move(fault)};
  Request request{.id = std::move(id), .station = text_at(document, "station")};
  request.block = static_cast<std::uint16_t>(*number_at(document, "block", 0, kLastRegister));
  request.count = number_at(document, "count", 1, kMostRegisters);
  if (request.block + request.count.value_or(1) > kLastRegister + 1) {
    return WrongRequest{std::move(request.id), "\"count\" reaches beyond register 65535"};
  }
  return request;
}

std::optional<std::variant<ControlRequest, WrongRequest>> parse_control_request(std::string_view text) {
  if (text.size() > kMostControlRequest) return std::nullopt;
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || (!document.contains("set") && !document.contains("undo"))) return std::nullopt;
  std::string id = id_in(document);
  if (std::string fault = fault_of_control(document); !fault.empty()) {
    return WrongRequest{std::move(id), std::move(fault)};
  }
  ControlRequest request{.id = std::move(id), .station = text_at(document, "station")};
  const json set = document.value("set", json::object());
  for (const auto& [path, value] : set.items()) request.set.emplace_back(path, value.get<std::string>());
  request.is_undo = document.contains("undo");
  const json undo = document.value("undo", json::array());
  for (const json& path : undo) request.undo.push_back(path.get<std::string>());
  request.dry_run = document.value("dry_run", false);
  request.probe = document.value("probe", false);
  return request;
}

std::string to_json(const ControlRequest& request) {
  ordered_json document{{"id", request.id}, {"station", request.station}};
  if (request.is_undo) {
    document["undo"] = request.undo;
  } else {
    for (const auto& [path, value] : request.set) document["set"][path] = value;
  }
  if (request.dry_run) document["dry_run"] = true;
  if (request.probe) document["probe"] = true;
  return dump(document);
}

std::string control_answer(const std::string& id, const std::string& station,
                           const std::vector<ControlResult>& results) {
  ordered_json document{{"id", id}, {"station", station}, {"results", ordered_json::array()}};
  for (const ControlResult& result : results) {
    document["results"].push_back(ordered_json::parse(gateway::to_json(result)));
  }
  return dump(document);
}

std::string control_refusal(const std::string& id, const std::string& station, std::string_view reason) {
  ordered_json document = ordered_json::object();
  if (!id.empty()) document["id"] = id;
  if (!station.empty()) document["station"] = station;
  document["error"] = reason;
  return dump(document);
}

std::string to_json(const Request& request) {
  ordered_json document{{"id", request.id}, {"station", request.station}, {"block", request.block}};
  if (request.count) document["count"] = *request.count;
  return dump(document);
}

std::string to_json(const Answer& answer) {
  ordered_json document = ordered_json::object();
  if (!answer.id.empty()) document["id"] = answer.id;
  if (!answer.station.empty()) document["station"] = answer.station;
  if (!answer.model.empty()) document["model"] = answer.model;
  std::visit([&](const auto& outcome) { add(document, outcome); }, answer.outcome);
  if (!answer.values.empty()) document["values"] = ordered_json::parse(answer.values);
  return dump(document);
}

std::optional<Answer> parse_answer(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  auto outcome = document.contains("error") ? failure_in(document) : data_in(document);
  if (!outcome) return std::nullopt;
  return Answer{.id = text_at(document, "id"),
                .station = text_at(document, "station"),
                .model = text_at(document, "model"),
                .outcome = *std::move(outcome)};
}

}  // namespace bluetti::gateway::read
