// SPDX-License-Identifier: MIT
// Any text as a request: its lines are method, path, query, and what of the headers is read, then the body. The first
// byte says where it comes from.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/http/forms.h"
#include "gateway/http/site.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti::gateway;
using bluetti::fuzz::require;

constexpr std::string_view kToken = "0123456789abcdef";

std::string take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

http::Request request_of(std::string_view text) {
  http::Request request;
  http::RequestHeaders& headers = request.headers;
  const char from = text.empty() ? '\0' : text.front();
  text.remove_prefix(std::min<std::size_t>(1, text.size()));
  request.peer = (from & 1) != 0 ? http::Peer{"127.0.0.1", true} : http::Peer{"192.0.2.1", false};
  request.waited = true;
  for (std::string* line :
       {&request.method, &request.path, &request.query, &headers.host, &headers.origin, &headers.fetch_site,
        &headers.authorization, &headers.cookie, &headers.content_type, &headers.accept, &headers.accept_language,
        &headers.last_event_id, &headers.if_none_match, &headers.forwarded}) {
    *line = take_line(text);
  }
  request.body = text;
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  static const HttpConfig config = [] {
    HttpConfig made;
    made.host = "0.0.0.0";
    made.token = Secret(std::string(kToken));
    made.control = true;
    return made;
  }();
  static const http::History history;
  http::Site site(config, "en", history, "e", {});
  auto snapshot = std::make_shared<http::Snapshot>();
  snapshot->stations.push_back(std::make_shared<http::StationView>());
  site.use(std::move(snapshot), 0);
  const http::Request request = request_of({reinterpret_cast<const char*>(input), size});
  (void)http::parse_multipart(request.headers.content_type, request.body);
  const auto outcome = site.answer(request, {}, {});
  if (const auto* answer = std::get_if<http::Answer>(&outcome)) {
    require(answer->status >= 200 && answer->status < 600 && answer->body != nullptr);
    const bool is_trusted =
        request.peer.is_this_machine || request.headers.authorization.find(kToken) != std::string::npos;
    if (answer->status == 200 && !request.path.starts_with("/assets/")) require(is_trusted);
  }
  return 0;
}
