// SPDX-License-Identifier: MIT
#include "gateway/mqtt/tls_error.h"

#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

TEST(TlsReason, IsWhatIsLeftOfOpenSslsLine) {
  EXPECT_EQ(tls_reason("C0D6:error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:"
                       "../ssl/statem/statem_clnt.c:1889:\n"),
            "certificate verify failed");
}

TEST(TlsReason, KeepsTheDataThatGoesWithIt) {
  EXPECT_EQ(tls_reason("C0D6:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:"
                       "../ssl/record/rec_layer_s3.c:1586:SSL alert number 48\n"),
            "tlsv1 alert unknown ca (SSL alert number 48)");
  EXPECT_EQ(tls_reason("C0D6:error:80000002:system library:BIO_new_file:No such file or directory:"
                       "../crypto/bio/bss_file.c:67:calling fopen(C:ca.pem, r)\n"),
            "No such file or directory (calling fopen(C:ca.pem, r))");
}

TEST(TlsReason, IsTheWholeLineIfThatHasAnotherForm) {
  EXPECT_EQ(tls_reason("something else"), "something else");
  EXPECT_EQ(tls_reason("error:0A000086"), "");
}

TEST(TlsErrorLines, TellTheFirstCauseAndForgetIt) {
  TlsErrorLines lines;
  EXPECT_EQ(lines.take(), "");
  lines.add("1:error:0A00018F:SSL routines:ssl_add_cert_chain:ee key too small:a.c:1:\n");
  lines.add("1:error:0A000086:SSL routines:f:certificate verify failed:a.c:1:\n");
  EXPECT_EQ(lines.take(), "ee key too small");
  EXPECT_EQ(lines.take(), "");
}

TEST(TlsErrorLines, ALineThatOnlyPassesOnIsNoCause) {
  TlsErrorLines lines;
  lines.add("1:error:0A080002:SSL routines:f:system lib:a.c:1:\n");
  lines.add("1:error:80000002:system library:f:Permission denied:a.c:1:\n");
  lines.add("1:error:0A080009:SSL routines:f:PEM lib:a.c:1:\n");
  EXPECT_EQ(lines.take(), "Permission denied");
}

TEST(TlsErrorLines, ALineThatOnlyPassesOnIsBetterThanNothing) {
  TlsErrorLines lines;
  lines.add("1:error:0A080009:SSL routines:f:PEM lib:a.c:1:\n");
  EXPECT_EQ(lines.take(), "PEM lib");
}

}  // namespace
}  // namespace bluetti::gateway
