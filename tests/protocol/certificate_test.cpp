// SPDX-License-Identifier: MIT
#include "protocol/certificate.h"

#include <gtest/gtest.h>

#include "tests/protocol/pem_maker.h"

namespace bluetti::protocol::test {
namespace {

// Made with `openssl ca`; its fingerprint as `openssl x509 -fingerprint -sha256` prints it.
constexpr std::string_view kExample =
    "-----BEGIN CERTIFICATE-----\n"
    "MIH3MIGqAgEBMAUGAytlcDAoMQ0wCwYDVQQKDARUZXN0MRcwFQYDVQQDDA5icm9r\n"
    "ZXIuZXhhbXBsZTAeFw0yMDAxMDIwMzA0MDVaFw00MDA2MDUwNDAzMDJaMCgxDTAL\n"
    "BgNVBAoMBFRlc3QxFzAVBgNVBAMMDmJyb2tlci5leGFtcGxlMCowBQYDK2VwAyEA\n"
    "jMq+b4DRR4BOs2p2en8ssPGAw8b5UduNEjkVuWjHkT0wBQYDK2VwA0EA4RoXM9AB\n"
    "kRw87+AhX4cU3yzz5tohtYF2dMbo1eFUqia1ft7k/wsdQQXKE/dOFPszkfzxclip\n"
    "vQ5CQv2bdjWbCA==\n"
    "-----END CERTIFICATE-----\n";
constexpr std::string_view kFingerprint = "a4ffff5419d51084b02c3bbe26d02216d0d24bb64beef73a3884c45e0186ee69";

TEST(Certificate, SaysWhoseItIsAndHowLong) {
  const auto certificate = read_certificate(kExample);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->subject, "CN=broker.example,O=Test");
  using namespace std::chrono;
  EXPECT_EQ(certificate->not_before, sys_days(2020y / January / 2) + 3h + 4min + 5s);
  EXPECT_EQ(certificate->not_after, sys_days(2040y / June / 5) + 4h + 3min + 2s);
}

TEST(Certificate, FingerprintIsThatOfItsDerForm) {
  EXPECT_EQ(read_certificate(kExample)->fingerprint, kFingerprint);
}

TEST(Certificate, OtherCertificateOfTheSameNameHasAnotherFingerprint) {
  const auto one = read_certificate(certificate_pem(issue({.name = "localhost"})));
  const auto other = read_certificate(certificate_pem(issue({.name = "localhost"})));
  EXPECT_EQ(one->subject, other->subject);
  EXPECT_NE(one->fingerprint, other->fingerprint);
}

TEST(Certificate, OfSeveralTheFirstCounts) {
  const std::string first = certificate_pem(issue({.name = "first"}));
  EXPECT_EQ(read_certificate(first + std::string(kExample))->subject, "CN=first");
}

TEST(Certificate, NothingElseIsOne) {
  for (const std::string_view text : {std::string_view(), std::string_view("hello"), kExample.substr(0, 300)}) {
    EXPECT_FALSE(read_certificate(text)) << text;
    EXPECT_EQ(ERR_peek_error(), 0U);
  }
}

TEST(Fingerprint, IsPrintedInPairs) {
  EXPECT_EQ(printed("00ab9fff"), "00:AB:9F:FF");
  EXPECT_EQ(printed(""), "");
}

}  // namespace
}  // namespace bluetti::protocol::test
