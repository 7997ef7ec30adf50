// SPDX-License-Identifier: MIT
// How far each `verify` goes: real TLS sessions with real brokers, the right one and wrong ones, by the library of the
// cloud and by that of the local broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>

#include "gateway/mqtt/connection_advice.h"
#include "gateway/mqtt/identity.h"
#include "gateway/mqtt/mosquitto_client.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/transport/server_pin.h"
#include "protocol/certificate.h"
#include "tests/integration/harness.h"
#include "tests/support/localhost.h"

namespace bluetti::gateway {
namespace {

using test::Broker;
using test::certificates;
using testing::HasSubstr;
using testing::StartsWith;

std::string certificate_of(const std::string& name) {
  return test::run_to_end({"cat", certificates() / (name + ".pem")}).output;
}

std::string fingerprint_of(const std::string& name) {
  return protocol::read_certificate(certificate_of(name))->fingerprint;
}

TlsMaterial material(Verify verify, const std::string& client = "client") {
  return {.authorities = certificates() / "ca.pem",
          .certificate = certificates() / (client + ".pem"),
          .private_key = certificates() / (client + ".key"),
          .verify = verify,
          .security_level = {},
          .pinned = {}};
}

TlsMaterial pinned(const std::string& name, std::optional<int> security_level = {}) {
  TlsMaterial tls = material(Verify::pinned);
  tls.pinned = certificate_of(name);
  tls.security_level = security_level;
  return tls;
}

BrokerUrl url_of(const Broker& broker, const std::string& host = "127.0.0.1") {
  return {.host = host, .port = broker.port(), .tls = true};
}

enum class Library : std::uint8_t { paho, mosquitto };
void PrintTo(Library library, std::ostream* out) {
  *out << (library == Library::paho ? "Paho" : "Mosquitto");
}

// Empty: a session comes about; else why not.
std::string outcome_of(const BrokerUrl& url, const TlsMaterial& tls, Library library = Library::paho) {
  auto outcome = std::make_shared<std::promise<std::string>>();  // may be reported to after the client has gone
  const EventSink sink = [outcome](const Event& event) {
    if (const auto* failed = std::get_if<ConnectFailed>(&event)) outcome->set_value(failed->reason);
    if (std::holds_alternative<Connected>(event)) outcome->set_value("");
  };
  const ConnectionOptions options{
      .url = url, .client_id = "test", .username = {}, .password = {}, .tls = tls, .will = {}};
  const auto client = library == Library::paho ? make_paho_client(Link{0}, options, sink)
                                               : make_mosquitto_client(kLocal, options, sink);
  auto result = outcome->get_future();
  client->connect();
  if (result.wait_for(test::kPatience) != std::future_status::ready) return "nothing happens";
  return result.get();
}

std::string outcome_of(const Broker& broker, const TlsMaterial& tls, Library library = Library::paho) {
  return outcome_of(url_of(broker), tls, library);
}

void expect_refusal(const Broker& broker, const TlsMaterial& tls, const std::string& reason, const std::string& advice,
                    Library library = Library::paho) {
  const std::string outcome = outcome_of(broker, tls, library);
  EXPECT_THAT(outcome, HasSubstr(reason));
  EXPECT_THAT(std::string(connection_advice(outcome)), HasSubstr(advice));
}

// The same table for both sides.
class ServerCheck : public testing::TestWithParam<Library> {
 protected:
  static std::string outcome_of(const BrokerUrl& url, const TlsMaterial& tls) {
    return gateway::outcome_of(url, tls, GetParam());
  }
  static std::string outcome_of(const Broker& broker, const TlsMaterial& tls) {
    return gateway::outcome_of(broker, tls, GetParam());
  }
  static void expect_refusal(const Broker& broker, const TlsMaterial& tls, const std::string& reason,
                             const std::string& advice) {
    gateway::expect_refusal(broker, tls, reason, advice, GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(Sides, ServerCheck, testing::Values(Library::paho, Library::mosquitto),
                         [](const auto& side) { return side.param == Library::paho ? "Cloud" : "Local"; });

constexpr const char* kAccepted = "";

TEST_P(ServerCheck, AnyWayAcceptsTheRightBroker) {
  const Broker broker(Broker::Kind::mutual_tls);
  EXPECT_EQ(outcome_of(broker, material(Verify::full)), kAccepted);
  if (test::knows_localhost()) {
    EXPECT_EQ(outcome_of(url_of(broker, "localhost"), material(Verify::full)), kAccepted);
  }
  EXPECT_EQ(outcome_of(broker, material(Verify::chain)), kAccepted);
  EXPECT_EQ(outcome_of(broker, pinned("server")), kAccepted);
  EXPECT_EQ(outcome_of(broker, material(Verify::none)), kAccepted);
}

TEST_P(ServerCheck, FullAndChainRefuseABrokerOfAnotherAuthority) {
  const Broker broker(Broker::Kind::mutual_tls, "impostor");
  for (const Verify verify : {Verify::full, Verify::chain}) {
    expect_refusal(broker, material(verify), "certificate verify failed: unable to get local issuer certificate",
                   "give its CA as `ca`");
  }
  EXPECT_EQ(outcome_of(broker, material(Verify::none)), kAccepted);
}

TEST_P(ServerCheck, FullAndChainRefuseABrokerThatVouchesForItself) {
  const Broker broker(Broker::Kind::mutual_tls, "lone");
  for (const Verify verify : {Verify::full, Verify::chain}) {
    expect_refusal(broker, material(verify), "certificate verify failed: self-signed certificate", "is not trusted");
  }
  TlsMaterial trusting = material(Verify::full);
  trusting.authorities = certificates() / "lone.pem";
  EXPECT_EQ(outcome_of(broker, trusting), kAccepted);
}

TEST_P(ServerCheck, FullAloneLooksAtTheName) {
  const Broker broker(Broker::Kind::mutual_tls, "elsewhere");
  expect_refusal(broker, material(Verify::full), "IP address mismatch (CN=elsewhere.example", "`verify = \"chain\"`");
  if (test::knows_localhost()) {
    EXPECT_THAT(outcome_of(url_of(broker, "localhost"), material(Verify::full)),
                HasSubstr("hostname mismatch (CN=elsewhere.example"));
  }
  EXPECT_EQ(outcome_of(broker, material(Verify::chain)), kAccepted);
  EXPECT_EQ(outcome_of(broker, pinned("elsewhere")), kAccepted);
}

TEST_P(ServerCheck, AnExpiredBrokerIsRefusedPinnedOrNot) {
  const Broker broker(Broker::Kind::mutual_tls, "outdated");
  for (const TlsMaterial& tls : {material(Verify::full), material(Verify::chain), pinned("outdated")}) {
    expect_refusal(broker, tls, "certificate verify failed: certificate has expired", "has to get a new one");
  }
}

// A certificate for clients, one issued by a server's certificate, one that names a host in its subject alone.
TEST_P(ServerCheck, ACertificateThatIsNotAServersIsRefused) {
  for (const auto& [name, reason] : {std::pair("client-only", "unsuitable certificate purpose"),
                                     std::pair("issued-by-server", "invalid CA certificate")}) {
    const Broker broker(Broker::Kind::mutual_tls, name);
    for (const Verify verify : {Verify::full, Verify::chain}) {
      EXPECT_THAT(outcome_of(broker, material(verify)), HasSubstr(reason)) << name;
    }
  }
}

TEST_P(ServerCheck, AWildcardOrALongerNameIsAnother) {
  if (!test::knows_localhost()) GTEST_SKIP() << test::kNoLocalhost;
  const Broker broker(Broker::Kind::mutual_tls, "similar");
  EXPECT_THAT(outcome_of(url_of(broker, "localhost"), material(Verify::full)), HasSubstr("hostname mismatch"));
  if (GetParam() == Library::paho) return;  // which compares an address with the names, too: see docs/security.md
  EXPECT_THAT(outcome_of(url_of(broker, "127.0.0.1"), material(Verify::full)), HasSubstr("IP address mismatch"));
}

TEST_P(ServerCheck, PinnedNeedsNoAuthority) {
  for (const char* name : {"impostor", "lone"}) {
    const Broker broker(Broker::Kind::mutual_tls, name);
    EXPECT_EQ(outcome_of(broker, pinned(name)), kAccepted) << name;
  }
}

TEST_P(ServerCheck, PinnedRefusesAnotherCertificateOfTheSameNameAndOfTheSameAuthority) {
  Broker broker(Broker::Kind::mutual_tls, "impostor");
  const std::string both = "pinned is SHA-256 " + protocol::printed(fingerprint_of("server")) + ", shown is ";
  expect_refusal(broker, pinned("server"), both + protocol::printed(fingerprint_of("impostor")), "set `fingerprint`");
  broker.restart_as("elsewhere");
  expect_refusal(broker, pinned("server"), both + protocol::printed(fingerprint_of("elsewhere")), "set `fingerprint`");
}

// Which only the cloud side has.
TEST(Pinned, TrustsNobodyBeforeSomethingIsPinned) {
  const Broker broker(Broker::Kind::mutual_tls);
  EXPECT_EQ(outcome_of(broker, material(Verify::pinned)), "no certificate of the server is pinned");
}

TEST(SecurityLevel, OfABrokersShortKeyIsLoweredByTheExplicitKeyAlone) {
  const Broker broker(Broker::Kind::mutual_tls, "weak");
  TlsMaterial tls = material(Verify::full);
  for (const std::optional<int> normal : {std::optional<int>(), std::optional<int>(2)}) {
    tls.security_level = normal;
    expect_refusal(broker, tls, "EE certificate key too weak", "`security_level = 1`");
    expect_refusal(broker, pinned("weak", normal), "EE certificate key too weak", "`security_level = 1`");
  }
  for (const int lower : {1, 0}) {
    tls.security_level = lower;
    EXPECT_EQ(outcome_of(broker, tls), kAccepted) << lower;
    EXPECT_EQ(outcome_of(broker, pinned("weak", lower)), kAccepted) << lower;
  }
}

TEST(SecurityLevel, OfAClientsShortKeyIsLoweredByTheExplicitKeyAlone) {
  const Broker broker(Broker::Kind::mutual_tls);
  TlsMaterial tls = material(Verify::full, "weak-client");
  expect_refusal(broker, tls, "the client certificate cannot be used: ee key too small", "`security_level = 1`");
  for (const int lower : {1, 0}) {
    tls.security_level = lower;
    EXPECT_EQ(outcome_of(broker, tls), kAccepted) << lower;
  }
}

TEST(SecurityLevel, OfOneConnectionIsNotThatOfTheNext) {
  const Broker broker(Broker::Kind::mutual_tls, "weak");
  EXPECT_EQ(outcome_of(broker, pinned("weak", 0)), kAccepted);
  EXPECT_THAT(outcome_of(broker, pinned("weak")), HasSubstr("too weak"));
}

class PinFor : public testing::Test {
 protected:
  PinResult pin(const std::string& remembered = {}, const std::string& fingerprint = {}) {
    const TlsConfig tls{.authorities = {}, .verify = Verify::pinned, .security_level = {}, .fingerprint = fingerprint};
    return pin_for(url_of(broker), tls, remembered);
  }

  Broker broker{Broker::Kind::mutual_tls};  // that wants to see a client certificate, which the look does not show
};

TEST_F(PinFor, SeesWhatTheBrokerShowsAndTheSessionAcceptsIt) {
  for (const char* name : {"server", "lone", "weak"}) {
    broker.restart_as(name);
    const auto result = pin();
    ASSERT_TRUE(std::holds_alternative<PinnedServer>(result)) << std::get<std::string>(result);
    TlsMaterial tls = pinned("server", 1);
    tls.pinned = std::get<PinnedServer>(result).certificate;
    EXPECT_EQ(outcome_of(broker, tls), kAccepted) << name;
  }
}

TEST_F(PinFor, SeesABrokerOfTls12Too) {
  broker.stop();
  broker.start("tls_version tlsv1.2\n");
  EXPECT_TRUE(std::holds_alternative<PinnedServer>(pin({}, fingerprint_of("server"))));
}

TEST_F(PinFor, AManInTheMiddleAfterFirstUseEndsTheSessionAndNotThePin) {
  const PinnedServer first = std::get<PinnedServer>(pin());
  broker.restart_as("impostor");
  const PinnedServer second = std::get<PinnedServer>(pin(first.certificate));
  EXPECT_EQ(second.certificate, first.certificate);
  EXPECT_FALSE(second.newly_learned);
}

TEST_F(PinFor, AManInTheMiddleAtFirstUseIsFoundByTheFingerprint) {
  broker.restart_as("impostor");
  EXPECT_THAT(std::get<std::string>(pin({}, fingerprint_of("server"))),
              HasSubstr("127.0.0.1 shows another certificate than the configured one"));
}

TEST_F(PinFor, ABrokerThatIsNotThereIsAProblem) {
  broker.stop();
  EXPECT_THAT(std::get<std::string>(pin()), HasSubstr("cannot connect: Connection refused"));
}

TEST_F(PinFor, ABrokerWithoutTlsIsAProblem) {
  const Broker plain(Broker::Kind::plain);
  EXPECT_THAT(
      std::get<std::string>(pin_for(url_of(plain), {.authorities = {}, .security_level = {}, .fingerprint = {}}, "")),
      HasSubstr("TLS: the connection was closed during the handshake"));
}

// What the MQTT library keeps to itself.
TEST(Refusal, SaysWhatTheBrokerHasAgainstTheClient) {
  const Broker broker(Broker::Kind::mutual_tls);
  expect_refusal(broker, material(Verify::full, "impostor"), "alert unknown ca", "who issued the client certificate");
  expect_refusal(broker, material(Verify::full, "elsewhere"), "alert unsupported certificate", "not one for clients");
  const auto identity = load_identity({certificates() / "expired.pfx", {}}, Secret(std::string(test::kPassword)), true);
  const TlsMaterial expired =
      tls_material({.authorities = certificates() / "ca.pem", .security_level = {}, .fingerprint = {}},
                   &std::get<protocol::TlsIdentity>(identity));
  expect_refusal(broker, expired, "alert certificate expired", "client certificate has expired");
  TlsMaterial nameless = material(Verify::full);
  nameless.certificate = nameless.private_key = "";
  expect_refusal(broker, nameless, "alert certificate required", "set `certificate`");
}

TEST(Refusal, SaysWhatIsWrongWithTheFilesOnThisSide) {
  const Broker broker(Broker::Kind::mutual_tls);
  TlsMaterial tls = material(Verify::full);
  tls.private_key = certificates() / "server.key";
  EXPECT_EQ(outcome_of(broker, tls), "the client's key cannot be used: key values mismatch");
  tls = material(Verify::full);
  tls.authorities = "/nowhere/ca.pem";
  EXPECT_THAT(outcome_of(broker, tls), StartsWith("the CA file cannot be used: No such file or directory"));
}

TEST(Refusal, SaysWhenNobodyIsThere) {
  Broker broker(Broker::Kind::mutual_tls);
  broker.stop();
  EXPECT_EQ(outcome_of(broker, material(Verify::full)), "cannot connect: Connection refused");
}

}  // namespace
}  // namespace bluetti::gateway
