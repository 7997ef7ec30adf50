// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "protocol/modbus.h"
#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

template <typename T>
T parsed_as(const Bytes& bytes) {
  return std::get<T>(std::get<Frame>(parse_frame(bytes)));
}

FrameError refused(const Bytes& bytes) {
  return std::get<FrameError>(parse_frame(bytes));
}

Bytes registers(std::size_t count) {
  return Bytes(2 * count, std::byte{0x5A});
}

Bytes joined(std::string_view header, const Bytes& data) {
  Bytes bytes = hex(header);
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

TEST(ReadAnswer, HoldsTheRegisterData) {
  const Bytes bytes = with_crc("01 03 04 14 C1 00 5F");
  const auto answer = parsed_as<ReadAnswer>(bytes);
  EXPECT_EQ(answer.unit, 1);
  EXPECT_EQ(to_bytes(answer.data), hex("14 C1 00 5F"));
  EXPECT_EQ(answer.data.data(), bytes.data() + 3) << "a view into the frame, not a copy";
}

TEST(ReadAnswer, HoldsUpTo125Registers) {
  EXPECT_EQ(parsed_as<ReadAnswer>(with_crc(joined("00 03 FA", registers(125)))).data.size(), 250u);
  EXPECT_EQ(refused(with_crc(joined("00 03 FC", registers(126)))), FrameError::bad_length);
}

TEST(ReadAnswer, IsRefusedWithoutData) {
  EXPECT_EQ(refused(with_crc("00 03 00")), FrameError::bad_length);
}

TEST(ReadAnswer, IsRefusedWithHalfARegister) {
  EXPECT_EQ(refused(with_crc("00 03 03 11 22 33")), FrameError::bad_length);
}

TEST(ReadAnswer, IsRefusedWhenItsByteCountIsNotItsLength) {
  EXPECT_EQ(refused(with_crc("00 03 04 11 22")), FrameError::bad_length);
  EXPECT_EQ(refused(with_crc("00 03 02 11 22 33 44")), FrameError::bad_length);
}

TEST(WriteEcho, HoldsRegisterAndValue) {
  const auto echo = parsed_as<WriteEcho>(with_crc("00 06 07 DB 00 01"));
  EXPECT_EQ(echo.unit, 0);
  EXPECT_EQ(echo.address, 2011);
  EXPECT_EQ(echo.value, 1);
}

TEST(WriteEcho, IsRefusedAtAnyOtherLength) {
  EXPECT_EQ(refused(with_crc("00 06 07 DB 00")), FrameError::bad_length);
  EXPECT_EQ(refused(with_crc("00 06 07 DB 00 01 00")), FrameError::bad_length);
}

TEST(Push, NamesItsRegisters) {
  const Bytes bytes = with_crc("33 10 17 70 00 02 04 00 01 00 02");
  const auto push = parsed_as<Push>(bytes);
  EXPECT_EQ(push.unit, 51);
  EXPECT_EQ(push.first_register, 6000);
  EXPECT_EQ(to_bytes(push.data), hex("00 01 00 02"));
}

TEST(Push, HoldsUpTo125RegistersThoughTheStandardStopsAt123) {
  const Bytes largest = with_crc(joined("00 10 2A F8 00 7D FA", registers(125)));
  EXPECT_EQ(largest.size(), kMaxFrame);
  EXPECT_EQ(parsed_as<Push>(largest).data.size(), 250u);
}

TEST(Push, IsRefusedWhenCountAndByteCountDisagree) {
  EXPECT_EQ(refused(with_crc("00 10 00 64 00 01 04 00 01 00 02")), FrameError::bad_length);
  EXPECT_EQ(refused(with_crc("00 10 00 64 00 02 02 00 01")), FrameError::bad_length);
  EXPECT_EQ(refused(with_crc("00 10 00 64 01 01 02 00 01")), FrameError::bad_length) << "257 registers, 2 bytes";
}

TEST(Push, IsRefusedWithoutRegisters) {
  EXPECT_EQ(refused(with_crc("00 10 00 64 00 00 00")), FrameError::bad_length);
}

TEST(Push, IsRefusedWhenItIsCutShortOrHasTrailingBytes) {
  EXPECT_EQ(refused(with_crc("00 10 00 64 00 02 04 00 01 00")), FrameError::bad_length);
  EXPECT_EQ(refused(with_crc("00 10 00 64 00 01 02 00 01 00")), FrameError::bad_length);
  EXPECT_EQ(refused(with_crc("00 10 00 64 00")), FrameError::bad_length);
}

TEST(Push, MayEndAtTheLastRegisterButNotBeyond) {
  EXPECT_EQ(parsed_as<Push>(with_crc("00 10 FF FE 00 02 04 00 01 00 02")).first_register, 65534);
  EXPECT_EQ(refused(with_crc("00 10 FF FF 00 02 04 00 01 00 02")), FrameError::bad_length);
}

TEST(BlockWriteConfirmation, IsToldFromADamagedPush) {
  EXPECT_EQ(refused(with_crc("00 10 52 08 00 01")), FrameError::block_write_confirmed);
  EXPECT_EQ(refused(hex("00 10 52 08 00 01 00 00")), FrameError::bad_crc);
}

class ExceptionFrame : public testing::TestWithParam<std::uint8_t> {};

TEST_P(ExceptionFrame, NamesTheFunctionItAnswers) {
  Bytes frame = hex("01 80 02");
  frame[1] |= std::byte{GetParam()};
  const auto exception = parsed_as<ExceptionAnswer>(with_crc(frame));
  EXPECT_EQ(exception.unit, 1);
  EXPECT_EQ(exception.function, GetParam());
  EXPECT_EQ(exception.code, kIllegalDataAddress);

  frame.push_back(std::byte{0});
  EXPECT_EQ(refused(with_crc(frame)), FrameError::bad_length);
}

INSTANTIATE_TEST_SUITE_P(EachFunction, ExceptionFrame, testing::Values(0x03, 0x06, 0x10));

TEST(Exception, HasTheNameOfTheStandard) {
  EXPECT_EQ(exception_name(1), "illegal function");
  EXPECT_EQ(exception_name(2), "illegal data address");
  EXPECT_EQ(exception_name(6), "server device busy");
  EXPECT_EQ(exception_name(0x77), "unknown exception");
}

TEST(Frame, IsRefusedWithAnyByteChanged) {
  const Bytes frame = with_crc("00 03 04 14 C1 00 5F");
  for (std::size_t i = 0; i < frame.size(); ++i) {
    Bytes damaged = frame;
    damaged[i] ^= std::byte{0x40};
    EXPECT_TRUE(std::holds_alternative<FrameError>(parse_frame(damaged))) << "byte " << i;
  }
}

TEST(Frame, IsRefusedWithItsCrcHighByteFirst) {
  Bytes frame = with_crc("00 03 02 14 C1");
  std::swap(frame[5], frame[6]);
  EXPECT_EQ(refused(frame), FrameError::bad_crc);
}

TEST(Frame, IsRefusedAtEveryShorterLength) {
  const Bytes frame = with_crc("00 10 00 64 00 02 04 00 01 00 02");
  for (std::size_t length = 0; length < frame.size(); ++length) {
    const Bytes cut(frame.begin(),
                    frame.begin() + static_cast<std::ptrdiff_t>(length));  // own storage: ASan sees an overrun
    const FrameError expected = length < 5 ? FrameError::too_short : FrameError::bad_length;
    if (length == 8) continue;  // the length of a confirmation, tested above
    EXPECT_EQ(refused(cut), expected) << length << " bytes";
  }
}

TEST(Frame, IsRefusedWithTrailingBytes) {
  for (const std::string_view frame : {"00 03 02 14 C1", "00 06 07 DB 00 01", "00 83 02"}) {
    Bytes longer = with_crc(frame);
    longer.push_back(std::byte{0});
    EXPECT_EQ(refused(longer), FrameError::bad_length) << frame;
  }
}

TEST(Frame, IsRefusedWhenLongerThanTheLongestPush) {
  EXPECT_EQ(refused(Bytes(kMaxFrame + 1, std::byte{0x03})), FrameError::too_long);
}

TEST(Frame, IsRefusedWithAFunctionNoStationUses) {
  for (const std::string_view frame : {"00 04 02 14 C1", "00 00 00 00 00", "00 84 02", "00 81 01"}) {
    EXPECT_EQ(refused(with_crc(frame)), FrameError::unknown_function) << frame;
  }
}

TEST(Frame, ErrorsAreDescribedEachInItsOwnWords) {
  EXPECT_EQ(describe(FrameError::bad_crc), "wrong CRC");
  EXPECT_NE(describe(FrameError::too_short), describe(FrameError::too_long));
  EXPECT_NE(describe(FrameError::bad_length), describe(FrameError::unknown_function));
  EXPECT_NE(describe(FrameError::block_write_confirmed), describe(FrameError::bad_length));
}

}  // namespace
}  // namespace bluetti::protocol::test
