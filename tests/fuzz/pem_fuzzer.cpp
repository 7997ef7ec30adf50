// SPDX-License-Identifier: MIT
// Any text as certificates and key in PEM, after a piece that is the key's password; an empty one is none.
#include "protocol/certificate.h"
#include "protocol/tls_identity.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bluetti::fuzz::Input input(data, size);
  const std::string_view password = input.piece();
  const std::string_view text = input.rest();
  const auto given = password.empty() ? std::nullopt : std::optional(password);
  const auto result = bluetti::protocol::open_pem(text, text, given);
  const auto* error = std::get_if<bluetti::protocol::IdentityError>(&result);
  bluetti::fuzz::require(error == nullptr || !error->message.empty());
  return 0;
}
