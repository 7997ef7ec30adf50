// SPDX-License-Identifier: MIT
#include "gateway/station/hide_secrets.h"

#include <gtest/gtest.h>

#include <memory>
#include <span>

#include "gateway/station/read_transaction.h"
#include "gateway/station/station.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

using namespace gateway;

// Block 100 of model TEST has a password in registers 104 and 105.
RegisterData read_of(std::uint16_t first, int count, const std::vector<std::string>& answers) {
  const schemas::Model& model = *test_catalog().model("TEST");
  DecoderCache decoders(test_catalog());
  Station station({.model = &model, .poll = {}}, decoders);
  station.session_up({});
  RegisterData data;
  const auto keep = [&data](ReadOutcome outcome) { data = std::get<RegisterData>(std::move(outcome)); };
  station.submit(std::make_unique<ReadTransaction>(
      model, RegisterRange{.first = first, .count = count, .block = nullptr}, ReadPolicy{}, TimePoint::max(), keep));
  for (const std::string& payload : answers) {
    (void)station.next_request({});
    EXPECT_FALSE(station.on_message(payload, false, {}).dropped);
  }
  hide_secrets(test_catalog(), model, data);
  return data;
}

bool holds(const std::vector<std::byte>& bytes, std::string_view text) {
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).find(text) !=
         std::string_view::npos;
}

TEST(HideSecrets, MakesThemZeroInRegistersAndPayloads) {
  const RegisterData data = read_of(102, 4, {answer("0057 003c 6f70 656e")});
  EXPECT_FALSE(holds(data.data, "open"));
  EXPECT_FALSE(holds(data.payloads[0], "open"));
  EXPECT_EQ(data.data[1], std::byte{0x57}) << "what is no secret stays";
  EXPECT_EQ(data.hidden, (std::vector<Hidden>{{.first = 104, .count = 2}}));
}

TEST(HideSecrets, HidesTheHalfOfASecretThatWasRead) {
  const RegisterData data = read_of(105, 1, {answer("656e")});
  EXPECT_FALSE(holds(data.data, "en"));
  EXPECT_EQ(data.hidden, (std::vector<Hidden>{{.first = 105, .count = 1}}));
}

TEST(HideSecrets, FindsThemInTheSecondPayloadToo) {
  const auto bytes_of = [](const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    return std::vector(bytes.begin(), bytes.end());
  };
  RegisterData data{.first = 102,
                    .data = bytes_of(std::string("\0\x57\0\x3copen", 8)),
                    .payloads = {bytes_of(answer("0057 003c")), bytes_of(answer("6f70 656e"))}};
  hide_secrets(test_catalog(), *test_catalog().model("TEST"), data);
  EXPECT_FALSE(holds(data.data, "open"));
  EXPECT_TRUE(holds(data.payloads[0], std::string("\0\x57\0\x3c", 4)));
  EXPECT_FALSE(holds(data.payloads[1], "open"));
}

TEST(HideSecrets, LeavesOtherRegistersAlone) {
  const RegisterData data = read_of(5000, 2, {answer("6f70 656e")});
  EXPECT_TRUE(holds(data.data, "open"));
  EXPECT_TRUE(data.hidden.empty());
}

}  // namespace
}  // namespace bluetti::test
