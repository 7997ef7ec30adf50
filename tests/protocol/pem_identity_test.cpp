// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/tls_identity.h"
#include "tests/protocol/pem_maker.h"
#include "tests/protocol/read_all.h"

namespace bluetti::protocol::test {
namespace {

using testing::StartsWith;

constexpr const char* kKeyPassword = "correct horse";

class Pem : public testing::Test {
 protected:
  static TlsIdentity opened(const std::string& certificates, const std::string& key,
                            std::optional<std::string_view> password = std::nullopt) {
    auto result = open_pem(certificates, key, password);
    if (const auto* error = std::get_if<IdentityError>(&result)) throw std::runtime_error(error->message);
    return std::get<TlsIdentity>(std::move(result));
  }

  static IdentityErrorKind refused(const std::string& certificates, const std::string& key,
                                   std::optional<std::string_view> password = std::nullopt) {
    const auto result = open_pem(certificates, key, password);
    const auto& error = std::get<IdentityError>(result);
    EXPECT_FALSE(error.message.empty());
    EXPECT_EQ(ERR_peek_error(), 0U) << "an entry left for the next user of OpenSSL";
    return error.kind;
  }

  const Certified root_ = issue({.name = "Root", .is_authority = true});
  const Certified middle_ = issue({.name = "Middle", .issuer = &root_, .is_authority = true});
  const Certified client_ = issue({.name = "Client", .issuer = &middle_});
  const std::string certificate_ = certificate_pem(client_);
};

TEST_F(Pem, PairOpensToTheSameAsAPkcs12) {
  const TlsIdentity identity = opened(certificate_, key_pem(client_));
  EXPECT_EQ(identity.subject, "CN=Client");
  EXPECT_EQ(read_all(identity.certificate_chain), certificate_);
  EXPECT_EQ(read_all(identity.private_key), key_pem(client_));
  EXPECT_FALSE(identity.authorities);
}

TEST_F(Pem, ChainIsOrderedFromTheClientUpAndEndsBelowTheRoot) {
  const TlsIdentity identity =
      opened(certificate_pem(root_) + certificate_pem(middle_) + certificate_, key_pem(client_));
  EXPECT_EQ(read_all(identity.certificate_chain), certificate_ + certificate_pem(middle_));
  ASSERT_TRUE(identity.authorities);
  EXPECT_EQ(read_all(*identity.authorities), certificate_pem(root_) + certificate_pem(middle_));
}

TEST_F(Pem, MayBeOneTextInAnyOrder) {
  for (const std::string& both : {certificate_ + key_pem(client_), key_pem(client_) + certificate_}) {
    EXPECT_EQ(opened(both, both).subject, "CN=Client");
  }
}

TEST_F(Pem, EncryptedKeyOpensWithItsPasswordAndIsHandedOnInTheClear) {
  const TlsIdentity identity = opened(certificate_, key_pem(client_, kKeyPassword), kKeyPassword);
  EXPECT_THAT(read_all(identity.private_key), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
}

TEST_F(Pem, PasswordThatNobodyNeedsDoesNoHarm) {
  EXPECT_EQ(opened(certificate_, key_pem(client_), "whatever").subject, "CN=Client");
}

TEST_F(Pem, RefusesAnEncryptedKeyWithoutPassword) {
  EXPECT_EQ(refused(certificate_, key_pem(client_, kKeyPassword)), IdentityErrorKind::password_needed);
}

TEST_F(Pem, RefusesAWrongPassword) {
  for (const std::string_view wrong : {"wrong", "", "correct horses"}) {
    EXPECT_EQ(refused(certificate_, key_pem(client_, kKeyPassword), wrong), IdentityErrorKind::wrong_password) << wrong;
  }
}

TEST_F(Pem, RefusesAPasswordLongerThanOpenSslTakes) {
  EXPECT_EQ(refused(certificate_, key_pem(client_, kKeyPassword), std::string(5000, 'x')),
            IdentityErrorKind::wrong_password);
}

TEST_F(Pem, RefusesAKeyThatIsNotTheCertificates) {
  EXPECT_EQ(refused(certificate_, key_pem(root_)), IdentityErrorKind::key_mismatch);
}

TEST_F(Pem, RefusesATextWithoutKey) {
  EXPECT_EQ(refused(certificate_, certificate_), IdentityErrorKind::no_private_key);
  EXPECT_EQ(refused(certificate_, ""), IdentityErrorKind::no_private_key);
}

TEST_F(Pem, RefusesATextWithoutCertificate) {
  EXPECT_EQ(refused(key_pem(client_), key_pem(client_)), IdentityErrorKind::no_certificate);
  EXPECT_EQ(refused("", key_pem(client_)), IdentityErrorKind::no_certificate);
  EXPECT_EQ(refused("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n", key_pem(client_)),
            IdentityErrorKind::no_certificate);
}

}  // namespace
}  // namespace bluetti::protocol::test
