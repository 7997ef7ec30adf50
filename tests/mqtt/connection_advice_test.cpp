// SPDX-License-Identifier: MIT
// The reasons are those that OpenSSL 3.0 and the gateway give; server_check_test.cpp sees them happen.
#include "gateway/mqtt/connection_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bluetti::gateway {
namespace {

struct Case {
  const char* reason;
  const char* advice;  // a part of it
};

void PrintTo(const Case& row, std::ostream* out) {
  *out << row.reason;
}

class ConnectionAdvice : public testing::TestWithParam<Case> {};

TEST_P(ConnectionAdvice, FitsTheReason) {
  const std::string advice(connection_advice(GetParam().reason));
  EXPECT_THAT(advice, testing::StartsWith("; "));
  EXPECT_THAT(advice, testing::HasSubstr(GetParam().advice));
}

INSTANTIATE_TEST_SUITE_P(
    Known, ConnectionAdvice,
    testing::Values(
        Case{"TLS: localhost shows another certificate than the pinned one: pinned is ...", "`fingerprint`"},
        Case{"TLS: certificate verify failed: EE certificate key too weak (CN=x)", "`security_level = 1`"},
        Case{"TLS: certificate verify failed: CA certificate key too weak (CN=x)", "`security_level = 1`"},
        Case{"the client certificate cannot be used: ee key too small", "`security_level = 1`"},
        Case{"TLS: dh key too small", "`security_level = 1`"},
        Case{"TLS: certificate verify failed: CA signature digest algorithm too weak (CN=x)", "`security_level = 0`"},
        Case{"the client certificate cannot be used: ca md too weak", "`security_level = 0`"},
        Case{"TLS: certificate verify failed: hostname mismatch (CN=x)", "`verify = \"chain\"`"},
        Case{"TLS: certificate verify failed: IP address mismatch (CN=x)", "`verify = \"chain\"`"},
        Case{"TLS: certificate verify failed: certificate has expired (CN=x)", "the broker has to get a new one"},
        Case{"TLS: certificate verify failed: certificate is not yet valid (CN=x)", "clock"},
        Case{"TLS: certificate verify failed: unable to get local issuer certificate (CN=x)", "is not trusted"},
        Case{"TLS: certificate verify failed: self-signed certificate (CN=x)", "is not trusted"},
        Case{"TLS: certificate verify failed", "is not trusted"},
        Case{"TLS: sslv3 alert certificate expired (SSL alert number 45)", "client certificate has expired"},
        Case{"TLS: tlsv1 alert unknown ca (SSL alert number 48)", "who issued the client certificate"},
        Case{"TLS: sslv3 alert bad certificate (SSL alert number 42)", "does not take the client certificate"},
        Case{"TLS: sslv3 alert unsupported certificate (SSL alert number 43)", "not one for clients"},
        Case{"TLS: sslv3 alert certificate revoked (SSL alert number 44)", "was revoked"},
        Case{"TLS: tlsv13 alert certificate required (SSL alert number 116)", "set `certificate`"},
        Case{"TLS: sslv3 alert handshake failure (SSL alert number 40)", "client certificate"},
        Case{"TLS: the connection was closed during the handshake", "speak TLS"},
        Case{"TLS: wrong version number", "mqtt://"}));

TEST(ConnectionAdvice, IsSilentWhereNobodyKnows) {
  EXPECT_EQ(connection_advice("cannot connect: Connection refused"), "");
  EXPECT_EQ(connection_advice(""), "");
}

}  // namespace
}  // namespace bluetti::gateway
