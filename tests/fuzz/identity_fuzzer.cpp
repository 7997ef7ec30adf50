// SPDX-License-Identifier: MIT
// Feeds foreign bytes to the PKCS#12 reader: the first byte says how many of the next are the password, the rest is the
// file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "protocol/tls_identity.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t length = std::min<std::size_t>(data[0] % 16, size - 1);
  const std::string_view password(reinterpret_cast<const char*>(data + 1), length);
  const auto file = std::as_bytes(std::span(data + 1 + length, size - 1 - length));
  const auto result = bluetti::protocol::open_pkcs12(file, password);
  const auto* error = std::get_if<bluetti::protocol::IdentityError>(&result);
  if (error != nullptr && error->message.empty()) std::abort();
  return 0;
}
