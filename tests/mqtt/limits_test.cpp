// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "gateway/mqtt/incoming_limit.h"
#include "gateway/mqtt/openssl_settings.h"
#include "gateway/mqtt/outgoing_messages.h"
#include "gateway/mqtt/packet_limit.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

TEST(IncomingLimit, IsThatOfTheLinkAndAFloodMakesOneEvent) {
  std::vector<MessageTooLarge> events;
  const EventSink sink = [&](const Event& event) { events.push_back(std::get<MessageTooLarge>(event)); };
  EXPECT_EQ(IncomingLimit(kLocal, sink).limit(), 256U * 1024);
  IncomingLimit limit(Link{0}, sink);
  EXPECT_TRUE(limit.admits("a", 64 * 1024));
  for (int count = 0; count < 100; ++count) EXPECT_FALSE(limit.admits(std::string(1000, 't'), 64 * 1024 + 1));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].topic.size(), 100U) << "a topic may have 64 KiB";
  EXPECT_EQ(limit.count(), 100U);
}

TEST(PacketLimit, TwoEndsInARowMakeALimitAndAnHourForgetsIt) {
  PacketLimit limit;
  const TimePoint now{1h};
  EXPECT_FALSE(limit.suspect("document", 30'000, now));
  EXPECT_FALSE(limit.suspect("state", 9'000, now)) << "another one";
  EXPECT_TRUE(limit.admits(30'000, now));
  EXPECT_TRUE(limit.suspect("state", 9'000, now));
  EXPECT_TRUE(limit.admits(8'999, now));
  EXPECT_FALSE(limit.admits(9'000, now));
  EXPECT_TRUE(limit.suspect("other", 5'000, now)) << "of a broker that has a limit one end is enough";
  EXPECT_FALSE(limit.admits(5'000, now));
  EXPECT_TRUE(limit.admits(5'000, now + 1h)) << "the broker's configuration may have been changed";
}

TEST(OutgoingMessages, WhatIsNotConfirmedInTimeIsNamedOnce) {
  OutgoingMessages outgoing;
  const TimePoint now{1h};
  outgoing.sent(1, "first", 10, 1, now);
  outgoing.sent(2, "second", 10, 1, now + 10s);
  outgoing.sent(3, "unconfirmed by nature", 10, 0, now);
  EXPECT_TRUE(outgoing.take_overdue(now + 29s).empty());
  const auto overdue = outgoing.take_overdue(now + 30s);
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue[0].topic, "first");
  EXPECT_TRUE(outgoing.take_overdue(now + 39s).empty());
  EXPECT_TRUE(outgoing.confirmed(2, {}));
  EXPECT_TRUE(outgoing.take_overdue(now + 1h).empty());
  EXPECT_TRUE(outgoing.confirmed(1, {})) << "late, and all the same";
}

TEST(OutgoingMessages, ABrokerThatTakesItsTimeIsBehindUntilItConfirms) {
  OutgoingMessages outgoing;
  TimePoint now{1h};
  const auto send = [&](int count) {
    for (int sent = 0; sent < count; ++sent) outgoing.sent(0, "value", 10, 0, now);
  };
  send(100'000);
  EXPECT_FALSE(outgoing.is_behind()) << "nothing shows how far it is";
  outgoing.sent(1, "availability", 10, 1, now);
  send(62);
  EXPECT_FALSE(outgoing.is_behind());
  send(1);
  EXPECT_TRUE(outgoing.is_behind());
  (void)outgoing.confirmed(1, now += 5s);
  EXPECT_FALSE(outgoing.is_behind());
  outgoing.sent(2, "availability", 10, 1, now);
  send(31);
  EXPECT_TRUE(outgoing.is_behind()) << "half as many, for it was slow";
  (void)outgoing.confirmed(2, now += 10ms);
  outgoing.sent(3, "availability", 10, 1, now);
  send(62);
  EXPECT_FALSE(outgoing.is_behind()) << "twice as many, for it was quick";
}

// With `security_level = 0` OpenSSL would let TLS 1.0 pass, and Paho asks for no version.
TEST(OpenSslSettings, NoContextOfThisProcessTakesTlsBefore12) {
  prepare_openssl();
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  ASSERT_EQ(SSL_CTX_set_cipher_list(context.get(), cipher_string(0).c_str()), 1);
  EXPECT_EQ(SSL_CTX_get_min_proto_version(context.get()), TLS1_2_VERSION);
  EXPECT_EQ(SSL_CTX_get_max_proto_version(context.get()), 0) << "the highest there is: 1.3";
}

}  // namespace
}  // namespace bluetti::gateway
