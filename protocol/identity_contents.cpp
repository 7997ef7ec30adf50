// SPDX-License-Identifier: MIT
#include "protocol/identity_contents.h"

#include <algorithm>
#include <utility>

namespace bluetti::protocol {

IdentityContents sort_out(KeyHandle key, std::vector<CertificateHandle> certificates) {
  const auto belongs_to_key = [&key](const CertificateHandle& certificate) {
    return key != nullptr && X509_check_private_key(certificate.get(), key.get()) == 1;
  };
  CertificateHandle own;
  const auto found = std::ranges::find_if(certificates, belongs_to_key);
  if (found != certificates.end()) {
    own = std::move(*found);
    certificates.erase(found);
  }
  return {.key = std::move(key), .certificate = std::move(own), .others = std::move(certificates)};
}

}  // namespace bluetti::protocol
