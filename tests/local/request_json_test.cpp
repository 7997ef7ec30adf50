// SPDX-License-Identifier: MIT
#include "gateway/local/request_json.h"

#include <gtest/gtest.h>

namespace bluetti::test {
namespace {

using namespace gateway;
using namespace gateway::read;

TEST(ReadRequest, NamesStationAndBlock) {
  const auto parsed = parse_request(R"({"id":"a-1","station":"living_room","block":1300})");
  const auto* request = std::get_if<Request>(&parsed);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->id, "a-1");
  EXPECT_EQ(request->station, "living_room");
  EXPECT_EQ(request->block, 1300);
  EXPECT_FALSE(request->count);
}

TEST(ReadRequest, ComesBackAsItWasWritten) {
  const Request request{.id = "a1", .station = "garage", .block = 65000, .count = 17};
  EXPECT_EQ(to_json(request), R"({"id":"a1","station":"garage","block":65000,"count":17})");
  const auto parsed = parse_request(to_json(request));
  EXPECT_EQ(std::get<Request>(parsed).count, 17);
}

struct Malformed {
  std::string text;
  std::string id;  // what could be read of it
  std::string reason;
};

void PrintTo(const Malformed& malformed, std::ostream* to) {
  *to << malformed.text.substr(0, 80);
}

class MalformedReadRequest : public testing::TestWithParam<Malformed> {};
TEST_P(MalformedReadRequest, IsRefusedWithAReason) {
  const auto parsed = parse_request(GetParam().text);
  const auto* wrong = std::get_if<WrongRequest>(&parsed);
  ASSERT_NE(wrong, nullptr);
  EXPECT_EQ(wrong->id, GetParam().id);
  EXPECT_EQ(wrong->reason, GetParam().reason);
}

constexpr const char* kWrongId = "\"id\" must be a text of A-Z, a-z, 0-9, _ and -, at most 64 long";

INSTANTIATE_TEST_SUITE_P(
    Cases, MalformedReadRequest,
    testing::Values(
        Malformed{"", "", "not a JSON object"}, Malformed{"[]", "", "not a JSON object"},
        Malformed{"{\"id\":", "", "not a JSON object"}, Malformed{"\xff\xfe", "", "not a JSON object"},
        Malformed{std::string(2000, ' '), "", "longer than 1024 bytes"}, Malformed{"{}", "", kWrongId},
        Malformed{R"({"id":"../x","station":"a","block":1})", "", kWrongId},
        Malformed{R"({"id":"a/b","station":"a","block":1})", "", kWrongId},
        Malformed{R"({"id":"#","station":"a","block":1})", "", kWrongId},
        Malformed{R"({"id":7,"station":"a","block":1})", "", kWrongId},
        Malformed{"{\"id\":\"" + std::string(65, 'a') + "\",\"station\":\"a\",\"block\":1}", "", kWrongId},
        Malformed{R"({"id":"a","block":1})", "a", "\"station\" must be the id of a station"},
        Malformed{R"({"id":"a","station":"b"})", "a", "\"block\" must be a number from 0 to 65535"},
        Malformed{R"({"id":"a","station":"b","block":-1})", "a", "\"block\" must be a number from 0 to 65535"},
        Malformed{R"({"id":"a","station":"b","block":65536})", "a", "\"block\" must be a number from 0 to 65535"},
        Malformed{R"({"id":"a","station":"b","block":1.5})", "a", "\"block\" must be a number from 0 to 65535"},
        Malformed{R"({"id":"a","station":"b","block":18446744073709551615})", "a",
                  "\"block\" must be a number from 0 to 65535"},
        Malformed{R"({"id":"a","station":"b","block":1,"count":0})", "a", "\"count\" must be a number from 1 to 1000"},
        Malformed{R"({"id":"a","station":"b","block":1,"count":1001})", "a",
                  "\"count\" must be a number from 1 to 1000"},
        Malformed{R"({"id":"a","station":"b","block":65535,"count":2})", "a",
                  "\"count\" reaches beyond register 65535"},
        Malformed{R"({"id":"a","station":"b","block":1,"cuont":2})", "a",
                  "unknown key \"cuont\"; did you mean 'count'?"},
        Malformed{R"({"id":"a","station":"b","block":1,"value":2})", "a", "unknown key \"value\""}));

TEST(ReadAnswer, CarriesRegistersAndWhatIsHidden) {
  const Answer answer{.id = "a1",
                      .station = "garage",
                      .model = "AP300",
                      .outcome = RegisterData{.first = 1300,
                                              .data = {std::byte{0x01}, std::byte{0xf4}},
                                              .payloads = {{std::byte{0x00}, std::byte{0x03}}},
                                              .hidden = {{.first = 1301, .count = 2}}},
                      .values = R"({"frequency":50.0})"};
  EXPECT_EQ(to_json(answer),
            R"({"id":"a1","station":"garage","model":"AP300","block":1300,"registers":"01f4","payloads":["0003"],)"
            R"("hidden":[[1301,2]],"values":{"frequency":50.0}})");
  const auto parsed = parse_answer(to_json(answer));
  ASSERT_TRUE(parsed);
  const auto& data = std::get<RegisterData>(parsed->outcome);
  EXPECT_EQ(data.first, 1300);
  EXPECT_EQ(data.data, std::get<RegisterData>(answer.outcome).data);
  EXPECT_EQ(data.payloads, std::get<RegisterData>(answer.outcome).payloads);
  EXPECT_EQ(data.hidden, std::get<RegisterData>(answer.outcome).hidden);
}

TEST(ReadAnswer, CarriesWhyThereIsNone) {
  const Answer answer{.id = "a1",
                      .station = {},
                      .model = {},
                      .outcome = ReadFailure{FailureKind::busy, "too often", std::chrono::seconds(2)},
                      .values = {}};
  EXPECT_EQ(to_json(answer), R"({"id":"a1","error":"too often","reason":"busy","retry_after":2})");
  const auto parsed = parse_answer(to_json(answer));
  ASSERT_TRUE(parsed);
  const auto& failure = std::get<ReadFailure>(parsed->outcome);
  EXPECT_EQ(failure.kind, FailureKind::busy);
  EXPECT_EQ(failure.retry, std::chrono::seconds(2));
}

TEST(ReadAnswer, OfAnotherFormIsNone) {
  for (const char* text : {"", "[]", "{}", R"({"id":"a","registers":"0","block":1})", R"({"error":"x"})",
                           R"({"error":"x","reason":"?"})", R"({"registers":"0000","block":70000})"}) {
    EXPECT_FALSE(parse_answer(text)) << text;
  }
}

}  // namespace
}  // namespace bluetti::test
