// SPDX-License-Identifier: MIT
// Modbus TCP as it is on the wire. Registers and values are of real stations: 50001 and on of a Balco 260, 51002 of an
// AC200L (54.09 V), 57001 the AC output that a station answers for as 2011.
#include "protocol/mbap.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

using Registers = std::vector<std::uint16_t>;

Bytes wrapped(const Request& request, std::uint16_t transaction) {
  std::array<std::byte, kMaxRequest> buffer{};
  return to_bytes(modbus_tcp().wrap(request, transaction, buffer));
}

template <typename T>
T opened_as(const Bytes& adu) {
  return std::get<T>(std::get<Arrived>(modbus_tcp().open(adu)).frame);
}

NotAFrame not_opened(const Bytes& adu) {
  return std::get<NotAFrame>(modbus_tcp().open(adu));
}

TEST(ModbusTcp, ReadsByTransactionLengthUnitFunctionRegisterAndCount) {
  const ReadRequest totals{.unit = 1, .first_register = 50001, .count = 19};
  EXPECT_EQ(wrapped(totals, 7), hex("00 07 00 00 00 06 01 03 C3 51 00 13"));
}

TEST(ModbusTcp, NamesTheUnitOfAPack) {
  const ReadRequest pack{.unit = 41, .first_register = 51200, .count = 20};
  EXPECT_EQ(wrapped(pack, 0xFFFF), hex("FF FF 00 00 00 06 29 03 C8 00 00 14"));
}

TEST(ModbusTcp, WritesOneRegister) {
  const Registers on{1};
  EXPECT_EQ(wrapped(WriteRequest{.unit = 1, .function = 6, .first_register = 57001, .values = on}, 8),
            hex("00 08 00 00 00 06 01 06 DE A9 00 01"));
}

TEST(ModbusTcp, WritesSeveralRegisters) {
  const Registers limits{20, 80};
  EXPECT_EQ(wrapped(WriteRequest{.unit = 1, .function = 16, .first_register = 57016, .values = limits}, 9),
            hex("00 09 00 00 00 0B 01 10 DE B8 00 02 04 00 14 00 50"));
}

TEST(ModbusTcp, WritesNothingThatTheStandardDoesNotAllow) {
  const Registers two{1, 2};
  const Registers many(124, 0);
  EXPECT_TRUE(wrapped(WriteRequest{.unit = 1, .function = 6, .first_register = 57001, .values = two}, 1).empty());
  EXPECT_TRUE(wrapped(WriteRequest{.unit = 1, .function = 16, .first_register = 57001, .values = many}, 1).empty());
  EXPECT_TRUE(wrapped(WriteRequest{.unit = 1, .function = 16, .first_register = 65535, .values = two}, 1).empty());
}

TEST(ModbusTcp, OpensAnAnswerWithItsTransaction) {
  const Bytes adu = hex("00 07 00 00 00 05 01 03 02 15 21");
  EXPECT_EQ(std::get<Arrived>(modbus_tcp().open(adu)).transaction, 7);
  const auto answer = opened_as<ReadAnswer>(adu);
  EXPECT_EQ(answer.unit, 1);
  EXPECT_EQ(to_bytes(answer.data), hex("15 21"));
  EXPECT_EQ(answer.data.data(), adu.data() + 9) << "a view, not a copy";
}

TEST(ModbusTcp, OpensAnEchoThatNamesAnotherRegister) {
  const auto echo = opened_as<WriteEcho>(hex("00 08 00 00 00 06 01 06 07 DB 00 01"));
  EXPECT_EQ(echo.address, 2011);
  EXPECT_EQ(echo.value, 1);
}

TEST(ModbusTcp, OpensTheEchoOfSeveralRegisters) {
  const auto echo = opened_as<BlockWriteEcho>(hex("00 09 00 00 00 06 01 10 DE B8 00 02"));
  EXPECT_EQ(echo.first_register, 57016);
  EXPECT_EQ(echo.count, 2);
}

TEST(ModbusTcp, OpensExceptionsOfReadsAndWrites) {
  const auto unserved = opened_as<ExceptionAnswer>(hex("00 07 00 00 00 03 01 83 02"));
  EXPECT_EQ(unserved.function, 3);
  EXPECT_EQ(unserved.code, kIllegalDataAddress);
  EXPECT_EQ(opened_as<ExceptionAnswer>(hex("00 07 00 00 00 03 01 86 06")).code, 6) << "busy";
  EXPECT_EQ(opened_as<ExceptionAnswer>(hex("00 07 00 00 00 03 01 90 03")).function, 16);
}

TEST(ModbusTcp, KnowsNoPushes) {
  EXPECT_EQ(not_opened(hex("00 00 00 00 00 0B 01 10 DE B8 00 02 04 00 14 00 50")).kind, FramingError::broken_frame);
}

TEST(ModbusTcp, RefusesAnAnswerThatWasCut) {
  EXPECT_EQ(not_opened(hex("00 07 00 00 00 07 01 03 06 15 21 00 64")).kind, FramingError::broken_frame)
      << "four of six bytes, and a header that knows";
  EXPECT_EQ(not_opened(hex("00 07 00 00 00 09 01 03 06 15 21 00 64")).kind, FramingError::broken_frame)
      << "four of six bytes, and a header that does not";
  EXPECT_EQ(not_opened(hex("00 07 00 00 00 06 01 03 03 15 21 00")).kind, FramingError::broken_frame)
      << "half a register";
  EXPECT_EQ(not_opened(hex("00 07 00 00 00 03 01 03 00")).kind, FramingError::broken_frame) << "no register";
  EXPECT_EQ(not_opened(hex("00 07 00 00 00 02 01 03")).kind, FramingError::broken_frame) << "no byte count";
}

TEST(ModbusTcp, RefusesWhatIsTooShortOrOfAnotherKind) {
  EXPECT_EQ(not_opened({}).kind, FramingError::broken_frame);
  EXPECT_EQ(not_opened(hex("00 07 00 00 00 01 01")).kind, FramingError::broken_frame);
  EXPECT_EQ(not_opened(hex("00 07 00 00 00 02 01 04")).detail, describe(AduError::unknown_function));
  EXPECT_EQ(not_opened(hex("00 07 00 01 00 05 01 03 02 15 21")).kind, FramingError::wrong_envelope);
}

TEST(ModbusTcp, AnswersOfAllLengthsComeBackAsTheyWere) {
  for (std::size_t count = 1; count <= 125; ++count) {
    std::array<std::byte, kMaxAdu> buffer{};
    const Bytes data(2 * count, std::byte{0x5A});
    const Bytes adu = to_bytes(encode_adu_answer(3, 1, data, buffer));
    EXPECT_EQ(to_bytes(opened_as<ReadAnswer>(adu).data), data) << count;
  }
}

TEST(EncodedAdu, IsNothingForDataThatNoAnswerHolds) {
  std::array<std::byte, kMaxAdu> buffer{};
  EXPECT_TRUE(encode_adu_answer(3, 1, {}, buffer).empty());
  EXPECT_TRUE(encode_adu_answer(3, 1, Bytes(3), buffer).empty());
  EXPECT_TRUE(encode_adu_answer(3, 1, Bytes(252), buffer).empty());
}

TEST(EncodedAdu, IsWhatOpenUnderstands) {
  std::array<std::byte, kMaxAdu> buffer{};
  EXPECT_EQ(to_bytes(encode_adu(8, WriteEcho{.unit = 1, .address = 2011, .value = 1}, buffer)),
            hex("00 08 00 00 00 06 01 06 07 DB 00 01"));
  EXPECT_EQ(to_bytes(encode_adu(9, BlockWriteEcho{.unit = 1, .first_register = 57016, .count = 2}, buffer)),
            hex("00 09 00 00 00 06 01 10 DE B8 00 02"));
  EXPECT_EQ(to_bytes(encode_adu(7, ExceptionAnswer{.unit = 1, .function = 3, .code = 2}, buffer)),
            hex("00 07 00 00 00 03 01 83 02"));
}

ReceivedRequest received_as(const Bytes& adu) {
  return std::get<ReceivedRequest>(parse_adu_request(adu));
}

TEST(ReceivedAdu, IsTheRequestThatWasSent) {
  const ReadRequest read{.unit = 1, .first_register = 50001, .count = 19};
  EXPECT_EQ(std::get<ReadRequest>(received_as(wrapped(read, 7)).request), read);
  EXPECT_EQ(received_as(wrapped(read, 7)).transaction, 7);

  const Registers limits{20, 80};
  for (const std::uint8_t function : {kWriteRegister, kWriteRegisters}) {
    const auto values = std::span(limits).first(function == kWriteRegister ? 1 : 2);
    const auto write = std::get<ReceivedWrite>(
        received_as(
            wrapped(WriteRequest{.unit = 1, .function = function, .first_register = 57016, .values = values}, 9))
            .request);
    EXPECT_EQ(write.function, function);
    EXPECT_EQ(write.first_register, 57016);
    EXPECT_EQ(Registers(write.values().begin(), write.values().end()), Registers(values.begin(), values.end()));
  }
}

TEST(ReceivedAdu, OfAnotherFunctionOrWithSenselessCountsHoldsNoRequest) {
  const auto holds_none = [](std::string_view adu) {
    return std::holds_alternative<std::monostate>(received_as(hex(adu)).request);
  };
  EXPECT_TRUE(holds_none("00 07 00 00 00 06 01 04 C3 51 00 13")) << "input registers";
  EXPECT_TRUE(holds_none("00 07 00 00 00 06 01 03 C3 51 00 00")) << "no register";
  EXPECT_TRUE(holds_none("00 07 00 00 00 06 01 03 C3 51 00 7E")) << "126 registers";
  EXPECT_TRUE(holds_none("00 07 00 00 00 06 01 03 FF FF 00 02")) << "past the last one";
  EXPECT_TRUE(holds_none("00 09 00 00 00 0B 01 10 DE B8 00 03 04 00 14 00 50")) << "counts that differ";
}

TEST(ReceivedAdu, IsRefusedWhereItsHeaderIsWrong) {
  EXPECT_EQ(std::get<AduError>(parse_adu_request(hex("00 07 00 00 00 06 01 03 C3 51 00"))), AduError::bad_length);
  EXPECT_EQ(std::get<AduError>(parse_adu_request(hex("00 07 00"))), AduError::too_short);
}

const Bytes kFirst = hex("00 07 00 00 00 05 01 03 02 15 21");
const Bytes kSecond = hex("00 08 00 00 00 03 01 83 02");

void feed(AduSplitter& splitter, std::span<const std::byte> bytes) {
  const auto room = splitter.room();
  ASSERT_GE(room.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  splitter.arrived(bytes.size());
}

std::vector<Bytes> whole_ones(AduSplitter& splitter) {
  std::vector<Bytes> adus;
  while (const auto adu = splitter.next()) adus.push_back(to_bytes(*adu));
  return adus;
}

TEST(AduSplitter, HandsOutAnAduHoweverItsBytesArrive) {
  for (std::size_t piece = 1; piece <= kFirst.size(); ++piece) {
    AduSplitter splitter;
    std::vector<Bytes> adus;
    for (std::size_t at = 0; at < kFirst.size(); at += piece) {
      feed(splitter, std::span(kFirst).subspan(at, std::min(piece, kFirst.size() - at)));
      for (Bytes& adu : whole_ones(splitter)) adus.push_back(std::move(adu));
    }
    EXPECT_EQ(adus, std::vector<Bytes>{kFirst}) << "in pieces of " << piece;
    EXPECT_EQ(splitter.waiting(), 0u);
  }
}

TEST(AduSplitter, HandsOutTwoThatArriveTogether) {
  AduSplitter splitter;
  Bytes both = kFirst;
  both.insert(both.end(), kSecond.begin(), kSecond.end());
  feed(splitter, both);
  EXPECT_EQ(whole_ones(splitter), (std::vector<Bytes>{kFirst, kSecond}));
}

TEST(AduSplitter, WaitsForTheRestOfACutAnswer) {
  AduSplitter splitter;
  feed(splitter, std::span(kFirst).first(9));
  EXPECT_TRUE(whole_ones(splitter).empty());
  EXPECT_EQ(splitter.waiting(), 9u);
  EXPECT_FALSE(splitter.is_broken());
}

TEST(AduSplitter, BreaksOnWhatNoAduBeginsWith) {
  for (const char* nonsense : {"48 54 54 50 2F 31 2E 31", "00 07 00 00 01 00 01 03", "00 07 00 00 00 01 01",
                               "00 07 00 00 00 00", "15 03 03 00 02 02"}) {
    AduSplitter splitter;
    feed(splitter, hex(nonsense));
    EXPECT_TRUE(whole_ones(splitter).empty()) << nonsense;
    EXPECT_TRUE(splitter.is_broken()) << nonsense;
    feed(splitter, kFirst);
    EXPECT_TRUE(whole_ones(splitter).empty()) << "nothing says where the next one begins: " << nonsense;
  }
}

TEST(AduSplitter, IsAsNewOnceCleared) {
  AduSplitter splitter;
  feed(splitter, hex("15 03 03 00 02 02"));
  EXPECT_TRUE(whole_ones(splitter).empty());
  splitter.clear();
  feed(splitter, kFirst);
  EXPECT_EQ(whole_ones(splitter), std::vector<Bytes>{kFirst});
}

TEST(AduSplitter, AlwaysHasRoomForAWholeAdu) {
  AduSplitter splitter;
  for (int round = 0; round < 100; ++round) {
    EXPECT_GE(splitter.room().size(), kMaxAdu);
    feed(splitter, std::span(kFirst).first(7));
    EXPECT_TRUE(whole_ones(splitter).empty());
    feed(splitter, std::span(kFirst).subspan(7));
    EXPECT_EQ(whole_ones(splitter).size(), 1u);
  }
}

TEST(AduError, IsSaidInWords) {
  for (const auto error :
       {AduError::too_short, AduError::foreign_protocol, AduError::bad_length, AduError::unknown_function}) {
    EXPECT_NE(describe(error), "unknown");
  }
}

}  // namespace
}  // namespace bluetti::protocol::test
