// SPDX-License-Identifier: MIT
#include "protocol/tls_identity.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <new>
#include <utility>

#include "protocol/certificate_facts.h"
#include "protocol/identity_contents.h"
#include "protocol/openssl_handles.h"
#include "protocol/pem_reader.h"
#include "protocol/pkcs12_reader.h"

namespace bluetti::protocol {
namespace {

std::optional<IdentityError> find_gap(const IdentityContents& contents) {
  if (!contents.key) return IdentityError{IdentityErrorKind::no_private_key, "there is no private key in it"};
  if (contents.certificate) return std::nullopt;
  if (contents.others.empty()) {
    return IdentityError{IdentityErrorKind::no_certificate, "there is no certificate in it"};
  }
  return IdentityError{IdentityErrorKind::key_mismatch, "the private key belongs to no certificate in it"};
}

// Memory that OpenSSL overwrites when it is freed, and when it grows.
BioHandle secret_buffer() {
  BioHandle buffer(BIO_new(BIO_s_secmem()));
  if (!buffer) throw std::bad_alloc();
  return buffer;
}

std::span<const std::byte> content_of(BIO* buffer) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(buffer, &data);
  return std::as_bytes(std::span(data, static_cast<std::size_t>(size)));
}

std::optional<MemoryFile> write_key(EVP_PKEY* key) {
  const BioHandle buffer = secret_buffer();
  const int written = PEM_write_bio_PKCS8PrivateKey(buffer.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  if (written != 1) return std::nullopt;
  return MemoryFile("private-key", content_of(buffer.get()));
}

X509* find_issuer(const IdentityContents& contents, X509* certificate) {
  for (const auto& candidate : contents.others) {
    if (X509_check_issued(candidate.get(), certificate) == X509_V_OK) return candidate.get();
  }
  return nullptr;
}

bool is_signed_by_others(const IdentityContents& contents) {
  X509* certificate = contents.certificate.get();
  return std::ranges::any_of(contents.others, [certificate](const auto& other) {
    return X509_check_issued(other.get(), certificate) == X509_V_OK &&
           X509_verify(certificate, X509_get0_pubkey(other.get())) == 1;
  });
}

// The self-signed root stays out: a server has its own or does not trust it, and a weak one would make OpenSSL refuse
// the whole chain. The count ends a ring of certificates that sign each other.
MemoryFile write_chain(const IdentityContents& contents) {
  const BioHandle buffer = secret_buffer();
  X509* certificate = contents.certificate.get();
  PEM_write_bio_X509(buffer.get(), certificate);
  for (std::size_t remaining = contents.others.size(); remaining > 0; --remaining) {
    certificate = find_issuer(contents, certificate);
    if (certificate == nullptr || X509_self_signed(certificate, 0) == 1) break;
    PEM_write_bio_X509(buffer.get(), certificate);
  }
  return MemoryFile("certificate-chain", content_of(buffer.get()));
}

std::optional<MemoryFile> write_authorities(const IdentityContents& contents) {
  const BioHandle buffer = secret_buffer();
  for (const auto& certificate : contents.others) {
    if (X509_check_ca(certificate.get()) != 0) PEM_write_bio_X509(buffer.get(), certificate.get());
  }
  const auto content = content_of(buffer.get());
  if (content.empty()) return std::nullopt;
  return MemoryFile("authorities", content);
}

std::variant<TlsIdentity, IdentityError> make_identity(std::variant<IdentityContents, IdentityError> read) {
  if (auto* error = std::get_if<IdentityError>(&read)) return std::move(*error);
  const auto& contents = std::get<IdentityContents>(read);
  if (auto gap = find_gap(contents)) return *std::move(gap);
  auto key = write_key(contents.key.get());
  if (!key) {
    return IdentityError{IdentityErrorKind::unsupported, "the private key is of a kind that PEM does not hold"};
  }
  X509* certificate = contents.certificate.get();
  return TlsIdentity{.certificate_chain = write_chain(contents),
                     .private_key = *std::move(key),
                     .authorities = write_authorities(contents),
                     .subject = subject_of(certificate),
                     .issuer = issuer_of(certificate),
                     .is_for_clients = X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) == 1,
                     .is_of_other_issuer = !contents.others.empty() && !is_signed_by_others(contents),
                     .not_before = to_time_point(X509_get0_notBefore(certificate)),
                     .not_after = to_time_point(X509_get0_notAfter(certificate))};
}

}  // namespace

std::variant<TlsIdentity, IdentityError> open_pkcs12(std::span<const std::byte> bytes, std::string_view password) {
  const ErrorQueue error_queue;
  return make_identity(read_pkcs12(bytes, password));
}

std::variant<TlsIdentity, IdentityError> open_pem(std::string_view certificates, std::string_view key,
                                                  std::optional<std::string_view> password) {
  const ErrorQueue error_queue;
  return make_identity(read_pem(certificates, key, password));
}

}  // namespace bluetti::protocol
