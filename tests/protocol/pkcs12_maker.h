// SPDX-License-Identifier: MIT
// Makes certificates and PKCS#12 files in memory, sound ones and the broken kinds that PKCS12_create() refuses to make.
// Test support; throws std::runtime_error when OpenSSL fails.
#pragma once

#include <string>
#include <vector>

#include "protocol/openssl_handles.h"
#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {

struct Certified {
  KeyHandle key;
  CertificateHandle certificate;
};

struct Issue {
  std::string name;
  const Certified* issuer = nullptr;  // none: signed by itself
  bool is_authority = false;
  const char* not_after = "20400101000000Z";
};

Certified issue(const Issue& request);

struct Pkcs12Recipe {
  EVP_PKEY* key = nullptr;
  std::vector<X509*> certificates = {};
  const char* password = "correct horse";
  int cipher = NID_aes_256_cbc;
  bool has_mac = true;
  long claimed_mac_rounds = 0;  // written in place of the true number, unless 0
};

Bytes make_pkcs12(const Pkcs12Recipe& recipe);

}  // namespace bluetti::protocol::test
