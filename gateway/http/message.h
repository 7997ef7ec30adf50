// SPDX-License-Identifier: MIT
// A request as the server hands it over, and an answer as it sends it. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bluetti::gateway::http {

// Where a request comes from, by the address of the connection.
struct Peer {
  std::string address;  // without port
  bool is_this_machine = false;
};

// Headers that are of interest; empty: not there.
struct RequestHeaders {
  std::string host;
  std::string origin;
  std::string fetch_site;  // Sec-Fetch-Site
  std::string authorization;
  std::string cookie;
  std::string content_type;
  std::string accept;
  std::string accept_language;
  std::string last_event_id;
  std::string if_none_match;
  std::string forwarded;  // Forwarded, X-Forwarded-For: a proxy stands between
};

struct Request {
  std::string method;
  std::string path;   // unescaped, begins with '/'
  std::string query;  // `lang` is the only one: its value
  RequestHeaders headers;
  Peer peer;
  std::string body;
  bool waited = false;  // for a snapshot, which is there now
};

struct Answer {
  int status = 200;
  std::string_view content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// What became of a setting that was to be changed.
struct ChangeResult {
  std::string outcome;  // "confirmed", "refused", "failed"
  std::string reason;
  std::string json;  // all of it
};

inline constexpr std::string_view kJsonType = "application/json; charset=utf-8";
inline constexpr std::string_view kHtmlType = "text/html; charset=utf-8";

[[nodiscard]] inline Answer text_answer(int status, std::string text) {
  return {.status = status, .body = std::make_shared<const std::string>(std::move(text)), .headers = {}};
}

}  // namespace bluetti::gateway::http
