// SPDX-License-Identifier: MIT
#include "protocol/pem_reader.h"

#include <openssl/pem.h>

#include <algorithm>
#include <utility>

namespace bluetti::protocol {
namespace {

std::vector<CertificateHandle> read_certificates(std::string_view text) {
  const BioHandle buffer = view_of(text);
  std::vector<CertificateHandle> certificates;
  while (CertificateHandle certificate{PEM_read_bio_X509(buffer.get(), nullptr, nullptr, nullptr)}) {
    certificates.push_back(std::move(certificate));
  }
  return certificates;
}

struct Asked {
  std::optional<std::string_view> password;
  bool asked = false;
};

// What OpenSSL calls for a key that is encrypted. Without it OpenSSL would ask on the terminal.
int give_password(char* buffer, int size, int /*writing*/, void* context) {
  auto& [password, asked] = *static_cast<Asked*>(context);
  asked = true;
  if (!password || password->size() > static_cast<std::size_t>(size)) return -1;
  std::ranges::copy(*password, buffer);
  return static_cast<int>(password->size());
}

std::variant<KeyHandle, IdentityError> read_key(std::string_view text, std::optional<std::string_view> password) {
  Asked asked{.password = password};
  KeyHandle key(PEM_read_bio_PrivateKey(view_of(text).get(), nullptr, give_password, &asked));
  if (key) return key;
  if (!asked.asked) return IdentityError{IdentityErrorKind::no_private_key, "there is no private key in it"};
  if (!password) return IdentityError{IdentityErrorKind::password_needed, "the private key is encrypted"};
  return IdentityError{IdentityErrorKind::wrong_password, "the password does not open the private key"};
}

}  // namespace

std::variant<IdentityContents, IdentityError> read_pem(std::string_view certificates, std::string_view key,
                                                       std::optional<std::string_view> password) {
  auto found = read_certificates(certificates);
  if (found.empty()) return IdentityError{IdentityErrorKind::no_certificate, "there is no PEM certificate in it"};
  auto opened = read_key(key, password);
  if (auto* error = std::get_if<IdentityError>(&opened)) return std::move(*error);
  return sort_out(std::move(std::get<KeyHandle>(opened)), std::move(found));
}

}  // namespace bluetti::protocol
