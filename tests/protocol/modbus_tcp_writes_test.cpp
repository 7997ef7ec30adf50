// SPDX-License-Identifier: MIT
// What real stations answered to writes over Modbus TCP, from tests/data/writes/modbus-tcp.json.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "protocol/mbap.h"

namespace bluetti::protocol::test {
namespace {

using nlohmann::json;

json writes() {
  std::ifstream file(SOURCE_ROOT "/tests/data/writes/modbus-tcp.json");
  return json::parse(file);
}

// The answer as it travelled, opened and held against the write that it belongs to.
WriteVerdict verdict_on(const json& line, std::uint16_t value) {
  const std::array<std::uint16_t, 1> values{value};
  const WriteRequest request{.unit = 1,
                             .function = kWriteRegister,
                             .first_register = line.at("register").get<std::uint16_t>(),
                             .values = values};
  std::array<std::byte, kMaxAdu> buffer{};
  const auto adu =
      line.contains("exception")
          ? encode_adu(
                5,
                ExceptionAnswer{.unit = 1, .function = kWriteRegister, .code = line["exception"].get<std::uint8_t>()},
                buffer)
          : encode_adu(5, WriteEcho{.unit = 1, .address = line["answered_as"].get<std::uint16_t>(), .value = value},
                       buffer);
  const auto opened = modbus_tcp().open(adu);
  const auto answer = write_answer_in(std::get<Arrived>(opened).frame);
  if (!answer) return {};
  return match_write({.request = request, .previous = {}}, *answer);
}

TEST(ModbusTcpWrites, AreUnderstoodByTheRegisterOfTheAppThatAnswersThem) {
  const json lines = writes();
  for (const json& line : lines) {
    SCOPED_TRACE(line.dump());
    const WriteVerdict verdict = verdict_on(line, 1);
    if (line.contains("exception")) {
      EXPECT_EQ(verdict.match, WriteMatch::exception);
      EXPECT_EQ(verdict.exception_code, kIllegalDataAddress);
    } else {
      EXPECT_EQ(verdict.match, WriteMatch::other_register);
      EXPECT_EQ(verdict.echoed_register, line["answered_as"].get<int>());
    }
  }
  EXPECT_EQ(lines.size(), 15u);
}

}  // namespace
}  // namespace bluetti::protocol::test
