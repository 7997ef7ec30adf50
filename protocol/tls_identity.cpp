// SPDX-License-Identifier: MIT
#include "protocol/tls_identity.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <new>
#include <utility>

#include "protocol/openssl_handles.h"
#include "protocol/pkcs12_reader.h"

namespace bluetti::protocol {
namespace {

using std::chrono::system_clock;

std::optional<IdentityError> find_gap(const Pkcs12Contents& contents) {
  if (!contents.key) return IdentityError{IdentityErrorKind::no_private_key, "the PKCS#12 holds no private key"};
  if (contents.certificate) return std::nullopt;
  if (contents.others.empty()) {
    return IdentityError{IdentityErrorKind::no_certificate, "the PKCS#12 holds no certificate"};
  }
  return IdentityError{IdentityErrorKind::key_mismatch, "no certificate in the PKCS#12 belongs to its private key"};
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

X509* find_issuer(const Pkcs12Contents& contents, X509* certificate) {
  for (const auto& candidate : contents.others) {
    if (X509_check_issued(candidate.get(), certificate) == X509_V_OK) return candidate.get();
  }
  return nullptr;
}

// The self-signed root stays out: a server has its own or does not trust it, and a weak one would make OpenSSL refuse
// the whole chain. The count ends a ring of certificates that sign each other.
MemoryFile write_chain(const Pkcs12Contents& contents) {
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

std::optional<MemoryFile> write_authorities(const Pkcs12Contents& contents) {
  const BioHandle buffer = secret_buffer();
  for (const auto& certificate : contents.others) {
    if (X509_check_ca(certificate.get()) != 0) PEM_write_bio_X509(buffer.get(), certificate.get());
  }
  const auto content = content_of(buffer.get());
  if (content.empty()) return std::nullopt;
  return MemoryFile("authorities", content);
}

std::string subject_of(const X509* certificate) {
  const BioHandle buffer = secret_buffer();
  constexpr unsigned long kReadable = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  X509_NAME_print_ex(buffer.get(), X509_get_subject_name(certificate), 0, kReadable);
  const auto content = content_of(buffer.get());
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

// "Never" is written as the year 9999; a clock that counts nanoseconds ends in 2262.
system_clock::time_point to_time_point(const ASN1_TIME* time) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(time, &utc) != 1) return {};
  using std::chrono::seconds;
  constexpr auto kEarliest = std::chrono::ceil<seconds>(system_clock::time_point::min().time_since_epoch());
  constexpr auto kLatest = std::chrono::floor<seconds>(system_clock::time_point::max().time_since_epoch());
  return system_clock::time_point(std::clamp(seconds(timegm(&utc)), kEarliest, kLatest));
}

std::variant<TlsIdentity, IdentityError> make_identity(const Pkcs12Contents& contents) {
  auto key = write_key(contents.key.get());
  if (!key) {
    return IdentityError{IdentityErrorKind::unsupported, "the private key is of a kind that PEM does not hold"};
  }
  const X509* certificate = contents.certificate.get();
  return TlsIdentity{.certificate_chain = write_chain(contents),
                     .private_key = *std::move(key),
                     .authorities = write_authorities(contents),
                     .subject = subject_of(certificate),
                     .not_before = to_time_point(X509_get0_notBefore(certificate)),
                     .not_after = to_time_point(X509_get0_notAfter(certificate))};
}

}  // namespace

std::variant<TlsIdentity, IdentityError> open_pkcs12(std::span<const std::byte> bytes, std::string_view password) {
  const ErrorQueue error_queue;
  auto result = read_pkcs12(bytes, password);
  if (auto* error = std::get_if<IdentityError>(&result)) return std::move(*error);
  const auto& contents = std::get<Pkcs12Contents>(result);
  if (auto gap = find_gap(contents)) return *std::move(gap);
  return make_identity(contents);
}

}  // namespace bluetti::protocol
