// SPDX-License-Identifier: MIT
#include "gateway/state/state_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/state_fixture.h"

namespace bluetti::gateway {
namespace {

using nlohmann::json;
using test::content_of;
using test::full_state;
using testing::HasSubstr;

State state_of(const std::string& document) {
  auto read = state_from_json(document);
  if (const auto* fault = std::get_if<std::string>(&read)) throw std::runtime_error(*fault);
  return std::get<State>(std::move(read));
}

TEST(StateJson, SaysWhatItIs) {
  const json document = json::parse(state_to_json(full_state()));
  EXPECT_EQ(document["format"], "bluetti-gateway state");
  EXPECT_EQ(document["version"], 1);
}

TEST(StateJson, EverythingComesBack) {
  const State state = full_state();
  EXPECT_EQ(content_of(state_of(state_to_json(state))), content_of(state));
}

TEST(StateJson, WritesEqualTextsOnceAndSharesThemAfterLoading) {
  const std::string document = state_to_json(full_state());
  EXPECT_EQ(json::parse(document)["texts"].size(), 2U);
  const State state = state_of(document);
  EXPECT_EQ(state.stations.at("2345000000001").paths, state.stations.at("2345000000002").paths);  // the same vector
  EXPECT_EQ(state.stations.at("2345000000003").paths, nullptr);
}

TEST(StateJson, KeepsWholeSecondsOfATime) {
  State state = full_state();
  state.accounts["home"].sign_in.token_expires = WallTime(std::chrono::milliseconds(1'999));
  const State read = state_of(state_to_json(state));
  EXPECT_EQ(read.accounts.at("home").sign_in.token_expires, WallTime(std::chrono::seconds(1)));
}

TEST(StateJson, ATimeBefore1970BecomesItsBegin) {
  State state = full_state();
  state.accounts["home"].sign_in.token_expires = WallTime(std::chrono::seconds(-5));
  const State read = state_of(state_to_json(state));
  EXPECT_EQ(read.accounts.at("home").sign_in.token_expires, WallTime());
}

TEST(StateJson, ACounterWithoutANumberIsForgotten) {
  State state = full_state();
  state.stations["2345000000001"].counters = {{"broken", std::numeric_limits<double>::quiet_NaN()}, {"whole", 7.5}};
  const auto counters = state_of(state_to_json(state)).stations.at("2345000000001").counters;
  EXPECT_THAT(counters, testing::ElementsAre(testing::Pair("whole", 7.5)));
}

TEST(StateJson, WordsOfAServiceNeedNotBeUtf8) {
  State state = full_state();
  state.accounts["home"].sign_in.refused = "wrong \xff";
  EXPECT_EQ(state_of(state_to_json(state)).accounts.at("home").sign_in.refused, "wrong \xef\xbf\xbd");
}

TEST(StateJson, ADocumentWithoutComponentsHasNone) {
  State state = full_state();
  state.stations["2345000000003"].documents["topic"] = nullptr;
  const State read = state_of(state_to_json(state));
  EXPECT_TRUE(read.stations.at("2345000000003").documents.at("topic")->empty());
}

TEST(StateJson, MissingKeysKeepTheirDefaultsAndUnknownOnesArePassedOver) {
  const State read = state_of(R"({"format": "bluetti-gateway state", "version": 1, "installation": "0123456789abcdef",
                                  "weather": "fine", "accounts": {"home": {"colour": 3}}})");
  EXPECT_EQ(read.accounts.count("home"), 1U);
  EXPECT_TRUE(read.stations.empty());
}

TEST(StateJson, EveryPieceCutOffIsNoticed) {
  const std::string document = state_to_json(full_state());
  for (std::size_t size = 0; size + 1 < document.size(); ++size) {  // the last is the line end
    EXPECT_TRUE(std::holds_alternative<std::string>(state_from_json(document.substr(0, size)))) << size;
  }
}

// Puts `value`, in JSON, at `pointer` of a good document.
struct Damage {
  const char* pointer;
  const char* value;
  const char* fault;
};
void PrintTo(const Damage& row, std::ostream* out) {
  *out << row.pointer << ' ' << row.value;
}
class Damaged : public testing::TestWithParam<Damage> {};

TEST_P(Damaged, IsRefusedWithAReason) {
  json document = json::parse(state_to_json(full_state()));
  document[json::json_pointer(GetParam().pointer)] = json::parse(GetParam().value);
  const auto read = state_from_json(document.dump());
  ASSERT_TRUE(std::holds_alternative<std::string>(read));
  EXPECT_THAT(std::get<std::string>(read), HasSubstr(GetParam().fault));
}

constexpr const char* kNotOurs = "it is not a state file of this program";
INSTANTIATE_TEST_SUITE_P(
    Places, Damaged,
    testing::Values(
        Damage{"", "[]", kNotOurs}, Damage{"", "null", kNotOurs}, Damage{"", "{}", kNotOurs},
        Damage{"/format", "\"diary\"", kNotOurs}, Damage{"/format", "1", kNotOurs},
        Damage{"/version", "2", "version 2, which this program does not know"},
        Damage{"/version", "0", "version 0, which"}, Damage{"/version", "\"1\"", "\"version\" must be a whole number"},
        Damage{"/version", "1.5", "\"version\" must be a whole number"},
        Damage{"", R"({"format": "bluetti-gateway state"})", "\"version\" is missing"},
        Damage{"", R"({"format": "bluetti-gateway state", "version": 1})", "\"installation\" must be 16 hexadecimal"},
        Damage{"/installation", "7", "\"installation\" must be a text"},
        Damage{"/installation", "\"0123456789ABCDEF\"", "\"installation\" must be 16 hexadecimal digits"},
        Damage{"/installation", "\"0123456789abcde\"", "\"installation\" must be 16 hexadecimal digits"},
        Damage{"/texts", "{}", "\"texts\" must be a list"},
        Damage{"/texts/0", "\"a\"", "every item of \"texts\" must be a list"},
        Damage{"/texts/0/0", "1", "\"texts\" must hold lists of texts"},
        Damage{"/accounts", "[]", "\"accounts\" must be an object"},
        Damage{"/accounts/home", "null", "every item of \"accounts\" must be an object"},
        Damage{"/accounts/home/client_id", "1", "\"client_id\" must be a text"},
        Damage{"/accounts/home/pinned_certificate", "null", "\"pinned_certificate\" must be a text"},
        Damage{"/accounts/home/sign_in", "\"\"", "\"sign_in\" must be an object"},
        Damage{"/accounts/home/sign_in/token", "[]", "\"token\" must be a text"},
        Damage{"/accounts/home/sign_in/token_expires", "-1", "\"token_expires\" must be a whole number"},
        Damage{"/accounts/home/sign_in/token_expires", "true", "\"token_expires\" must be a whole number"},
        Damage{"/accounts/home/sign_in/token_expires", "9223372037", "\"token_expires\" is later than any time"},
        Damage{"/accounts/home/sign_in/token_expires", "18446744073709551615", "\"token_expires\" is later than any"},
        Damage{"/accounts/home/sign_in/user", "4711", "\"user\" must be a text"},
        Damage{"/accounts/home/sign_in/device", "{}", "\"device\" must be a text"},
        Damage{"/accounts/home/sign_in/log_ins", "{}", "\"log_ins\" must be a list"},
        Damage{"/accounts/home/sign_in/log_ins/0", "\"1\"", "every item of \"log_ins\" must be a whole number"},
        Damage{"/accounts/home/sign_in/log_ins/0", "9223372037", "\"log_ins\" is later than any time"},
        Damage{"/accounts/home/sign_in/refused", "false", "\"refused\" must be a text"},
        Damage{"/accounts/home/sign_in/refused_credentials", "1", "\"refused_credentials\" must be a text"},
        Damage{"/stations", "\"\"", "\"stations\" must be an object"},
        Damage{"/stations/2345000000001", "[]", "every item of \"stations\" must be an object"},
        Damage{"/stations/2345000000001/base", "1", "\"base\" must be a text"},
        Damage{"/stations/2345000000001/id", "1", "\"id\" must be a text"},
        Damage{"/stations/2345000000001/paths", "[\"a\"]", "\"paths\" must be a whole number"},
        Damage{"/stations/2345000000001/paths", "2", "\"paths\" names texts that are not there"},
        Damage{"/stations/2345000000001/documents", "[]", "\"documents\" must be an object"},
        Damage{"/stations/2345000000001/documents/x", "-1", "every item of \"documents\" must be a whole number"},
        Damage{"/stations/2345000000001/documents/x", "99", "\"documents\" names texts that are not there"},
        Damage{"/stations/2345000000001/counters", "[]", "\"counters\" must be an object"},
        Damage{"/stations/2345000000001/counters/x", "\"1\"", "every item of \"counters\" must be a number"}));

TEST(StateJson, SaysNothingOfTheContentThatItRefuses) {
  std::string document = state_to_json(full_state());
  document.insert(document.find("token-that") + 5, "\"");  // broken right behind the beginning of the token
  EXPECT_EQ(std::get<std::string>(state_from_json(document)), "it is not JSON, or not all of it is there");
}

}  // namespace
}  // namespace bluetti::gateway
