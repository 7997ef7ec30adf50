// SPDX-License-Identifier: MIT
// Both client classes against real and scripted brokers: what is refused, what is lost, and what comes of it. Also for
// ThreadSanitizer: each test has a library's threads in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>

#include "gateway/base/allocation_limit.h"
#include "gateway/base/event_queue.h"
#include "gateway/mqtt/mosquitto_client.h"
#include "gateway/mqtt/paho_client.h"
#include "tests/integration/harness.h"
#include "tests/mqtt/scripted_broker.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;
using test::Broker;
using test::Script;
using test::ScriptedBroker;
using testing::HasSubstr;

constexpr Link kCloud{0};

enum class Library : std::uint8_t { paho, mosquitto };
void PrintTo(Library library, std::ostream* out) {
  *out << (library == Library::paho ? "Paho" : "Mosquitto");
}

ConnectionOptions plain(std::uint16_t port, MqttProtocol protocol = MqttProtocol::v3_1_1) {
  return {.url = {.host = "127.0.0.1", .port = port, .tls = false},
          .client_id = "connection-test",
          .username = {},
          .password = {},
          .tls = {},
          .protocol = protocol,
          .will = {}};
}

// A client with its events. What it sends may come after it is gone.
class Client {
 public:
  Client(Library library, const ConnectionOptions& options) {
    const EventSink sink = [queue = queue_](Event event) { queue->push(std::move(event)); };
    client_ = library == Library::paho ? make_paho_client(kCloud, options, sink)
                                       : make_mosquitto_client(kLocal, options, sink);
  }

  [[nodiscard]] MqttClient& operator*() { return *client_; }
  MqttClient* operator->() { return client_.get(); }

  // The first event of this kind; what came before it is passed over.
  template <typename Kind>
  std::optional<Kind> await(Duration patience = test::kPatience) {
    const TimePoint deadline = std::chrono::steady_clock::now() + patience;
    do {
      while (!events_.empty()) {
        Event event = std::move(events_.front());
        events_.erase(events_.begin());
        if (auto* wanted = std::get_if<Kind>(&event)) return std::move(*wanted);
        ++passed_over_[event.index()];
      }
      queue_->pop_until(deadline, events_);
    } while (!events_.empty());
    return std::nullopt;
  }
  template <typename Kind>
  [[nodiscard]] int passed_over() const {
    return passed_over_[Event(Kind{}).index()];
  }

  bool connect() {
    client_->connect();
    return await<Connected>().has_value();
  }

 private:
  std::shared_ptr<EventQueue> queue_ = std::make_shared<EventQueue>();
  std::unique_ptr<MqttClient> client_;
  std::vector<Event> events_;
  std::array<int, std::variant_size_v<Event>> passed_over_{};
};

class BothLibraries : public testing::TestWithParam<Library> {};
INSTANTIATE_TEST_SUITE_P(Clients, BothLibraries, testing::Values(Library::paho, Library::mosquitto),
                         [](const auto& parameter) { return parameter.param == Library::paho ? "Paho" : "Mosquitto"; });

TEST_P(BothLibraries, ARefusedTopicIsNamedAndTheConnectionStays) {
  const ScriptedBroker broker(Script{.granted = 0x80, .confirms_with = {}, .leaves_with = {}});
  Client client(GetParam(), plain(broker.port()));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("PUB/AP300/2345000000001", 0));
  const auto refused = client.await<SubscriptionRefused>();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->topic, "PUB/AP300/2345000000001");
  EXPECT_THAT(refused->reason, HasSubstr("not allowed"));
  EXPECT_TRUE(client->publish("a", "b", {}));
  EXPECT_TRUE(client->subscribe("another", 0));
  EXPECT_TRUE(client.await<SubscriptionRefused>()) << "the connection is still there";
  EXPECT_EQ(client.passed_over<ConnectionLost>() + client.passed_over<ConnectFailed>(), 0);
}

TEST_P(BothLibraries, ASubscriptionThatEndedWithItsConnectionIsNoRefusal) {
  const ScriptedBroker broker(Script{.ends_at_subscribe = true, .confirms_with = {}, .leaves_with = {}});
  Client client(GetParam(), plain(broker.port()));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("a", 0));
  EXPECT_TRUE(client.await<ConnectionLost>());
  EXPECT_FALSE(client.await<ConnectFailed>(200ms));
  EXPECT_EQ(client.passed_over<SubscriptionRefused>() + client.passed_over<ConnectFailed>(), 0);
}

TEST_P(BothLibraries, APortThatWantsTlsIsRecognised) {
  const Broker broker(Broker::Kind::mutual_tls);
  Client client(GetParam(), plain(broker.port()));
  client->connect();
  const auto failed = client.await<ConnectFailed>();
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->reason, HasSubstr("the port seems to want TLS, use mqtts://"));
}

TEST_P(BothLibraries, AMessageLargerThanAnythingOfUseIsNotTakenInAndCounted) {
  const Broker broker(Broker::Kind::plain);
  const std::size_t limit = GetParam() == Library::paho ? 64 * 1024 : 256 * 1024;
  Client client(GetParam(), plain(broker.port()));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("large", 0));
  broker.publish("large", std::string(limit + 1, 'x'), true);
  const auto kept_out = client.await<MessageTooLarge>();
  ASSERT_TRUE(kept_out);
  EXPECT_EQ(kept_out->topic, "large");
  EXPECT_EQ(kept_out->size, limit + 1);
  EXPECT_EQ(kept_out->count, 1U);
  broker.publish("large", std::string(limit, 'x'), true);
  const auto taken = client.await<MessageArrived>();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->payload.size(), limit);
  EXPECT_EQ(client.passed_over<MessageArrived>(), 0);
}

TEST_P(BothLibraries, WhatIsNoLongerSubscribedToDoesNotCome) {
  const Broker broker(Broker::Kind::plain);
  Client client(GetParam(), plain(broker.port()));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("first", 1));
  ASSERT_TRUE(client->subscribe("second", 1));
  ASSERT_TRUE(client->publish("first", "", {.qos = 1}));
  ASSERT_EQ(client.await<MessageArrived>().value_or(MessageArrived{}).topic, "first");
  ASSERT_TRUE(client->unsubscribe("first"));
  ASSERT_TRUE(client->publish("first", "", {.qos = 1}));
  ASSERT_TRUE(client->publish("second", "", {.qos = 1}));
  EXPECT_EQ(client.await<MessageArrived>().value_or(MessageArrived{}).topic, "second");
}

TEST_P(BothLibraries, ManyThreadsOfManyConnectionsGetAlong) {
  const Broker broker(Broker::Kind::plain);
  for (int round = 0; round < 5; ++round) {
    Client client(GetParam(), plain(broker.port()));
    ASSERT_TRUE(client.connect());
    ASSERT_TRUE(client->subscribe("echo", 1));
    for (int count = 0; count < 100; ++count) ASSERT_TRUE(client->publish("echo", "x", {.qos = count % 2}));
    client->flush();
    for (int count = 0; count < 100; ++count) ASSERT_TRUE(client.await<MessageArrived>());
    client->disconnect();
    if (round % 2 == 0) client->connect();  // and away with it meanwhile
  }
}

TEST(MosquittoClient, OverMqtt5ARefusedTopicHasItsReason) {
  const ScriptedBroker broker(Script{.granted = 0x87, .confirms_with = {}, .leaves_with = {}, .is_v5 = true});
  Client client(Library::mosquitto, plain(broker.port(), MqttProtocol::v5));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("homeassistant/status", 0));
  const auto refused = client.await<SubscriptionRefused>();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->topic, "homeassistant/status");
  EXPECT_EQ(refused->reason, "not authorised");
}

TEST(MosquittoClient, OverMqtt5AMessageThatTheBrokerDoesNotTakeIsNamed) {
  const ScriptedBroker broker(Script{.confirms_with = 0x87, .leaves_with = {}, .is_v5 = true});
  Client client(Library::mosquitto, plain(broker.port(), MqttProtocol::v5));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->publish("homeassistant/device/x/config", "{}", {.qos = 1, .retained = true}));
  client->flush();
  const auto failed = client.await<NotDelivered>();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->topic, "homeassistant/device/x/config");
  EXPECT_EQ(failed->reason, "not authorised");
  EXPECT_EQ(client.passed_over<ConnectionLost>(), 0);
}

TEST(MosquittoClient, OverMqtt5AMessageLargerThanTheBrokerSaysIsNotSentAndHoldsUpNoOther) {
  Broker broker(Broker::Kind::plain);
  broker.stop();
  broker.start("max_packet_size 5000\n");
  Client client(Library::mosquitto, plain(broker.port(), MqttProtocol::v5));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("small", 1));
  EXPECT_TRUE(client->publish("large", std::string(6000, 'x'), {.qos = 1}));
  const auto failed = client.await<NotDelivered>();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->topic, "large");
  EXPECT_EQ(failed->size, 6005U);
  EXPECT_THAT(failed->reason, HasSubstr("max_packet_size"));
  EXPECT_TRUE(client->publish("small", "x", {.qos = 1}));
  client->flush();
  EXPECT_TRUE(client.await<MessageArrived>());
  EXPECT_EQ(client.passed_over<ConnectionLost>(), 0);
}

// mosquitto with max_packet_size and MQTT 3.1.1 does so.
TEST(MosquittoClient, OverMqtt311AMessageThatEndsTwoConnectionsIsWithheldFromTheThirdOn) {
  const ScriptedBroker broker(Script{.largest_packet = 5000, .confirms_with = {}, .leaves_with = {}});
  Client client(Library::mosquitto, plain(broker.port()));
  for (int count = 0; count < 2; ++count) {
    ASSERT_TRUE(client.connect());
    ASSERT_TRUE(client->publish("small", "x", {.qos = 1}));
    ASSERT_TRUE(client->publish("large", std::string(6000, 'x'), {.qos = 1}));
    client->flush();
    EXPECT_EQ(client.await<NotDelivered>(count == 0 ? 500ms : Duration(test::kPatience)).has_value(), count == 1)
        << "once may be chance";
    if (count == 1) {
      ASSERT_TRUE(client.await<ConnectionLost>());
    }
  }
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client->publish("large", std::string(6000, 'x'), {.qos = 1}));
  EXPECT_TRUE(client.await<NotDelivered>());
  EXPECT_TRUE(client->publish("small", "x", {.qos = 1}));
  client->flush();
  ASSERT_TRUE(client->subscribe("a", 1));
  EXPECT_FALSE(client.await<ConnectionLost>(200ms));
  EXPECT_EQ(broker.connects(), 3);
}

TEST(MosquittoClient, ABrokerOfMqtt5SaysThatAnotherClientHasTheSameId) {
  const ScriptedBroker broker(Script{.confirms_with = {}, .leaves_with = 0x8E, .is_v5 = true});
  Client client(Library::mosquitto, plain(broker.port(), MqttProtocol::v5));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("a", 0));
  const auto lost = client.await<ConnectionLost>();
  ASSERT_TRUE(lost);
  EXPECT_TRUE(lost->taken_over);
  EXPECT_EQ(lost->reason, "another client connected with the same client id");
}

// A listener whose queue is full lets a connection hang; once it has room again the system's next try succeeds.
TEST(MosquittoClient, AConnectionThatComesAboutTooLateSaysNothing) {
  std::uint16_t port = 0;
  const int listener = test::listen_on_loopback(port, 0);
  const int filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  ASSERT_EQ(connect(filler, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);

  ConnectionOptions options = plain(port);
  options.connect_timeout = 1s;
  std::optional<Client> client(std::in_place, Library::mosquitto, options);
  (**client).connect();
  const auto failed = client->await<ConnectFailed>();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->reason, "no answer");

  close(accept(listener, nullptr, nullptr));
  pollfd late{listener, POLLIN, 0};
  ASSERT_EQ(poll(&late, 1, 20'000), 1) << "the connection comes about after all";
  client.reset();  // closes what came about
  const int connection = accept(listener, nullptr, nullptr);
  std::array<char, 64> bytes{};
  EXPECT_EQ(recv(connection, bytes.data(), bytes.size(), 0), 0) << "no CONNECT: the next one has the same client id";
  for (const int descriptor : {connection, filler, listener}) close(descriptor);
}

TEST(MosquittoClient, ATryThatHangsIsLeftAtOnce) {
  std::uint16_t port = 0;
  const int listener = test::listen_on_loopback(port, 16);  // and says nothing
  const auto start = std::chrono::steady_clock::now();
  {
    Client client(Library::mosquitto, plain(port));
    client->connect();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  close(listener);
}

// A packet's head announces up to 256 MB, for which both libraries would take memory.
void expect_end_by_size(Client& client, const Broker& broker) {
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("large", 0));
  broker.publish("large", std::string(kLargestAllocation + 1, 'x'));
  const auto lost = client.await<ConnectionLost>();
  ASSERT_TRUE(lost);
  EXPECT_THAT(lost->reason, HasSubstr("a message of more than 4 MB came"));
  client->disconnect();
}

TEST_P(BothLibraries, AMessageThatTheyMayHaveNoMemoryForEndsTheConnectionAlone) {
  if (!can_limit_allocations()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  limit_allocations();
  const Broker broker(Broker::Kind::plain);
  Client client(GetParam(), plain(broker.port()));
  expect_end_by_size(client, broker);
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("large", 0));
  broker.publish("large", "small");
  EXPECT_TRUE(client.await<MessageArrived>());
}

TEST_P(BothLibraries, SoItIsOverTls) {
  if (!can_limit_allocations()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  limit_allocations();
  const Broker broker(Broker::Kind::mutual_tls);
  ConnectionOptions options = plain(broker.port());
  options.url = {.host = "127.0.0.1", .port = broker.port(), .tls = true};
  options.tls = TlsMaterial{.authorities = test::certificates() / "ca.pem",
                            .certificate = test::certificates() / "client.pem",
                            .private_key = test::certificates() / "client.key",
                            .verify = Verify::full,
                            .security_level = {},
                            .pinned = {}};
  Client client(GetParam(), options);
  expect_end_by_size(client, broker);
  EXPECT_TRUE(client.connect());
}

TEST(MosquittoClient, ARetainedMessageThatEndsAConnectionIsKeptBackByTheBrokerFromTheNextOn) {
  if (!can_limit_allocations()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  limit_allocations();
  const Broker broker(Broker::Kind::plain);
  broker.publish("large", std::string(kLargestAllocation + 1, 'x'), true);
  Client client(Library::mosquitto, plain(broker.port()));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("large", 0));
  ASSERT_TRUE(client.await<ConnectionLost>());
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("large", 0));
  broker.publish("large", "small");
  EXPECT_TRUE(client.await<MessageArrived>());
  EXPECT_EQ(client.passed_over<ConnectionLost>(), 0);
}

TEST(MosquittoClient, ABrokerOf311AloneIsNotAskedForALimitAgain) {
  if (!can_limit_allocations()) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  limit_allocations();
  const ScriptedBroker broker(
      Script{.confirms_with = {}, .leaves_with = {}, .announces = kLargestAllocation + 1, .knows_only_311 = true});
  Client client(Library::mosquitto, plain(broker.port()));
  ASSERT_TRUE(client.connect());
  ASSERT_TRUE(client->subscribe("large", 0));
  ASSERT_TRUE(client.await<ConnectionLost>());
  client->connect();
  const auto failed = client.await<ConnectFailed>();
  ASSERT_TRUE(failed);
  EXPECT_TRUE(failed->refused);
  EXPECT_TRUE(client.connect()) << "as before";
}

TEST(MosquittoClient, OverMqtt5ASubscriptionCanAskHowAMessageWasPublished) {
  const Broker broker(Broker::Kind::plain);
  for (const auto protocol : {MqttProtocol::v5, MqttProtocol::v3_1_1}) {
    Client client(Library::mosquitto, plain(broker.port(), protocol));
    ASSERT_TRUE(client.connect());
    ASSERT_TRUE(client->subscribe("asked", 1, RetainFlag::as_published));
    ASSERT_TRUE(client->subscribe("other", 1));
    for (const char* topic : {"other", "asked"}) broker.publish(topic, "x", true);
    for (const char* topic : {"other", "asked"}) {
      const auto message = client.await<MessageArrived>();
      ASSERT_TRUE(message);
      EXPECT_EQ(message->topic, topic);
      EXPECT_EQ(message->retained, protocol == MqttProtocol::v5 && message->topic == "asked");
    }
    for (const char* topic : {"other", "asked"}) broker.publish(topic, "", true);
  }
}

}  // namespace
}  // namespace bluetti::gateway
