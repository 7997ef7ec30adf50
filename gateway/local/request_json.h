// SPDX-License-Identifier: MIT
// Requests to a running gateway on the local broker, and its answers, as JSON:
//
//   <base>/bridge/request         {"id":"a1","station":"living_room","block":1300}   perhaps with "count"
//   <base>/bridge/response/<id> {"id":"a1","station":"living_room","model":"AP300","block":1300,"registers":"01f4...",
//                                  "payloads":["01f8..."],"hidden":[],"values":{...}}
//                                 {"id":"a1","error":"no answer","reason":"silent"}   perhaps with "retry_after"
//
// Reading only: there is no request that writes. Errors are texts for a person. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/station/registers.h"

namespace bluetti::gateway::read {

inline constexpr std::size_t kMostRequest = 1024;  // bytes of a request
inline constexpr int kMostRegisters = 1000;        // of one request

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
