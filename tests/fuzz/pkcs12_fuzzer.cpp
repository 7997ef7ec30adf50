// SPDX-License-Identifier: MIT
// Any bytes as a PKCS#12, after a piece that is its password.
#include "protocol/tls_identity.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bluetti::fuzz::Input input(data, size);
  const std::string_view password = input.piece();
  const auto result = bluetti::protocol::open_pkcs12(bluetti::fuzz::bytes_of(input.rest()), password);
  const auto* error = std::get_if<bluetti::protocol::IdentityError>(&result);
  bluetti::fuzz::require(error == nullptr || !error->message.empty());
  return 0;
}
