// SPDX-License-Identifier: MIT
#include "protocol/certificate_facts.h"

#include <algorithm>
#include <ctime>
#include <new>

namespace bluetti::protocol {

using std::chrono::system_clock;

namespace {

std::string text_of(const X509_NAME* name) {
  const BioHandle buffer(BIO_new(BIO_s_mem()));
  if (!buffer) throw std::bad_alloc();
  constexpr unsigned long kReadable = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  X509_NAME_print_ex(buffer.get(), name, 0, kReadable);
  char* data = nullptr;
  const long size = BIO_get_mem_data(buffer.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string subject_of(const X509* certificate) {
  return text_of(X509_get_subject_name(certificate));
}

std::string issuer_of(const X509* certificate) {
  return text_of(X509_get_issuer_name(certificate));
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

}  // namespace bluetti::protocol
