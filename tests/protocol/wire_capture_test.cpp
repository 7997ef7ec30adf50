// SPDX-License-Identifier: MIT
// Payloads as a cloud broker delivered them, where a collection of captures is at hand (BLUETTI_SHARED).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "tests/protocol/hex.h"

namespace bluetti::protocol::test {
namespace {

std::filesystem::path captures_file() {
  const char* shared = std::getenv("BLUETTI_SHARED");
  const auto folder =
      shared != nullptr ? std::filesystem::path(shared) : std::filesystem::path(SOURCE_ROOT "/../shared");
  return folder / "reference" / "captures.json";
}

void expect_read_answer(const nlohmann::json& capture) {
  const Bytes payload = hex(capture.at("wire_hex").get<std::string>());
  const auto& expected = capture.at("expect");

  ASSERT_EQ(detect(payload), Envelope::v1_2);
  const auto opened = std::get<Opened>(open(Envelope::v1_2, payload));
  EXPECT_EQ(opened.rssi_dbm, expected.at("envelope.rssi_dbm").get<int>());
  EXPECT_EQ(opened.address, expected.at("envelope.register_field").get<int>());

  const auto parsed = parse_frame(opened.frame);
  ASSERT_TRUE(std::holds_alternative<Frame>(parsed)) << describe(std::get<FrameError>(parsed));
  const auto answer = std::get<ReadAnswer>(std::get<Frame>(parsed));
  EXPECT_EQ(answer.unit, capture.at("slave").get<int>());
  EXPECT_EQ(answer.data.size(), expected.at("modbus.byte_count").get<std::size_t>());
  EXPECT_EQ(to_bytes(answer.data), hex(capture.at("hex").get<std::string>()));

  std::array<std::byte, kMaxFrame> buffer{};
  EXPECT_EQ(to_bytes(encode_answer(answer.unit, answer.data, buffer)), to_bytes(opened.frame));
}

TEST(WireCaptures, OpenToTheirRegisters) {
  std::ifstream file(captures_file());
  if (!file) GTEST_SKIP() << "no captures at " << captures_file();
  const auto document = nlohmann::json::parse(file);
  int payloads = 0;
  for (const auto& capture : document.at("captures")) {
    if (!capture.contains("wire_hex")) continue;
    SCOPED_TRACE(capture.at("id").get<std::string>());
    expect_read_answer(capture);
    ++payloads;
  }
  EXPECT_GE(payloads, 2);
}

}  // namespace
}  // namespace bluetti::protocol::test
