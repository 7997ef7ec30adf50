// SPDX-License-Identifier: MIT
// Any text as an answer of the vendor's HTTPS service, after a byte that stands for the status.
#include <algorithm>

#include "gateway/sign_in/vendor_answers.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti::gateway;

// What people will see must not steer their terminals.
template <typename T>
void check(const VendorResult<T>& result) {
  const auto* problem = std::get_if<VendorProblem>(&result);
  if (problem == nullptr) return;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  bluetti::fuzz::require(!problem->message.empty() && std::ranges::none_of(problem->message, is_control));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bluetti::fuzz::Input input(data, size);
  const std::uint8_t first = input.byte();
  const int status = first == 0 ? 200 : 2 * first;
  const std::string_view body = input.rest();
  check(read_token(status, body));
  check(read_user(status, body));
  check(read_devices(status, body));
  check(read_time(status, body));
  check(read_certificate(status, std::string(body)));
  return 0;
}
