// SPDX-License-Identifier: MIT
// The expected values were computed with Python's hashlib and python3-cryptography, from the description of the
// protocol, for made-up keys.
#include "gateway/sign_in/app_signature.h"

#include <gtest/gtest.h>

#include "gateway/base/digests.h"
#include "gateway/sign_in/one_time_password.h"

namespace bluetti::gateway {
namespace {

constexpr AppSession kSession{.app_key = "made-up-app-key", .sid = "sid-0001"};
constexpr std::uint64_t kTime = 1'790'000'000'123;  // 2026-09-21, ms

TEST(Digests, MatchPublishedValues) {
  EXPECT_EQ(md5_hex("abc"), "900150983CD24FB0D6963F7D28E17F72");                                     // RFC 1321
  EXPECT_EQ(sha256_hex("abc"), "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");  // FIPS 180
}

TEST(Digests, AesMatchesThePublishedBlock) {
  // FIPS 197, C.3; one block of padding follows.
  const std::string key = *from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const std::string plain = *from_hex("00112233445566778899aabbccddeeff");
  const std::string cipher = aes_encrypt(plain, key);
  EXPECT_EQ(to_hex(cipher).substr(0, 32), "8ea2b7ca516745bfeafc49904b496089");
  EXPECT_EQ(cipher.size(), 32U);
  EXPECT_EQ(aes_decrypt(cipher, key), plain);
}

TEST(Digests, WhatNoKeyLockedIsNotOpened) {
  const std::string key(32, 'k');
  EXPECT_EQ(aes_decrypt("", key), std::nullopt);
  EXPECT_EQ(aes_decrypt("not a whole block", key), std::nullopt);
  EXPECT_EQ(aes_decrypt(aes_encrypt("secret", key), std::string(32, 'x')), std::nullopt);
}

TEST(Digests, HexadecimalIsReadInEitherCaseAndNothingElse) {
  EXPECT_EQ(from_hex("00fF7a"), std::string("\0\xff\x7a", 3));
  EXPECT_EQ(from_hex("abc"), std::nullopt);
  EXPECT_EQ(from_hex("0x12"), std::nullopt);
}

TEST(Digests, WhatIsKeptOfAPasswordIsSlowAndSalted) {
  // hashlib.pbkdf2_hmac("sha256", b"me@example.com\ncorrect horse", b"0123", 100000)
  EXPECT_EQ(slow_digest("me@example.com\ncorrect horse", "0123"),
            "58B0CD7979D36EA264160FE997334A5CE771E1DC96EBF78A087429A58A90023E");
}

TEST(Digests, RandomTextsDiffer) {
  EXPECT_EQ(random_hex(16).size(), 32U);
  EXPECT_NE(random_hex(16), random_hex(16));
}

TEST(AppSignature, CoversPathNumberKeyAndSession) {
  EXPECT_EQ(request_signature(kSession, kTimePath, kTime), "1F4D03BA68C9A60E920A772C38B59925");
  EXPECT_EQ(request_signature(kSession, kCertificatePath, 12345678), "3A4635F5CEB229308F2AB7DE33F6C916");
}

TEST(AppSignature, ThePasswordIsSentHashedAndLockedWithItsHash) {
  EXPECT_EQ(password_hash("correct horse"), "4104D36F8DA2C254349F85836793EBE029E0C957063A34C91C2E9203187B5631");
  EXPECT_EQ(pass_open("correct horse"), "9c734b5efa7739a122f679420ee82518");
}

TEST(AppSignature, TheCertificatesPasswordIsUnlockedWithTheTimesSignature) {
  const auto password = certificate_password(kSession, kTime, "5fa5103f7ff51d2c19abc98372c90171");
  ASSERT_TRUE(password);
  EXPECT_EQ(password->reveal(), "pfx password");
}

TEST(AppSignature, AnotherSessionsPasswordIsNotUnlocked) {
  constexpr AppSession kOther{.app_key = "made-up-app-key", .sid = "sid-0002"};
  EXPECT_FALSE(certificate_password(kOther, kTime, "5fa5103f7ff51d2c19abc98372c90171"));
  EXPECT_FALSE(certificate_password(kSession, kTime, "5fa5103f7ff51d2c19abc98372c901"));
  EXPECT_FALSE(certificate_password(kSession, kTime, "no hexadecimal"));
  EXPECT_FALSE(certificate_password(kSession, kTime, ""));
}

TEST(AppSignature, TheCertificatesPasswordIsLockedWithAOneTimePassword) {
  EXPECT_EQ(app_resource(kSession, 12345678, Secret("pfx password")), "df5e0570cedcb64f91df121b9fffeafb");
}

TEST(OneTimePassword, IsOfBothTextsTheKeyAndTheTime) {
  EXPECT_EQ(digits_of(one_time_password("77001", "0123456789abcdef0123456789abcdef", "made-up-totp-key", kTime)),
            "76037185");
  EXPECT_EQ(digits_of(one_time_password("a", "b", "k", 1'371'517'200'000)), "09842497") << "the first moment";
}

TEST(OneTimePassword, HoldsForThirtySecondsAndKeepsItsZeros) {
  const auto at = [](std::uint64_t ms) {
    return digits_of(one_time_password("sid-0001", "b7e1", "made-up-totp-key", ms));
  };
  EXPECT_EQ(at(1'790'000'010'000), "09522230");
  EXPECT_EQ(at(1'790'000'039'999), "09522230");
  EXPECT_NE(at(1'790'000'009'999), "09522230");
  EXPECT_NE(at(1'790'000'040'000), "09522230");
}

}  // namespace
}  // namespace bluetti::gateway
