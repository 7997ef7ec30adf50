// SPDX-License-Identifier: MIT
// The digests and the cipher that the vendor's app uses, from OpenSSL's default provider, and hexadecimal text. Pure
// but for random_hex(); any thread. Throw std::runtime_error where OpenSSL was built or set up without the algorithm.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bluetti::gateway {

[[nodiscard]] std::string md5_hex(std::string_view bytes);     // upper case
[[nodiscard]] std::string sha256_hex(std::string_view bytes);  // upper case

// AES-256-ECB with PKCS#7 padding. The key has 32 bytes. Decrypting gives nothing when length or padding are wrong.
[[nodiscard]] std::string aes_encrypt(std::string_view plain, std::string_view key);
[[nodiscard]] std::optional<std::string> aes_decrypt(std::string_view cipher, std::string_view key);

// PBKDF2 with SHA-256, upper-case hexadecimal: slow on purpose, for what is kept of a password.
[[nodiscard]] std::string slow_digest(std::string_view text, std::string_view salt);

[[nodiscard]] std::string to_hex(std::string_view bytes);  // lower case
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);
[[nodiscard]] std::string random_hex(std::size_t bytes);  // lower case

}  // namespace bluetti::gateway
