// SPDX-License-Identifier: MIT
#include "protocol/envelope.h"

#include <gtest/gtest.h>

#include "protocol/modbus.h"
#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

Bytes wrapped(Envelope envelope, std::uint16_t address, std::int8_t rssi_dbm, const Bytes& frame) {
  Bytes out(kMaxEnvelope + frame.size());
  return to_bytes(wrap(envelope, address, rssi_dbm, frame, out));
}

Opened opened(Envelope envelope, const Bytes& payload) {
  return std::get<Opened>(open(envelope, payload));
}

EnvelopeError refused(Envelope envelope, const Bytes& payload) {
  return std::get<EnvelopeError>(open(envelope, payload));
}

const Bytes kRequest = hex("00 03 00 64 00 3E 84 14");

TEST(Envelope, BareIsTheFrameItself) {
  EXPECT_EQ(wrapped(Envelope::bare, 100, -70, kRequest), kRequest);
  EXPECT_EQ(to_bytes(opened(Envelope::bare, kRequest).frame), kRequest);
}

TEST(Envelope, V1_0PutsOneByteInFront) {
  const Bytes payload = hex("01 00 03 00 64 00 3E 84 14");
  EXPECT_EQ(wrapped(Envelope::v1_0, 100, -70, kRequest), payload);
  EXPECT_EQ(to_bytes(opened(Envelope::v1_0, payload).frame), kRequest);
  EXPECT_FALSE(opened(Envelope::v1_0, payload).rssi_dbm);
}

TEST(Envelope, V1_2NamesTheRegisterInARequest) {
  const Bytes payload = hex("01 F8 0F 00 64 00 00 00 00 00  00 03 00 64 00 3E 84 14");
  EXPECT_EQ(wrapped(Envelope::v1_2, 100, 0, kRequest), payload);
  EXPECT_EQ(opened(Envelope::v1_2, payload).address, 100);
  EXPECT_EQ(to_bytes(opened(Envelope::v1_2, payload).frame), kRequest);
}

TEST(Envelope, V1_2RegisterIsBigEndian) {
  EXPECT_EQ(opened(Envelope::v1_2, hex("01 F8 0F 17 70 00 00 00 00 00")).address, 6000);
}

TEST(Envelope, V1_2CarriesTheSignedSignalStrength) {
  EXPECT_EQ(opened(Envelope::v1_2, hex("01 F8 0F 00 00 00 00 B4 00 00")).rssi_dbm, -76);
  EXPECT_EQ(opened(Envelope::v1_2, wrapped(Envelope::v1_2, 0, -128, {})).rssi_dbm, -128);
}

TEST(Envelope, V1_2SignalStrengthOfZeroIsNotReported) {
  EXPECT_FALSE(opened(Envelope::v1_2, hex("01 F8 0F 00 00 00 00 00 00 00")).rssi_dbm);
}

TEST(Envelope, V1_2ThirdByteIsNotChecked) {
  EXPECT_EQ(opened(Envelope::v1_2, hex("01 F8 77 00 64 00 00 00 00 00")).address, 100);
}

TEST(Envelope, IsRefusedWhenShorterThanItsHeader) {
  EXPECT_EQ(refused(Envelope::v1_0, {}), EnvelopeError::too_short);
  EXPECT_EQ(refused(Envelope::v1_2, hex("01 F8 0F 00 64 00 00 00 00")), EnvelopeError::too_short);
  EXPECT_EQ(refused(Envelope::v1_2, {}), EnvelopeError::too_short);
}

TEST(Envelope, IsRefusedWithAnotherHeader) {
  EXPECT_EQ(refused(Envelope::v1_0, hex("00 03 02 14 C1 00 00")), EnvelopeError::wrong_header);
  EXPECT_EQ(refused(Envelope::v1_2, hex("00 F8 0F 00 64 00 00 00 00 00")), EnvelopeError::wrong_header);
  EXPECT_EQ(refused(Envelope::v1_2, hex("01 03 0F 00 64 00 00 00 00 00")), EnvelopeError::wrong_header);
}

TEST(Envelope, MayBeEmptyInside) {
  EXPECT_TRUE(opened(Envelope::bare, {}).frame.empty());
  EXPECT_TRUE(opened(Envelope::v1_0, hex("01")).frame.empty());
  EXPECT_TRUE(opened(Envelope::v1_2, hex("01 F8 0F 00 64 00 00 00 00 00")).frame.empty());
}

TEST(Envelope, HasAName) {
  EXPECT_EQ(name_of(Envelope::bare), "bare");
  EXPECT_EQ(name_of(Envelope::v1_0), "v1.0");
  EXPECT_EQ(name_of(Envelope::v1_2), "v1.2");
}

TEST(DetectEnvelope, TellsAllThreeApart) {
  for (const Envelope envelope : {Envelope::bare, Envelope::v1_0, Envelope::v1_2}) {
    EXPECT_EQ(detect(wrapped(envelope, 100, -70, kRequest)), envelope) << name_of(envelope);
  }
}

TEST(DetectEnvelope, TakesABareFrameOfUnit1ForBare) {
  EXPECT_EQ(detect(with_crc("01 03 02 14 C1")), Envelope::bare);
  EXPECT_EQ(detect(wrapped(Envelope::v1_0, 0, 0, with_crc("01 03 02 14 C1"))), Envelope::v1_0);
}

TEST(DetectEnvelope, KnowsV1_2ByItsHeaderWhateverFollows) {
  EXPECT_EQ(detect(hex("01 F8 0F 00 64 00 00 00 00 00 DE AD")), Envelope::v1_2);
}

TEST(DetectEnvelope, TakesWhatItCannotReadForBare) {
  EXPECT_EQ(detect({}), Envelope::bare);
  EXPECT_EQ(detect(hex("01")), Envelope::bare);
  EXPECT_EQ(detect(hex("01 00 03 02 14 C1 00 00")), Envelope::bare) << "v1.0 but for its CRC";
  EXPECT_EQ(detect(hex("01 FF FF")), Envelope::bare) << "a CRC over nothing";
}

}  // namespace
}  // namespace bluetti::protocol::test
