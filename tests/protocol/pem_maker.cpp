// SPDX-License-Identifier: MIT
#include "tests/protocol/pem_maker.h"

#include <openssl/pem.h>

#include <cstring>

namespace bluetti::protocol::test {
namespace {

std::string text_in(BIO* buffer) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(buffer, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string certificate_pem(const Certified& certified) {
  const BioHandle buffer(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(buffer.get(), certified.certificate.get());
  return text_in(buffer.get());
}

std::string key_pem(const Certified& certified, const char* password) {
  const BioHandle buffer(BIO_new(BIO_s_mem()));
  const EVP_CIPHER* cipher = password != nullptr ? EVP_aes_256_cbc() : nullptr;
  const int length = password != nullptr ? static_cast<int>(std::strlen(password)) : 0;
  PEM_write_bio_PKCS8PrivateKey(buffer.get(), certified.key.get(), cipher, password, length, nullptr, nullptr);
  return text_in(buffer.get());
}

}  // namespace bluetti::protocol::test
