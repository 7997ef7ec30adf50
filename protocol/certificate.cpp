// SPDX-License-Identifier: MIT
#include "protocol/certificate.h"

#include <openssl/pem.h>

#include <array>
#include <span>

#include "protocol/certificate_facts.h"

namespace bluetti::protocol {
namespace {

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &length);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned byte : std::span(digest).first(length)) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

}  // namespace

std::optional<Certificate> read_certificate(std::string_view pem) {
  const ErrorQueue error_queue;
  const CertificateHandle certificate(PEM_read_bio_X509(view_of(pem).get(), nullptr, nullptr, nullptr));
  if (!certificate) return std::nullopt;
  return Certificate{.subject = subject_of(certificate.get()),
                     .fingerprint = fingerprint_of(certificate.get()),
                     .not_before = to_time_point(X509_get0_notBefore(certificate.get())),
                     .not_after = to_time_point(X509_get0_notAfter(certificate.get()))};
}

std::string printed(std::string_view fingerprint) {
  std::string text;
  for (std::size_t at = 0; at < fingerprint.size(); ++at) {
    if (at > 0 && at % 2 == 0) text += ':';
    const char digit = fingerprint[at];
    text += digit >= 'a' && digit <= 'f' ? static_cast<char>(digit - 'a' + 'A') : digit;
  }
  return text;
}

}  // namespace bluetti::protocol
