// SPDX-License-Identifier: MIT
// What a file with a TLS identity holds, as OpenSSL objects, whatever the file's format. Private to protocol/.
#pragma once

#include <vector>

#include "protocol/openssl_handles.h"
#include "protocol/tls_identity.h"

namespace bluetti::protocol {

struct IdentityContents {
  KeyHandle key;                          // none: the file holds none
  CertificateHandle certificate;          // the one that belongs to the key; none: none does
  std::vector<CertificateHandle> others;  // in the order of the file
};

// Finds the certificate that belongs to the key.
[[nodiscard]] IdentityContents sort_out(KeyHandle key, std::vector<CertificateHandle> certificates);

}  // namespace bluetti::protocol
