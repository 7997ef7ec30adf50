// SPDX-License-Identifier: MIT
// A client certificate that ends soon, for what happens when it has. Made by `openssl ca`, the one command of OpenSSL
// 3.0 that can date an end to the second.
#pragma once

#include <chrono>
#include <filesystem>

#include "tests/integration/harness.h"

namespace bluetti::test {

// A PKCS#12 file in the folder, with kPassword. Throws std::runtime_error.
[[nodiscard]] std::filesystem::path short_lived_certificate(const TempDir& dir, std::chrono::seconds lives);

}  // namespace bluetti::test
