// SPDX-License-Identifier: MIT
// Writes as they are on the wire, and what comes back. Registers and values are of real stations: 2018 and 2019 are the
// eco time and threshold of an AP300, 2030 to 2032 a time slot of an Elite 200 V2, 57001 the AC output that a station
// answers for as 2011.
#include "protocol/write.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

using Registers = std::vector<std::uint16_t>;

const Registers kThirtyWatts{30};
const Registers kOn{1};
const Registers kChargeFromOneToFive{1, 0x0100, 0x0500};

WriteRequest single(std::uint16_t address, const Registers& value) {
  return {.unit = 0, .function = kWriteRegister, .first_register = address, .values = value};
}
WriteRequest several(std::uint16_t address, const Registers& values) {
  return {.unit = 0, .function = kWriteRegisters, .first_register = address, .values = values};
}

const WriteRequest kEcoThreshold = single(2019, kThirtyWatts);
const WriteRequest kTimeSlot = several(2030, kChargeFromOneToFive);

Bytes encoded(const WriteRequest& request) {
  std::array<std::byte, kMaxFrame> buffer{};
  return to_bytes(encode_write(request, buffer));
}

WriteMatch match(const WriteInFlight& write, const Bytes& frame) {
  return match_write(write, frame).match;
}

TEST(WriteOfOneRegister, IsEightBytes) {
  EXPECT_EQ(encoded(kEcoThreshold), hex("00 06 07 E3 00 1E F8 91"));
  EXPECT_EQ(encoded(single(2011, kOn)), hex("00 06 07 DB 00 01 38 94"));
}

TEST(WriteOfOneRegister, TakesExactlyOneValue) {
  EXPECT_TRUE(encoded(single(2019, {})).empty());
  EXPECT_TRUE(encoded(single(2019, {1, 2})).empty());
}

TEST(WriteOfSeveralRegisters, NamesRegisterCountAndBytes) {
  EXPECT_EQ(encoded(kTimeSlot), hex("00 10 07 EE 00 03 06 00 01 01 00 05 00 A4 BA"));
}

TEST(WriteOfSeveralRegisters, MayBeOfOne) {
  EXPECT_EQ(encoded(several(2019, kThirtyWatts)), with_crc("00 10 07 E3 00 01 02 00 1E"));
}

TEST(WriteOfSeveralRegisters, StopsAt123) {
  EXPECT_EQ(encoded(several(2030, Registers(123, 7))).size(), 255u);
  EXPECT_TRUE(encoded(several(2030, Registers(124, 7))).empty());
  EXPECT_TRUE(encoded(several(2030, {})).empty());
}

TEST(Write, StaysInsideTheRegistersThereAre) {
  EXPECT_FALSE(encoded(single(65535, kOn)).empty());
  EXPECT_TRUE(encoded(several(65534, kChargeFromOneToFive)).empty());
}

TEST(Write, IsOfFunction06Or16Only) {
  for (const int function : {0, 3, 5, 0x0F, 0x17, 0x86, 0x90}) {
    WriteRequest request = kEcoThreshold;
    request.function = static_cast<std::uint8_t>(function);
    EXPECT_TRUE(encoded(request).empty()) << "function " << function;
  }
}

TEST(ReceivedWrite, IsWhatWasSent) {
  const Registers most(123, 0xBEEF);
  for (const WriteRequest& request : {kEcoThreshold, kTimeSlot, several(2000, most)}) {
    const auto received = std::get<ReceivedWrite>(parse_write_request(encoded(request)));
    EXPECT_EQ(received.function, request.function);
    EXPECT_EQ(received.first_register, request.first_register);
    EXPECT_EQ(Registers(received.values().begin(), received.values().end()),
              Registers(request.values.begin(), request.values.end()));
  }
}

FrameError refused_write(const Bytes& bytes) {
  return std::get<FrameError>(parse_write_request(bytes));
}

TEST(ReceivedWrite, IsRefusedWhenDamaged) {
  EXPECT_EQ(refused_write({}), FrameError::too_short);
  EXPECT_EQ(refused_write(hex("00 06 07 E3 00 1E F8")), FrameError::too_short);
  EXPECT_EQ(refused_write(hex("00 06 07 E3 00 1E F8 90")), FrameError::bad_crc);
  EXPECT_EQ(refused_write(with_crc("00 06 07 E3 00 1E 00")), FrameError::bad_length);
  EXPECT_EQ(refused_write(with_crc("00 03 07 E3 00 01")), FrameError::unknown_function);
  EXPECT_EQ(refused_write(Bytes(300)), FrameError::too_long);
}

TEST(ReceivedWrite, IsRefusedWhenItsCountsContradictEachOther) {
  EXPECT_EQ(refused_write(with_crc("00 10 07 EE 00 02 06 00 01 01 00 05 00")), FrameError::bad_length) << "count";
  EXPECT_EQ(refused_write(with_crc("00 10 07 EE 00 03 04 00 01 01 00 05 00")), FrameError::bad_length) << "bytes";
  EXPECT_EQ(refused_write(with_crc("00 10 07 EE 00 03 06 00 01 01 00")), FrameError::bad_length) << "data missing";
  EXPECT_EQ(refused_write(with_crc("00 10 07 EE 00 00 00 00 00")), FrameError::bad_length) << "no register";
  EXPECT_EQ(refused_write(with_crc("00 10 FF FF 00 02 04 00 01 00 02")), FrameError::bad_length) << "past the last";
}

TEST(WriteEchoEncoded, IsTheRequestAgainOrRegisterAndCount) {
  std::array<std::byte, kMaxFrame> buffer{};
  EXPECT_EQ(to_bytes(encode_write_echo(kEcoThreshold, buffer)), encoded(kEcoThreshold));
  EXPECT_EQ(to_bytes(encode_write_echo(kTimeSlot, buffer)), hex("00 10 07 EE 00 03 E0 98"));
  EXPECT_TRUE(encode_write_echo(several(2030, {}), buffer).empty());
}

TEST(WriteAnswer, IsAnEchoOfOneRegister) {
  const auto echo = std::get<WriteEcho>(std::get<WriteAnswer>(parse_write_answer(hex("00 06 07 E3 00 1E F8 91"))));
  EXPECT_EQ(echo.address, 2019);
  EXPECT_EQ(echo.value, 30);
}

TEST(WriteAnswer, IsAnEchoOfSeveralRegisters) {
  const auto parsed = parse_write_answer(hex("00 10 07 EE 00 03 E0 98"));
  const auto echo = std::get<BlockWriteEcho>(std::get<WriteAnswer>(parsed));
  EXPECT_EQ(echo.unit, 0);
  EXPECT_EQ(echo.first_register, 2030);
  EXPECT_EQ(echo.count, 3);
}

TEST(WriteAnswer, IsAnException) {
  for (const auto& [frame, function] : {std::pair{"00 86 02 92 61", 6}, std::pair{"00 90 03 5D C1", 16}}) {
    const auto exception = std::get<ExceptionAnswer>(std::get<WriteAnswer>(parse_write_answer(hex(frame))));
    EXPECT_EQ(exception.function, function);
  }
}

TEST(WriteAnswer, IsNoAnswerToAReadAndNoPush) {
  EXPECT_EQ(std::get<FrameError>(parse_write_answer(hex("00 03 04 0C B2 00 55 89 BB"))), FrameError::unknown_function);
  EXPECT_EQ(std::get<FrameError>(parse_write_answer(hex("00 10 17 70 00 02 04 00 01 00 64 4B AC"))),
            FrameError::bad_length);
}

TEST(WriteAnswer, IsRefusedWhenDamaged) {
  EXPECT_EQ(std::get<FrameError>(parse_write_answer(hex("00 10 07 EE 00 03 E0 99"))), FrameError::bad_crc);
  EXPECT_EQ(std::get<FrameError>(parse_write_answer(hex("00 06 07 E3 00 1F F8 91"))), FrameError::bad_crc);
  EXPECT_EQ(std::get<FrameError>(parse_write_answer(hex("00 10 07 EE 00 03 E0"))), FrameError::bad_length);
  EXPECT_EQ(std::get<FrameError>(parse_write_answer({})), FrameError::too_short);
}

TEST(MatchWrite, KnowsTheEchoOfItsOwn) {
  EXPECT_EQ(match_write({.request = kEcoThreshold, .previous = {}}, hex("00 06 07 E3 00 1E F8 91")),
            (WriteVerdict{.match = WriteMatch::own_echo, .echoed_register = 2019}));
  EXPECT_EQ(match({.request = kTimeSlot, .previous = {}}, hex("00 10 07 EE 00 03 E0 98")), WriteMatch::own_echo);
}

// A write of 57001 is answered as 2011, which is the same switch.
TEST(MatchWrite, TakesAnEchoThatNamesAnotherRegisterForWhatItIs) {
  EXPECT_EQ(match_write({.request = single(57001, kOn), .previous = {}}, hex("00 06 07 DB 00 01 38 94")),
            (WriteVerdict{.match = WriteMatch::other_register, .echoed_register = 2011}));
  EXPECT_EQ(match({.request = kTimeSlot, .previous = {}}, with_crc("00 10 07 F1 00 03")), WriteMatch::other_register);
}

TEST(MatchWrite, KnowsAnEchoThatComesAgain) {
  const Bytes echo = hex("00 06 07 E3 00 1E F8 91");
  EXPECT_EQ(match({.request = kEcoThreshold, .echoed = true, .previous = {}}, echo), WriteMatch::repeated);
  EXPECT_EQ(match({.request = kTimeSlot, .previous = kEcoThreshold}, echo), WriteMatch::repeated)
      << "late, of the write before";
}

TEST(MatchWrite, TakesTheEchoOfASecondTryForItsOwn) {
  EXPECT_EQ(match({.request = kEcoThreshold, .previous = kEcoThreshold}, hex("00 06 07 E3 00 1E F8 91")),
            WriteMatch::own_echo);
}

TEST(MatchWrite, LeavesTheEchoesOfOthersAlone) {
  const WriteInFlight write{.request = kEcoThreshold, .previous = {}};
  EXPECT_EQ(match(write, with_crc("00 06 07 E3 00 0A")), WriteMatch::not_ours) << "another value";
  EXPECT_EQ(match(write, with_crc("01 06 07 E3 00 1E")), WriteMatch::not_ours) << "another unit";
  EXPECT_EQ(match(write, with_crc("00 10 07 E3 00 1E")), WriteMatch::not_ours) << "another function";
  EXPECT_EQ(match({.request = kTimeSlot, .previous = {}}, with_crc("00 10 07 EE 00 06")), WriteMatch::not_ours)
      << "another count";
  EXPECT_EQ(match({.request = kEcoThreshold, .echoed = true, .previous = {}}, with_crc("00 06 07 DB 00 1E")),
            WriteMatch::not_ours)
      << "another register, when its own echo has come";
}

TEST(MatchWrite, LeavesWhatIsNoAnswerToAWriteAlone) {
  const WriteInFlight write{.request = kEcoThreshold, .previous = {}};
  EXPECT_EQ(match(write, hex("00 03 04 0C B2 00 55 89 BB")), WriteMatch::not_ours) << "an answer to a read";
  EXPECT_EQ(match(write, hex("00 10 17 70 00 02 04 00 01 00 64 4B AC")), WriteMatch::not_ours) << "a push";
  EXPECT_EQ(match(write, hex("00 06 07 E3 00 1E F8 90")), WriteMatch::not_ours) << "a flipped bit";
  EXPECT_EQ(match(write, {}), WriteMatch::not_ours);
}

TEST(MatchWrite, KnowsARefusal) {
  EXPECT_EQ(match_write({.request = kEcoThreshold, .previous = {}}, hex("00 86 02 92 61")),
            (WriteVerdict{.match = WriteMatch::exception, .exception_code = kIllegalDataAddress}));
  EXPECT_EQ(match_write({.request = kTimeSlot, .previous = {}}, hex("00 90 03 5D C1")),
            (WriteVerdict{.match = WriteMatch::exception, .exception_code = 3}));
}

TEST(MatchWrite, LeavesTheExceptionsOfOthersAlone) {
  EXPECT_EQ(match({.request = kEcoThreshold, .previous = {}}, with_crc("00 83 02")), WriteMatch::not_ours) << "a read";
  EXPECT_EQ(match({.request = kEcoThreshold, .previous = {}}, with_crc("00 90 02")), WriteMatch::not_ours)
      << "a write of several registers";
  EXPECT_EQ(match({.request = kEcoThreshold, .previous = {}}, with_crc("01 86 02")), WriteMatch::not_ours)
      << "another unit";
  EXPECT_EQ(match({.request = kEcoThreshold, .echoed = true, .previous = {}}, hex("00 86 02 92 61")),
            WriteMatch::not_ours)
      << "when its echo has come";
}

TEST(MatchWrite, IsSaidInWords) {
  for (const auto match : {WriteMatch::own_echo, WriteMatch::other_register, WriteMatch::repeated, WriteMatch::not_ours,
                           WriteMatch::exception}) {
    EXPECT_NE(describe(match), "unknown");
  }
}

}  // namespace
}  // namespace bluetti::protocol::test
