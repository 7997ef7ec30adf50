// SPDX-License-Identifier: MIT
// Payloads as a cloud broker delivered them, from tests/data/captures.
#include <gtest/gtest.h>

#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "tests/protocol/hex.h"
#include "tests/support/captures.h"

namespace bluetti::protocol::test {
namespace {

void expect_read_answer(const nlohmann::json& capture) {
  const Bytes payload = hex(capture.at("wire_hex").get<std::string>());
  ASSERT_EQ(detect(payload), Envelope::v1_2);
  const auto opened = std::get<Opened>(open(Envelope::v1_2, payload));
  EXPECT_EQ(opened.rssi_dbm, capture.at("rssi_dbm").get<int>());
  EXPECT_EQ(opened.address, 0);  // an answer does not say which registers it holds

  const auto parsed = parse_frame(opened.frame);
  ASSERT_TRUE(std::holds_alternative<Frame>(parsed)) << describe(std::get<FrameError>(parsed));
  const auto answer = std::get<ReadAnswer>(std::get<Frame>(parsed));
  EXPECT_EQ(answer.unit, capture.at("slave").get<int>());
  EXPECT_EQ(to_bytes(answer.data), hex(capture.at("hex").get<std::string>()));

  std::array<std::byte, kMaxFrame> buffer{};
  EXPECT_EQ(to_bytes(encode_answer(answer.unit, answer.data, buffer)), to_bytes(opened.frame));
}

TEST(WireCaptures, OpenToTheirRegisters) {
  int payloads = 0;
  for (const auto& capture : bluetti::test::captures()) {
    if (!capture.contains("wire_hex")) continue;
    SCOPED_TRACE(capture.at("id").get<std::string>());
    expect_read_answer(capture);
    ++payloads;
  }
  EXPECT_GE(payloads, 2);
}

}  // namespace
}  // namespace bluetti::protocol::test
