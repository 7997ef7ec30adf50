// SPDX-License-Identifier: MIT
#include "protocol/tls_identity.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "tests/protocol/pkcs12_maker.h"
#include "tests/protocol/read_all.h"

namespace bluetti::protocol::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kPassword = "correct horse";

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

std::size_t certificates_in(const MemoryFile& file) {
  return count(read_all(file), "BEGIN CERTIFICATE");
}

std::chrono::system_clock::time_point day(int year) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::January / 1);
}

// Loads the files as Paho does for each connection: SSLSocket_createContext() of Paho C 1.3.12.
void expect_usable(const TlsIdentity& identity) {
  const std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
  EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context.get(), identity.certificate_chain.path().c_str()), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context.get(), identity.private_key.path().c_str(), SSL_FILETYPE_PEM), 1);
  EXPECT_EQ(SSL_CTX_check_private_key(context.get()), 1);
  if (identity.authorities) {
    EXPECT_EQ(SSL_CTX_load_verify_locations(context.get(), identity.authorities->path().c_str(), nullptr), 1);
  }
}

class Pkcs12 : public testing::Test {
 protected:
  Pkcs12Recipe recipe() const { return {.key = client_.key.get(), .certificates = {client_.certificate.get()}}; }

  static TlsIdentity opened(const Pkcs12Recipe& recipe, std::string_view password = kPassword) {
    auto result = open_pkcs12(make_pkcs12(recipe), password);
    if (const auto* error = std::get_if<IdentityError>(&result)) throw std::runtime_error(error->message);
    return std::get<TlsIdentity>(std::move(result));
  }

  static IdentityErrorKind refused(std::span<const std::byte> bytes, std::string_view password = kPassword) {
    const auto result = open_pkcs12(bytes, password);
    const auto& error = std::get<IdentityError>(result);
    EXPECT_FALSE(error.message.empty());
    EXPECT_THAT(error.message, Not(HasSubstr(std::string(kPassword))));
    EXPECT_EQ(ERR_peek_error(), 0u) << "an entry left for the next user of OpenSSL";
    return error.kind;
  }

  const Certified root_ = issue({.name = "Root", .is_authority = true});
  const Certified middle_ = issue({.name = "Middle", .issuer = &root_, .is_authority = true});
  const Certified client_ = issue({.name = "Client", .issuer = &middle_});
};

TEST_F(Pkcs12, OfTodayOpensToFilesTlsCanUse) {
  const TlsIdentity identity = opened(recipe());
  EXPECT_THAT(read_all(identity.certificate_chain), StartsWith("-----BEGIN CERTIFICATE-----\n"));
  EXPECT_THAT(read_all(identity.private_key), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_FALSE(identity.authorities);
  expect_usable(identity);
  expect_usable(identity);
}

TEST_F(Pkcs12, SaysWhoseItIsAndHowLong) {
  const TlsIdentity identity = opened(recipe());
  EXPECT_EQ(identity.subject, "CN=Client");
  EXPECT_EQ(identity.not_before, day(2020));
  EXPECT_EQ(identity.not_after, day(2040));
}

TEST_F(Pkcs12, SubjectKeepsItsUmlauts) {
  const Certified umlaut = issue({.name = "Käthe"});
  EXPECT_EQ(opened({.key = umlaut.key.get(), .certificates = {umlaut.certificate.get()}}).subject, "CN=Käthe");
}

TEST_F(Pkcs12, ExpiryBeyondTheClockIsTheClocksEnd) {
  const Certified eternal = issue({.name = "Eternal", .not_after = "99991231235959Z"});
  const auto identity = opened({.key = eternal.key.get(), .certificates = {eternal.certificate.get()}});
  EXPECT_GT(identity.not_after, day(2262));
}

TEST_F(Pkcs12, WithLegacyCiphersOpens) {
  for (const int cipher :
       {NID_pbe_WithSHA1And40BitRC2_CBC, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And128BitRC4}) {
    Pkcs12Recipe legacy = recipe();
    legacy.cipher = cipher;
    expect_usable(opened(legacy));
  }
}

TEST_F(Pkcs12, WithLegacyCiphersLeavesTheProcessWithoutThem) {
  Pkcs12Recipe legacy = recipe();
  legacy.cipher = NID_pbe_WithSHA1And40BitRC2_CBC;
  expect_usable(opened(legacy));
  EXPECT_EQ(OSSL_PROVIDER_available(nullptr, "legacy"), 0);
  EXPECT_EQ(EVP_CIPHER_fetch(nullptr, "RC2-40-CBC", nullptr), nullptr);
}

TEST_F(Pkcs12, ChainIsOrderedFromTheClientUpAndEndsBelowTheRoot) {
  Pkcs12Recipe whole = recipe();
  whole.certificates = {root_.certificate.get(), middle_.certificate.get(), client_.certificate.get()};
  const TlsIdentity identity = opened(whole);
  EXPECT_EQ(certificates_in(identity.certificate_chain), 2u);
  EXPECT_EQ(identity.subject, "CN=Client");
  expect_usable(identity);
}

TEST_F(Pkcs12, AuthoritiesAreAllThatCameAlong) {
  Pkcs12Recipe whole = recipe();
  const Certified stranger = issue({.name = "No authority", .issuer = &root_});
  whole.certificates = {client_.certificate.get(), middle_.certificate.get(), root_.certificate.get(),
                        stranger.certificate.get()};
  const TlsIdentity identity = opened(whole);
  ASSERT_TRUE(identity.authorities);
  EXPECT_EQ(certificates_in(*identity.authorities), 2u) << "root and middle";
}

TEST_F(Pkcs12, WithoutMacOpensToo) {
  Pkcs12Recipe without_mac = recipe();
  without_mac.has_mac = false;
  expect_usable(opened(without_mac));
}

TEST_F(Pkcs12, WithEmptyPasswordOpensInBothItsEncodings) {
  for (const int cipher : {NID_aes_256_cbc, NID_pbe_WithSHA1And40BitRC2_CBC}) {
    for (const char* password : {"", static_cast<const char*>(nullptr)}) {
      Pkcs12Recipe empty = recipe();
      empty.cipher = cipher;
      empty.password = password;
      expect_usable(opened(empty, ""));
    }
  }
}

TEST_F(Pkcs12, WithNonAsciiPasswordOpens) {
  Pkcs12Recipe umlaut = recipe();
  umlaut.password = "gr\xC3\xBC\xC3\x9F";
  expect_usable(opened(umlaut, "gr\xC3\xBC\xC3\x9F"));
}

TEST_F(Pkcs12, RefusesAWrongPassword) {
  for (const bool has_mac : {true, false}) {
    for (const int cipher : {NID_aes_256_cbc, NID_pbe_WithSHA1And40BitRC2_CBC}) {
      Pkcs12Recipe closed = recipe();
      closed.cipher = cipher;
      closed.has_mac = has_mac;
      const Bytes bytes = make_pkcs12(closed);
      EXPECT_EQ(refused(bytes, "wrong"), IdentityErrorKind::wrong_password) << has_mac << cipher;
      EXPECT_EQ(refused(bytes, ""), IdentityErrorKind::wrong_password) << has_mac << cipher;
    }
  }
}

TEST_F(Pkcs12, RefusesAPasswordThatGoesOnAfterAZero) {
  EXPECT_EQ(refused(make_pkcs12(recipe()), std::string_view("correct horse\0x", 15)),
            IdentityErrorKind::wrong_password);
}

TEST_F(Pkcs12, RefusesWhatIsSomethingElse) {
  constexpr std::string_view kJson = R"({"code":805,"message":"token expired"})";
  EXPECT_EQ(refused({}), IdentityErrorKind::not_pkcs12);
  EXPECT_EQ(refused(std::as_bytes(std::span(kJson))), IdentityErrorKind::not_pkcs12);
  EXPECT_EQ(refused(hex("30 80")), IdentityErrorKind::not_pkcs12);
  EXPECT_EQ(refused(Bytes(4096, std::byte{0x30})), IdentityErrorKind::not_pkcs12);
}

TEST_F(Pkcs12, RefusesAFileCutShort) {
  Bytes bytes = make_pkcs12(recipe());
  bytes.resize(bytes.size() / 2);
  EXPECT_EQ(refused(bytes), IdentityErrorKind::not_pkcs12);
}

TEST_F(Pkcs12, RefusesAFileWithoutKey) {
  EXPECT_EQ(refused(make_pkcs12({.certificates = {client_.certificate.get()}})), IdentityErrorKind::no_private_key);
}

TEST_F(Pkcs12, RefusesAFileWithoutCertificate) {
  EXPECT_EQ(refused(make_pkcs12({.key = client_.key.get()})), IdentityErrorKind::no_certificate);
}

TEST_F(Pkcs12, RefusesAKeyThatIsNotTheCertificates) {
  EXPECT_EQ(refused(make_pkcs12({.key = root_.key.get(), .certificates = {client_.certificate.get()}})),
            IdentityErrorKind::key_mismatch);
}

TEST_F(Pkcs12, RefusesADigestNobodyKnows) {
  Bytes bytes = make_pkcs12(recipe());
  const Bytes sha1 = hex("06 05 2B 0E 03 02 1A");  // object identifier of SHA-1, in the MAC at the file's end
  const auto found = std::find_end(bytes.begin(), bytes.end(), sha1.begin(), sha1.end());
  ASSERT_NE(found, bytes.end());
  *(found + 6) = std::byte{0x7F};
  EXPECT_EQ(refused(bytes), IdentityErrorKind::unsupported);
}

TEST_F(Pkcs12, RefusesAnAbsurdCountOfMacRoundsWithoutTryingIt) {
  Pkcs12Recipe endless = recipe();
  endless.claimed_mac_rounds = 20'000'000;
  EXPECT_EQ(refused(make_pkcs12(endless)), IdentityErrorKind::not_pkcs12);
}

TEST_F(Pkcs12, RefusesAContainerOfAnotherKindWhateverThePassword) {
  Bytes bytes = make_pkcs12(recipe());
  const Bytes data =
      hex("06 09 2A 86 48 86 F7 0D 01 07 01");  // object identifier of plain PKCS#7 data, in the outermost
  const auto found = std::search(bytes.begin(), bytes.end(), data.begin(), data.end());
  ASSERT_NE(found, bytes.end());
  *(found + 10) = std::byte{0x7F};
  EXPECT_EQ(refused(bytes), IdentityErrorKind::not_pkcs12);
}

TEST_F(Pkcs12, NeverCrashesOnDamage) {
  const Bytes sound = make_pkcs12(recipe());
  std::mt19937 random(12);
  int refusals = 0;
  for (int round = 0; round < 300; ++round) {
    Bytes damaged = sound;
    damaged[random() % damaged.size()] ^= static_cast<std::byte>(1u << (random() % 8));
    refusals += std::holds_alternative<IdentityError>(open_pkcs12(damaged, kPassword)) ? 1 : 0;
  }
  EXPECT_GT(refusals, 290);
}

TEST_F(Pkcs12, LeavesNoFileBehind) {
  char folder[] = "/tmp/protocol_test.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  setenv("TMPDIR", folder, 1);
  const TlsIdentity identity = opened(recipe());
  std::filesystem::current_path(before);
  unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove(folder);
}

TEST_F(Pkcs12, KeyIsGoneWithTheIdentity) {
  std::string path;
  {
    const TlsIdentity identity = opened(recipe());
    path = identity.private_key.path();
    ASSERT_EQ(access(path.c_str(), R_OK), 0);
  }
  EXPECT_EQ(access(path.c_str(), R_OK), -1);
}

TEST_F(Pkcs12, FilesAreSealed) {
  const TlsIdentity identity = opened(recipe());
  for (const MemoryFile* file : {&identity.certificate_chain, &identity.private_key}) {
    const int descriptor = ::open(file->path().c_str(), O_RDONLY);
    EXPECT_EQ(fcntl(descriptor, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    close(descriptor);
  }
}

}  // namespace
}  // namespace bluetti::protocol::test
