// SPDX-License-Identifier: MIT
#include "gateway/base/digests.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace bluetti::gateway {
namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

[[noreturn]] void fail(const char* algorithm) {
  throw std::runtime_error(std::string("OpenSSL does not offer ") + algorithm);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string hex(std::string_view bytes, const char* digits) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string upper_hex(std::string_view bytes) {
  return hex(bytes, "0123456789ABCDEF");
}

std::string digest_hex(const char* algorithm, std::string_view bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, algorithm, nullptr, bytes.data(), bytes.size(), bytes_of(digest), &size) != 1) {
    fail(algorithm);
  }
  return upper_hex(std::string_view(digest).substr(0, size));
}

// Nothing: the input is not what this cipher makes.
std::optional<std::string> aes(std::string_view input, std::string_view key, bool encrypt) {
  if (key.size() != 32) throw std::runtime_error("AES-256 needs a key of 32 bytes");
  const CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (!context || EVP_CipherInit_ex2(context.get(), EVP_aes_256_ecb(), bytes_of(key), nullptr, encrypt, nullptr) != 1) {
    fail("AES-256-ECB");
  }
  std::string output(input.size() + EVP_MAX_BLOCK_LENGTH, '\0');
  int head = 0;
  int tail = 0;
  if (EVP_CipherUpdate(context.get(), bytes_of(output), &head, bytes_of(input), static_cast<int>(input.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), bytes_of(output) + head, &tail) != 1) {
    return std::nullopt;
  }
  output.resize(static_cast<std::size_t>(head + tail));
  return output;
}

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::string md5_hex(std::string_view bytes) {
  return digest_hex("MD5", bytes);
}

std::string sha256_hex(std::string_view bytes) {
  return digest_hex("SHA256", bytes);
}

std::string aes_encrypt(std::string_view plain, std::string_view key) {
  return aes(plain, key, true).value();
}

std::optional<std::string> aes_decrypt(std::string_view cipher, std::string_view key) {
  if (cipher.empty()) return std::nullopt;
  return aes(cipher, key, false);
}

std::string slow_digest(std::string_view text, std::string_view salt) {
  constexpr int kRounds = 100'000;
  std::array<unsigned char, 32> digest{};
  if (PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), bytes_of(salt), static_cast<int>(salt.size()),
                        kRounds, EVP_sha256(), static_cast<int>(digest.size()), digest.data()) != 1) {
    fail("PBKDF2");
  }
  return upper_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string to_hex(std::string_view bytes) {
  return hex(bytes, "0123456789abcdef");
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = value_of(digits[i]);
    const int low = value_of(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string random_hex(std::size_t bytes) {
  std::string random(bytes, '\0');
  if (RAND_bytes(bytes_of(random), static_cast<int>(bytes)) != 1) fail("random numbers");
  return to_hex(random);
}

}  // namespace bluetti::gateway
