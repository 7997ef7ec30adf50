// SPDX-License-Identifier: MIT
#include "gateway/setup/certificate_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocol/pkcs12_maker.h"

namespace bluetti::gateway {
namespace {

using protocol::test::Certified;
using protocol::test::issue;
using testing::HasSubstr;

class CheckCertificate : public testing::Test {
 protected:
  [[nodiscard]] static Secret file_of(const Certified& client, const Certified* beside) {
    std::vector<X509*> certificates{client.certificate.get()};
    if (beside) certificates.push_back(beside->certificate.get());
    const auto bytes = protocol::test::make_pkcs12({.key = client.key.get(), .certificates = certificates});
    return Secret(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  [[nodiscard]] static std::string fault(const Secret& file, const char* password = "correct horse") {
    const auto checked = check_certificate(file, Secret(password), std::chrono::system_clock::now());
    const auto* problem = std::get_if<std::string>(&checked);
    return problem ? *problem : "";
  }

  const Certified authority = issue({.name = "Authority", .is_authority = true});
  const Certified client = issue({.name = "owner", .issuer = &authority});
};

TEST_F(CheckCertificate, SaysWhoseItIsByWhomAndUntilWhen) {
  const auto checked =
      check_certificate(file_of(client, &authority), Secret("correct horse"), std::chrono::system_clock::now());
  const auto* facts = std::get_if<CertificateFacts>(&checked);
  ASSERT_NE(facts, nullptr);
  EXPECT_EQ(facts->subject, "CN=owner");
  EXPECT_EQ(facts->issuer, "CN=Authority");
  EXPECT_EQ(day_of(facts->not_after), "2040-01-01");
}

TEST_F(CheckCertificate, AnIssuerThatDidNotComeAlongIsNoFault) {
  EXPECT_EQ(fault(file_of(client, nullptr)), "");
}

TEST_F(CheckCertificate, AWrongPassword) {
  EXPECT_THAT(fault(file_of(client, &authority), "wrong"), HasSubstr("the password does not open the PKCS#12"));
}

TEST_F(CheckCertificate, AnExpiredOne) {
  const Certified old = issue({.name = "owner", .issuer = &authority, .not_after = "20200131000000Z"});
  EXPECT_THAT(fault(file_of(old, &authority)), HasSubstr("it expired on 2020-01-31: get a new one"));
}

TEST_F(CheckCertificate, AnIssuerOfTheSameNameThatDidNotSignIt) {
  const Certified impostor = issue({.name = "Authority", .is_authority = true});
  EXPECT_THAT(fault(file_of(client, &impostor)),
              HasSubstr("issued by CN=Authority, whose certificate in the same file"));
}

TEST_F(CheckCertificate, OneThatNobodyHasIssued) {
  EXPECT_THAT(fault(file_of(issue({.name = "owner"}), nullptr)), HasSubstr("it is self-signed"));
}

TEST_F(CheckCertificate, SomethingElse) {
  EXPECT_THAT(fault(Secret("hello")), HasSubstr("this is not a PKCS#12 file"));
  EXPECT_NE(fault(Secret("-----BEGIN CERTIFICATE-----\nxx")), "");
}

}  // namespace
}  // namespace bluetti::gateway
