// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "protocol/modbus.h"
#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

FrameError refused_request(const Bytes& bytes) {
  return std::get<FrameError>(parse_request(bytes));
}

TEST(ReadRequest, IsTheEightBytesAStationKnows) {
  const auto frame = encode({.unit = 0, .first_register = 100, .count = 62});
  EXPECT_EQ(to_bytes(frame), hex("00 03 00 64 00 3E 84 14"));
}

TEST(ReadRequest, ParsesBackToItself) {
  for (const ReadRequest request : {ReadRequest{0, 100, 62}, ReadRequest{51, 6000, 1}, ReadRequest{1, 65411, 125}}) {
    EXPECT_EQ(std::get<ReadRequest>(parse_request(encode(request))), request);
  }
}

TEST(ReadRequest, IsRefusedForNoRegisterOrTooMany) {
  EXPECT_EQ(refused_request(with_crc("00 03 00 64 00 00")), FrameError::bad_length);
  EXPECT_EQ(refused_request(with_crc("00 03 00 64 00 7E")), FrameError::bad_length);
  EXPECT_EQ(refused_request(with_crc("00 03 00 64 01 01")), FrameError::bad_length);
}

TEST(ReadRequest, IsRefusedBeyondTheLastRegister) {
  EXPECT_TRUE(std::holds_alternative<ReadRequest>(parse_request(with_crc("00 03 FF FF 00 01"))));
  EXPECT_EQ(refused_request(with_crc("00 03 FF FF 00 02")), FrameError::bad_length);
}

TEST(ReadRequest, IsRefusedWhenDamaged) {
  EXPECT_EQ(refused_request(hex("00 03 00 64 00 3E 84 15")), FrameError::bad_crc);
  EXPECT_EQ(refused_request(hex("00 03 00 64 00 3E 84")), FrameError::too_short);
  EXPECT_EQ(refused_request(hex("00 03 00 64 00 3E 84 14 00")), FrameError::bad_length);
  EXPECT_EQ(refused_request({}), FrameError::too_short);
}

TEST(ReadRequest, IsNotAWrite) {
  EXPECT_EQ(refused_request(with_crc("00 06 07 DB 00 01")), FrameError::unknown_function);
}

TEST(EncodeAnswer, WritesWhatParses) {
  std::array<std::byte, kMaxFrame> buffer{};
  for (const std::size_t size : {2u, 4u, 124u, 250u}) {
    const Bytes data(size, std::byte{0xA5});
    const Bytes frame = to_bytes(encode_answer(7, data, buffer));
    const auto answer = std::get<ReadAnswer>(std::get<Frame>(parse_frame(frame)));
    EXPECT_EQ(answer.unit, 7);
    EXPECT_EQ(to_bytes(answer.data), data);
  }
}

TEST(EncodeAnswer, RefusesDataThatIsNoAnswer) {
  std::array<std::byte, kMaxFrame> buffer{};
  for (const std::size_t size : {0u, 1u, 3u, 251u, 252u, 1000u}) {
    EXPECT_TRUE(encode_answer(0, Bytes(size), buffer).empty()) << size << " bytes";
  }
}

TEST(EncodePush, WritesWhatParses) {
  std::array<std::byte, kMaxFrame> buffer{};
  for (const std::size_t size : {2u, 60u, 246u, 250u}) {
    const Bytes data(size, std::byte{0xA5});
    const Bytes frame = to_bytes(encode_push(1, 11000, data, buffer));
    const auto push = std::get<Push>(std::get<Frame>(parse_frame(frame)));
    EXPECT_EQ(push.unit, 1);
    EXPECT_EQ(push.first_register, 11000);
    EXPECT_EQ(to_bytes(push.data), data);
  }
}

TEST(EncodePush, RefusesDataThatIsNoPush) {
  std::array<std::byte, kMaxFrame> buffer{};
  for (const std::size_t size : {0u, 1u, 251u, 252u, 1000u}) {
    EXPECT_TRUE(encode_push(0, 100, Bytes(size), buffer).empty()) << size << " bytes";
  }
  EXPECT_TRUE(encode_push(0, 65535, Bytes(4), buffer).empty()) << "past the last register";
}

TEST(EncodeException, WritesWhatParses) {
  std::array<std::byte, kMaxFrame> buffer{};
  const Bytes frame = to_bytes(encode_exception(1, 0x03, kIllegalDataAddress, buffer));
  EXPECT_EQ(frame, with_crc("01 83 02"));
  EXPECT_TRUE(std::holds_alternative<ExceptionAnswer>(std::get<Frame>(parse_frame(frame))));
}

}  // namespace
}  // namespace bluetti::protocol::test
