// SPDX-License-Identifier: MIT
// Any text as a request from the local broker: a read, or changes of settings. What is taken is within its bounds and
// is read from what it is written as; what is not has a reason.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/local/request_json.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti::gateway::read;
using bluetti::fuzz::require;

// It becomes part of a topic.
void check_id(std::string_view id) {
  require(id.size() <= 64 && id.find_first_of("/+#\0") == std::string_view::npos);
}

void check(const Request& request) {
  check_id(request.id);
  require(!request.id.empty() && !request.station.empty());
  require(!request.count || (*request.count >= 1 && request.block + *request.count <= 65536));
  const auto again = parse_request(to_json(request));
  const auto* same = std::get_if<Request>(&again);
  require(same != nullptr && same->block == request.block && same->count == request.count);
}

void check(const ControlRequest& request) {
  check_id(request.id);
  require(request.is_undo || !request.set.empty());
  const auto again = parse_control_request(to_json(request));
  const auto* same = again ? std::get_if<ControlRequest>(&*again) : nullptr;
  require(same != nullptr && same->set == request.set && same->undo == request.undo &&
          same->is_undo == request.is_undo);
}

void check(const WrongRequest& wrong) {
  check_id(wrong.id);
  require(!wrong.reason.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(input), size);
  std::visit([](const auto& result) { check(result); }, parse_request(text));
  if (const auto control = parse_control_request(text)) {
    std::visit([](const auto& result) { check(result); }, *control);
  }
  if (const auto answer = parse_answer(text)) (void)to_json(*answer);
  return 0;
}
