// SPDX-License-Identifier: MIT
// What a record may tell of a household, and what it must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/capture/anonymizer.h"
#include "tests/capture/capture_support.h"
#include "tests/protocol/hex.h"

namespace bluetti::test {
namespace {

using gateway::capture::Anonymizer;
using gateway::capture::Sender;
using protocol::test::hex;
using ::testing::Each;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr protocol::CloudAddress kAddress{.model = "AP300", .serial = kSerial};

gateway::capture::Pseudonyms::Key key(unsigned seed) {
  gateway::capture::Pseudonyms::Key bytes{};
  bytes.fill(static_cast<std::byte>(seed));
  return bytes;
}

struct Told {
  std::string serial;
  Bytes payload;
  bool masked = false;
};

class AnonymizerTest : public testing::Test {
 protected:
  Told hear(const Bytes& payload, protocol::CloudAddress address = kAddress) {
    return told(anonymizer_.anonymize(Sender::station, address, payload));
  }
  Told ask(std::uint16_t first_register, std::uint16_t count) {
    return told(anonymizer_.anonymize(Sender::gateway, kAddress, read_request(first_register, count)));
  }
  static Told told(const gateway::capture::Anonymous& message) {
    return {std::string(message.serial), {message.payload.begin(), message.payload.end()}, message.masked};
  }

  Anonymizer anonymizer_{std::shared_ptr<const schemas::Catalog>(&built_in_catalog(), [](auto*) {}), key(1)};
};

TEST_F(AnonymizerTest, HomeDataKeepsAllValuesButTheSerialNumber) {
  const Bytes data = composed(100, {{"soc", "87"}, {"model", "AP300"}, {"serial", std::string(kSerial)}});
  const Bytes payload = push_of(100, data);
  ASSERT_TRUE(tells(payload, kSerial));
  const Told told = hear(payload);
  EXPECT_FALSE(told.masked);
  EXPECT_FALSE(tells(told.payload, kSerial));
  EXPECT_EQ(told.payload.size(), payload.size());

  Values before = decoded(100, data);
  Values after = decoded(100, registers_in(told.payload));
  EXPECT_EQ(after["soc"], "87") << "the frame is sound, its CRC right again";
  EXPECT_EQ(after["serial"], told.serial) << "the same name as in the topic";
  before.erase("serial");
  after.erase("serial");
  EXPECT_EQ(after, before);
}

TEST_F(AnonymizerTest, ASerialNumberKeepsItsNumberOfDigitsAndItsNameOverAllMessages) {
  const Told first = hear(push_of(100, composed(100, {{"serial", std::string(kSerial)}})));
  const Told second = hear(push_of(1100, composed(1100, {{"inverter_serial", std::string(kSerial)}})));
  EXPECT_THAT(first.serial, MatchesRegex("[1-9][0-9]{12}"));
  EXPECT_NE(first.serial, kSerial);
  EXPECT_EQ(second.serial, first.serial);
  EXPECT_EQ(decoded(1100, registers_in(second.payload))["inverter_serial"], first.serial);
}

TEST_F(AnonymizerTest, TwoStationsKeepTwoNames) {
  const Bytes payload = push_of(100, composed(100, {{"soc", "87"}}));
  EXPECT_NE(hear(payload).serial, hear(payload, {.model = "AP300", .serial = "2345000000002"}).serial);
}

TEST_F(AnonymizerTest, AnotherRecordGivesOtherNames) {
  Anonymizer other(std::shared_ptr<const schemas::Catalog>(&built_in_catalog(), [](auto*) {}), key(2));
  const Bytes payload = push_of(100, composed(100, {{"soc", "87"}}));
  EXPECT_NE(told(other.anonymize(Sender::station, kAddress, payload)).serial, hear(payload).serial);
}

TEST_F(AnonymizerTest, AReadPassesAsItIs) {
  EXPECT_EQ(ask(100, 92).payload, read_request(100, 92));
}

TEST_F(AnonymizerTest, AnAnswerIsUnderstoodByTheReadBeforeIt) {
  const Values values{{"iot_serial", "2345000000077"},
                      {"iot_ip_address", "192.168.1.26"},
                      {"iot_network_mask", "255.255.255.0"},
                      {"iot_safety_code", "12345678"},
                      {"iot_firmware", "8026.14"}};
  Bytes data = composed(11000, values);
  const Bytes mac = hex("a4 cf 12 00 56 78  a4 cf 12 34 56 7a");
  std::ranges::copy(mac, data.begin() + 2 * 27);
  ask(11000, 125);
  const Bytes after = registers_in(hear(read_answer(data)).payload);

  Values told = decoded(11000, after);
  EXPECT_THAT(told["iot_ip_address"], MatchesRegex("198\\.1[89]\\.[0-9]+\\.[0-9]+"));
  EXPECT_EQ(told["iot_network_mask"], "255.255.255.0");
  EXPECT_EQ(told["iot_firmware"], "8026.14");
  EXPECT_THAT(told["iot_safety_code"], MatchesRegex("[a-z]{8}"));
  EXPECT_FALSE(tells(after, "2345000000077"));
  for (std::size_t at = 0; at < mac.size(); ++at) EXPECT_NE(after[2 * 27 + at], mac[at]) << "byte " << at;
}

TEST_F(AnonymizerTest, NetworkAndPasswordAreHiddenEvenIfTheModelDoesNotListTheBlock) {
  const auto& blocks = built_in_catalog().model("AP300")->blocks;
  ASSERT_EQ(std::ranges::find(blocks, 12002), blocks.end());
  const Values values{{"wifi_network", "My Home"}, {"wifi_password", "opensesame!"}};
  const Values told = decoded(12002, registers_in(hear(push_of(12002, composed(12002, values))).payload));
  EXPECT_THAT(told.at("wifi_network"), MatchesRegex("[a-z]{7}"));
  EXPECT_THAT(told.at("wifi_password"), MatchesRegex("[a-z]{11}"));
  EXPECT_NE(told.at("wifi_password"), values.at("wifi_password"));
}

TEST_F(AnonymizerTest, AFieldThatLiesInTheDataOnlyInPartIsZeroed) {
  const Bytes data = composed(100, {{"serial", std::string(kSerial)}, {"soc", "87"}});
  const Bytes from_117 = {data.begin() + 2 * 17, data.end()};
  const Bytes behind = registers_in(hear(push_of(117, from_117)).payload);
  EXPECT_THAT((std::vector(behind.begin(), behind.begin() + 6)), Each(std::byte{0}));
  const Bytes to_117 = {data.begin(), data.begin() + 2 * 17};
  const Bytes before = registers_in(hear(push_of(100, to_117)).payload);
  EXPECT_THAT((std::vector(before.end() - 2, before.end())), Each(std::byte{0}));
  EXPECT_EQ(before[5], data[5]) << "the state of charge";
}

TEST_F(AnonymizerTest, RegistersNobodyDescribesKeepTheirNumbersAndLoseTextAndKnownSerials) {
  anonymizer_.know("2345000000088");
  for (const std::string_view secret : {
           "02 21 fc e4 5a 58",                          // a number
           "32 33 34 35 30 30 30 30 30 30 30 38 38 00",  // text
           "33 32 35 34 30 30 30 30 30 30 38 30 00 38",  // text, bytes of each register exchanged
           "02 34 50 00 00 00 88 00",                    // BCD
           "52 6f 73 65 20 43 6f 74 74 61 67 65",        // "Rose Cottage"
       }) {
    Bytes data = hex("0c e4 00 01 00 57 ff 88");
    const Bytes hidden = hex(secret);
    data.insert(data.end(), hidden.begin(), hidden.end());
    const Bytes after = registers_in(hear(push_of(50000, data)).payload);
    ASSERT_EQ(after.size(), data.size());
    EXPECT_TRUE(std::equal(after.begin(), after.begin() + 8, data.begin()));
    EXPECT_FALSE(tells(after, "2345000000088"));
    EXPECT_EQ(text_of(after).find("Rose"), std::string_view::npos);
  }
}

TEST_F(AnonymizerTest, AddressesAndShortNamesInRegistersNobodyDescribesAreZeroed) {
  struct Planted {
    const char* what;
    const char* bytes;
  };
  for (const auto& [what, bytes] : std::vector<Planted>{{"IP", "c0 a8 b2 17"},
                                                        {"IP, bytes exchanged", "a8 c0 17 b2"},
                                                        {"MAC", "a4 cf 12 00 56 78"},
                                                        {"MAC, bytes exchanged", "cf a4 00 12 78 56"},
                                                        {"name", "42 6f 62 00"}}) {
    Bytes data = hex("0c e4 00 01");
    const Bytes planted = hex(bytes);
    data.insert(data.end(), planted.begin(), planted.end());
    const Bytes after = registers_in(hear(push_of(50000, data)).payload);
    ASSERT_EQ(after.size(), data.size());
    EXPECT_TRUE(std::equal(after.begin(), after.begin() + 4, data.begin())) << what << ": measurements stay";
    for (std::size_t at = 0; at < planted.size(); at += 2) {
      const bool small = planted[at] == std::byte{0};  // 0x0012 alone says nothing
      EXPECT_TRUE(small || (after[4 + at] == std::byte{0} && after[5 + at] == std::byte{0})) << what << " byte " << at;
    }
  }
}

TEST_F(AnonymizerTest, AKnownSerialIsFoundAsANumberInAnyOrder) {
  constexpr std::uint64_t kNumber = 2345000000088;
  anonymizer_.know("2345000000088");
  Bytes big;
  for (int byte = 7; byte >= 0; --byte) big.push_back(static_cast<std::byte>(kNumber >> (8 * byte) & 0xFF));
  const Bytes little(big.rbegin(), big.rend());
  Bytes low_register_first = little;
  for (std::size_t at = 0; at < 8; at += 2) std::swap(low_register_first[at], low_register_first[at + 1]);
  for (const Bytes& form : {big, little, low_register_first}) {
    ASSERT_TRUE(tells(form, "2345000000088"));
    EXPECT_FALSE(tells(registers_in(hear(push_of(50000, form)).payload), "2345000000088"));
  }
}

TEST_F(AnonymizerTest, AKnownSerialIsFoundInATextThatStays) {
  anonymizer_.know("2345000088");
  const Bytes data = composed(100, {{"model", "A 2345000088"}});
  const Values told = decoded(100, registers_in(hear(push_of(100, data)).payload));
  EXPECT_THAT(told.at("model"), MatchesRegex("A [1-9][0-9]{9}"));
  EXPECT_NE(told.at("model"), "A 2345000088");
}

TEST_F(AnonymizerTest, RegistersThatTwoBlocksDescribeAreReplacedOnce) {
  const Bytes data = composed(21000, {{"node_count", "1"}, {"node/1/serial", std::string(kSerial)}});
  const Told told = hear(push_of(21000, data));
  EXPECT_EQ(decoded(21000, registers_in(told.payload)).at("node/1/serial"), told.serial);
}

TEST_F(AnonymizerTest, AnAnswerNobodyAskedForKeepsItsShapeOnly) {
  const Told told = hear(read_answer(composed(12002, {{"wifi_network", "My Home"}})));
  EXPECT_TRUE(told.masked);
  const Bytes registers = registers_in(told.payload);
  EXPECT_EQ(registers.size(), 250U) << "length and CRC are right";
  EXPECT_THAT(registers, Each(std::byte{0}));
}

TEST_F(AnonymizerTest, AnAnswerThatMayBeToAnEarlierReadKeepsItsShapeOnly) {
  ask(11000, 32);
  ask(1300, 41);
  EXPECT_TRUE(hear(read_answer(Bytes(64))).masked);
  ask(1300, 41);
  EXPECT_FALSE(hear(read_answer(Bytes(64))).masked) << "the next one is certain again";
}

TEST_F(AnonymizerTest, ALateAnswerThatIsTooLongForAnotherReadIsCertain) {
  ask(1300, 10);
  ask(11000, 32);
  EXPECT_FALSE(hear(read_answer(Bytes(64))).masked);
}

TEST_F(AnonymizerTest, AnExceptionPassesAndEndsTheWaiting) {
  ask(12002, 49);
  const Bytes exception = [] {
    Bytes payload = hex("01 f8 0f 00 00 00 00 ba 00 00");
    const Bytes frame = protocol::test::with_crc("00 83 02");
    payload.insert(payload.end(), frame.begin(), frame.end());
    return payload;
  }();
  const Told told = hear(exception);
  EXPECT_FALSE(told.masked);
  EXPECT_EQ(told.payload, exception);
  EXPECT_TRUE(hear(read_answer(Bytes(64))).masked);
}

TEST_F(AnonymizerTest, ABrokenFrameKeepsItsShapeOnlyAndStaysBroken) {
  Bytes payload = push_of(12002, composed(12002, {{"wifi_network", "My Home"}}));
  payload.back() ^= std::byte{1};
  const Told told = hear(payload);
  EXPECT_TRUE(told.masked);
  ASSERT_EQ(told.payload.size(), payload.size());
  EXPECT_TRUE(std::equal(payload.begin(), payload.begin() + 13, told.payload.begin())) << "envelope, unit, function";
  EXPECT_THAT((std::vector(told.payload.begin() + 13, told.payload.end())), Each(std::byte{0}));
}

TEST_F(AnonymizerTest, WhatIsNoFrameAtAllKeepsItsLength) {
  const Told told = hear(bytes_of(R"({"token":"eyJhbGciOi"})"));
  EXPECT_TRUE(told.masked);
  EXPECT_EQ(text_of(told.payload), std::string("{\"t") + std::string(19, '\0'));
  EXPECT_TRUE(hear({}).masked);
  EXPECT_EQ(hear(Bytes(100000)).payload.size(), gateway::capture::kMostPayload);
}

}  // namespace
}  // namespace bluetti::test
