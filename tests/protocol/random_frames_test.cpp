// SPDX-License-Identifier: MIT
// Random and damaged frames, the same ones in every run. What is accepted must be exactly what we would have sent.
#include <gtest/gtest.h>

#include <random>

#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

constexpr int kRounds = 100'000;
constexpr std::size_t kUnits = 248;  // of Modbus; F8 behind the 01 of v1.0 would be the header of v1.2

struct Encode {
  std::span<std::byte> out;

  Bytes operator()(const ReadAnswer& answer) const { return to_bytes(encode_answer(answer.unit, answer.data, out)); }
  Bytes operator()(const Push& push) const {
    return to_bytes(encode_push(push.unit, push.first_register, push.data, out));
  }
  Bytes operator()(const ExceptionAnswer& exception) const {
    return to_bytes(encode_exception(exception.unit, exception.function, exception.code, out));
  }
  Bytes operator()(const WriteEcho& echo) const {
    return with_crc({std::byte{echo.unit}, std::byte{6}, static_cast<std::byte>(echo.address >> 8),
                     static_cast<std::byte>(echo.address & 0xFF), static_cast<std::byte>(echo.value >> 8),
                     static_cast<std::byte>(echo.value & 0xFF)});
  }
};

class RandomFrames : public testing::Test {
 protected:
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  std::byte any_byte() { return static_cast<std::byte>(below(256)); }

  Bytes random_bytes(std::size_t size) {
    Bytes bytes(size);
    for (std::byte& byte : bytes) byte = any_byte();
    return bytes;
  }

  // A sound frame of any kind.
  Bytes sound_frame() {
    const auto unit = static_cast<std::uint8_t>(below(kUnits));
    const Bytes data = random_bytes(2 * (1 + below(kMaxPushRegisters)));
    switch (below(4)) {
      case 0:
        return to_bytes(encode_answer(unit, data, buffer_));
      case 1:
        return to_bytes(encode_push(unit, static_cast<std::uint16_t>(below(0xFF00)), data, buffer_));
      case 2:
        return to_bytes(encode_exception(unit, 3, static_cast<std::uint8_t>(below(256)), buffer_));
      default:
        return Encode{buffer_}(WriteEcho{unit, static_cast<std::uint16_t>(below(65536)), 1});
    }
  }

  // Half of the damage is under a right CRC, so that the checks behind it are reached too.
  Bytes damaged_frame() {
    Bytes frame = sound_frame();
    frame.resize(frame.size() - 2);
    if (below(2) == 0) frame[below(std::min<std::size_t>(frame.size(), 7))] = any_byte();
    if (below(4) == 0) frame.resize(below(frame.size() + 4));
    frame = with_crc(std::move(frame));
    if (below(2) == 0) frame[below(frame.size())] ^= any_byte();
    return frame;
  }

  std::mt19937 random_{20'000};
  std::array<std::byte, kMaxFrame> buffer_{};
};

TEST_F(RandomFrames, AreAcceptedOnlyIfTheyEncodeToTheSameBytes) {
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Bytes bytes = round % 4 == 0 ? random_bytes(below(kMaxFrame + 8)) : damaged_frame();
    const ParsedFrame parsed = parse_frame(bytes);
    if (const auto* frame = std::get_if<Frame>(&parsed)) {
      ASSERT_EQ(std::visit(Encode{buffer_}, *frame), bytes) << "round " << round;
      ++accepted;
    } else {
      ++refused;
    }
  }
  EXPECT_GT(accepted, kRounds / 10);
  EXPECT_GT(refused, kRounds / 10);
}

TEST_F(RandomFrames, AreRequestsOnlyIfTheyEncodeToTheSameBytes) {
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    Bytes bytes = hex("00 03 00 64 00 3E");
    bytes[below(bytes.size())] = any_byte();
    if (below(4) == 0) bytes.resize(below(10));
    bytes = with_crc(std::move(bytes));
    const auto parsed = parse_request(bytes);
    if (const auto* request = std::get_if<ReadRequest>(&parsed)) {
      ASSERT_EQ(to_bytes(encode(*request)), bytes) << "round " << round;
      ++accepted;
    }
  }
  EXPECT_GT(accepted, kRounds / 10);
}

TEST_F(RandomFrames, AreDetectedInEveryEnvelope) {
  Bytes out(kMaxEnvelope + kMaxFrame);
  for (int round = 0; round < kRounds; ++round) {
    const Bytes frame = sound_frame();
    const auto envelope = static_cast<Envelope>(below(3));
    const Bytes payload = to_bytes(wrap(envelope, 100, -70, frame, out));
    ASSERT_EQ(detect(payload), envelope) << "round " << round;
    ASSERT_EQ(to_bytes(std::get<Opened>(open(envelope, payload)).frame), frame);
  }
}

}  // namespace
}  // namespace bluetti::protocol::test
