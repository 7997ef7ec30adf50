// SPDX-License-Identifier: MIT
// Requests to a running gateway on the local broker, and its answers, as JSON:
//
//   <base>/bridge/request         {"id":"a1","station":"living_room","block":1300}   perhaps with "count"
//   <base>/bridge/response/<id> {"id":"a1","station":"living_room","model":"AP300","block":1300,"registers":"01f4...",
//                                  "payloads":["01f8..."],"hidden":[],"values":{...}}
//                                 {"id":"a1","error":"no answer","reason":"silent"}   perhaps with "retry_after"
//
// Errors are texts for a person. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/control/outcome.h"
#include "gateway/station/registers.h"

namespace bluetti::gateway::read {

inline constexpr std::size_t kMostRequest = 1024;  // bytes of a request
inline constexpr std::size_t kMostControlRequest = 8192;
inline constexpr int kMostRegisters = 1000;  // of one request

struct Request {
  std::string id;  // [A-Za-z0-9_-], at most 64
  std::string station;
  std::uint16_t block = 0;   // or any register
  std::optional<int> count;  // empty: as many as the block has
};

// What is wrong with a request, with its id if that much could be read.
struct WrongRequest {
  std::string id;
  std::string reason;
};

// Settings to be changed, or changed back:
//   {"id":"a1","station":"living_room","set":{"soc_high_limit":"80"}}   perhaps with "dry_run" or "probe": true
//   {"id":"a1","station":"living_room","undo":[]}                     these paths; none: all
struct ControlRequest {
  std::string id;
  std::string station;
  std::vector<std::pair<std::string, std::string>> set;  // path and value
  bool is_undo = false;
  std::vector<std::string> undo;
  bool dry_run = false;
  bool probe = false;
};
// Nothing: it is about something else.
[[nodiscard]] std::optional<std::variant<ControlRequest, WrongRequest>> parse_control_request(std::string_view text);
[[nodiscard]] std::string to_json(const ControlRequest& request);
// {"id","station","results":[...]} and {"id","station","error"}.
[[nodiscard]] std::string control_answer(const std::string& id, const std::string& station,
                                         const std::vector<ControlResult>& results);
[[nodiscard]] std::string control_refusal(const std::string& id, const std::string& station, std::string_view reason);

[[nodiscard]] std::variant<Request, WrongRequest> parse_request(std::string_view text);
[[nodiscard]] std::string to_json(const Request& request);

struct Answer {
  std::string id;  // empty: of a request without one
  std::string station;
  std::string model;
  ReadOutcome outcome;
  std::string values;  // JSON of a whole block; empty: none
};

[[nodiscard]] std::string to_json(const Answer& answer);
// Nothing: it is no such answer.
[[nodiscard]] std::optional<Answer> parse_answer(std::string_view text);

}  // namespace bluetti::gateway::read
