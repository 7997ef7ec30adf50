// SPDX-License-Identifier: MIT
#include "gateway/transport/server_pin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/certificate.h"
#include "tests/protocol/pem_maker.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;
using protocol::test::certificate_pem;
using protocol::test::issue;
using testing::AllOf;
using testing::HasSubstr;

std::string fingerprint_of(const std::string& pem) {
  return protocol::read_certificate(pem)->fingerprint;
}

class ServerPin : public testing::Test {
 protected:
  // The server shows `shown`; empty: it cannot be reached.
  PinResult pin(const std::string& remembered, const std::string& fingerprint = {}) {
    const TlsConfig tls{.authorities = {}, .verify = Verify::pinned, .security_level = {}, .fingerprint = fingerprint};
    const Look look = [this]() -> ProbeResult {
      ++looks;
      if (shown.empty()) return "Connection refused";
      return ServerView{.certificate = shown, .objection = "unable to get local issuer certificate"};
    };
    return pin_for({.host = "broker.example", .port = 18760, .tls = true}, tls, remembered, now, look);
  }

  static void expect_trusts(const PinResult& result, const std::string& pem, bool newly_learned) {
    ASSERT_TRUE(std::holds_alternative<PinnedServer>(result)) << std::get<std::string>(result);
    EXPECT_EQ(std::get<PinnedServer>(result).certificate, pem);
    EXPECT_EQ(std::get<PinnedServer>(result).newly_learned, newly_learned);
  }

  const std::string first = certificate_pem(issue({.name = "broker.example"}));
  const std::string second = certificate_pem(issue({.name = "broker.example"}));
  const std::string ended = certificate_pem(issue({.name = "broker.example", .not_after = "20250601000000Z"}));
  std::string shown = first;
  WallTime now = std::chrono::sys_days(std::chrono::January / 1 / 2026);
  int looks = 0;
};

TEST_F(ServerPin, FirstCertificateIsTakenAndIsToBeRemembered) {
  expect_trusts(pin(""), first, true);
}

TEST_F(ServerPin, RememberedCertificateIsTrustedWithoutALook) {
  shown = second;
  expect_trusts(pin(first), first, false);
  EXPECT_EQ(looks, 0);
}

TEST_F(ServerPin, ServerThatCannotBeSeenIsAProblem) {
  shown.clear();
  EXPECT_EQ(std::get<std::string>(pin("")),
            "cannot look at the certificate of mqtts://broker.example:18760: Connection refused");
}

TEST_F(ServerPin, FirstCertificateMustHaveTheFingerprint) {
  expect_trusts(pin("", fingerprint_of(first)), first, true);
  EXPECT_THAT(std::get<std::string>(pin("", fingerprint_of(second))),
              AllOf(HasSubstr("broker.example"), HasSubstr(protocol::printed(fingerprint_of(second))),
                    HasSubstr(protocol::printed(fingerprint_of(first)))));
}

TEST_F(ServerPin, RememberedCertificateOfTheFingerprintNeedsNoLook) {
  expect_trusts(pin(first, fingerprint_of(first)), first, false);
  EXPECT_EQ(looks, 0);
}

TEST_F(ServerPin, NewFingerprintReplacesWhatIsRemembered) {
  shown = second;
  expect_trusts(pin(first, fingerprint_of(second)), second, true);
}

TEST_F(ServerPin, NewFingerprintThatTheServerDoesNotHaveTrustsNobody) {
  EXPECT_TRUE(std::holds_alternative<std::string>(pin(first, fingerprint_of(second))));
}

TEST_F(ServerPin, ExpiredCertificateIsNotTakenAtFirst) {
  shown = ended;
  EXPECT_EQ(std::get<std::string>(pin("")), "the certificate that broker.example shows expired on 2025-06-01");
}

TEST_F(ServerPin, ExpiredCertificateIsNotTakenForItsFingerprintEither) {
  shown = ended;
  EXPECT_TRUE(std::holds_alternative<std::string>(pin("", fingerprint_of(ended))));
}

TEST_F(ServerPin, RememberedCertificateThatExpiredIsTrustedNoLonger) {
  shown = ended;
  EXPECT_EQ(std::get<std::string>(pin(ended)), "the pinned certificate of broker.example expired on 2025-06-01");
}

TEST_F(ServerPin, SuccessorOfAnExpiredCertificateIsShownAndNotTaken) {
  EXPECT_THAT(std::get<std::string>(pin(ended)),
              AllOf(HasSubstr("expired on 2025-06-01"), HasSubstr(protocol::printed(fingerprint_of(first))),
                    HasSubstr("set `fingerprint`")));
}

TEST_F(ServerPin, ClockThatIsWrongIsSaid) {
  now = {};
  EXPECT_THAT(std::get<std::string>(pin(first)), HasSubstr("this machine's clock says 1970-01-01"));
}

TEST_F(ServerPin, DamagedMemoryIsNoFirstUse) {
  EXPECT_THAT(std::get<std::string>(pin("-----BEGIN CERTIFICATE-----\n")), HasSubstr("is damaged"));
  EXPECT_EQ(looks, 0);
  expect_trusts(pin("-----BEGIN CERTIFICATE-----\n", fingerprint_of(first)), first, true);
}

}  // namespace
}  // namespace bluetti::gateway
