// SPDX-License-Identifier: MIT
#include "gateway/sign_in/vendor_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

using testing::HasSubstr;

template <typename T>
VendorProblem problem_in(const VendorResult<T>& result) {
  const auto* problem = std::get_if<VendorProblem>(&result);
  return problem ? *problem : VendorProblem{.message = "(no problem)"};
}

TEST(TokenAnswer, NamesTokenAndLifetime) {
  const auto result = read_token(200, R"({"code":0,"data":{"token":"a.b.c","ttl":3600}})");
  EXPECT_EQ(std::get<Token>(result).text.reveal(), "a.b.c");
  EXPECT_EQ(std::get<Token>(result).lifetime, std::chrono::hours(1));
}

TEST(TokenAnswer, LivesAMonthWhereNothingSensibleIsSaid) {
  for (const char* ttl : {"", R"(,"ttl":null)", R"(,"ttl":0)", R"(,"ttl":"soon")", R"(,"ttl":99999999999999)"}) {
    const auto result = read_token(200, std::string(R"({"data":{"token":"a.b")") + ttl + "}}");
    EXPECT_EQ(std::get<Token>(result).lifetime, std::chrono::days(31)) << ttl;
  }
  EXPECT_EQ(std::get<Token>(read_token(200, R"({"data":{"token":"a.b","ttl":"60"}})")).lifetime,
            std::chrono::minutes(1));
}

TEST(TokenAnswer, KnowsWrongCredentialsByCodeOrWords) {
  for (const char* body :
       {R"({"code":20003015})", R"({"msgCode":"20003006"})", R"({"message":"Incorrect account"})",
        R"({"code":1,"msg":"wrong Password"})", R"({"code":1,"message":"account does not exist"})"}) {
    EXPECT_EQ(problem_in(read_token(200, body)).trouble, VendorTrouble::wrong_credentials) << body;
  }
  EXPECT_EQ(problem_in(read_token(401, R"({"code":20003015})")).trouble, VendorTrouble::wrong_credentials);
}

TEST(TokenAnswer, ServiceInTroubleSaysNothingAboutCredentials) {
  EXPECT_EQ(problem_in(read_token(500, R"({"message":"password storage is down"})")).trouble, VendorTrouble::unusable);
  EXPECT_EQ(problem_in(read_token(200, R"({"code":7,"message":"busy"})")).trouble, VendorTrouble::refused);
  EXPECT_EQ(problem_in(read_token(200, "<html>incorrect password")).trouble, VendorTrouble::unusable);
}

TEST(VendorAnswer, TellsAnExpiredTokenFromTheRest) {
  EXPECT_EQ(problem_in(read_user(200, R"({"code":805})")).trouble, VendorTrouble::token_expired);
  EXPECT_EQ(problem_in(read_devices(200, R"({"msgCode":"805","data":null})")).trouble, VendorTrouble::token_expired);
  EXPECT_EQ(problem_in(read_certificate(200, R"({"code":805})")).trouble, VendorTrouble::token_expired);
}

TEST(VendorAnswer, SaysWhatTheServiceSaidWithoutControlCharacters) {
  EXPECT_EQ(problem_in(read_user(200, R"({"code":7,"message":"no\u001b[31m\n"})")).message,
            "user id: refused, code 7: 'no [31m '");
}

TEST(UserAnswer, IsANumberOrAText) {
  EXPECT_EQ(std::get<std::string>(read_user(200, R"({"data":{"uid":77001}})")), "77001");
  EXPECT_EQ(std::get<std::string>(read_user(200, R"({"data":{"uid":"77001"}})")), "77001");
  EXPECT_EQ(problem_in(read_user(200, R"({"data":{}})")).message, "user id: nothing usable in it");
}

TEST(TimeAnswer, IsANumberOrAText) {
  EXPECT_EQ(std::get<std::uint64_t>(read_time(200, R"({"code":0,"data":1790000000123})")), 1'790'000'000'123U);
  EXPECT_EQ(std::get<std::uint64_t>(read_time(200, R"({"code":0,"data":"1790000000123"})")), 1'790'000'000'123U);
  for (const char* data : {"-1", "0", "1.5", "\"12 o'clock\"", "[]", "99999999999999999999"}) {
    EXPECT_EQ(problem_in(read_time(200, std::string(R"({"data":)") + data + "}")).trouble, VendorTrouble::unusable)
        << data;
  }
}

constexpr const char* kDevice =
    R"({"sn":"AP3002345000000001","model":"AP300","subSn":2345000000001,"name":"Cellar","sessionState":"Online",)"
    R"("iotSrvIp":"broker.example:18761","iotConnSecret":"s3cret"})";

TEST(DevicesAnswer, HasTheSameDeviceInEveryShape) {
  const std::string device = kDevice;
  for (const std::string& data : {R"({"deviceList":[)" + device + "]}", "[" + device + "]",
                                  R"([{"group":"g","deviceList":[)" + device + "]}]", device}) {
    const auto result = read_devices(200, R"({"data":)" + data + "}");
    const auto* devices = std::get_if<std::vector<VendorDevice>>(&result);
    ASSERT_TRUE(devices) << data;
    ASSERT_EQ(devices->size(), 1U) << data;
    const VendorDevice& found = devices->front();
    EXPECT_EQ(found.station.serial, "2345000000001");
    EXPECT_EQ(found.station.model, "AP300");
    EXPECT_EQ(found.station.name, "Cellar");
    EXPECT_TRUE(found.station.online);
    EXPECT_EQ(found.full_serial, "AP3002345000000001");
    EXPECT_EQ(found.broker, "broker.example:18761");
    EXPECT_EQ(found.secret.reveal(), "s3cret");
  }
}

TEST(DevicesAnswer, NullsAndMissingKeysAreNothing) {
  const auto result = read_devices(200, R"({"data":[{"sn":"PBOX77","model":"PBOX","iotSrvIp":null}]})");
  const VendorDevice& device = std::get<std::vector<VendorDevice>>(result).at(0);
  EXPECT_EQ(device.station.serial, "77") << "what is left of the full serial";
  EXPECT_TRUE(device.broker.empty());
  EXPECT_TRUE(device.secret.empty());
  EXPECT_FALSE(device.station.online);
}

TEST(DevicesAnswer, AnEmptyListIsAnAnswerAndNoListIsNot) {
  EXPECT_TRUE(std::get<std::vector<VendorDevice>>(read_devices(200, R"({"data":{"deviceList":[]}})")).empty());
  EXPECT_THAT(problem_in(read_devices(200, R"({"data":{}})")).message, HasSubstr("nothing usable"));
  EXPECT_THAT(problem_in(read_devices(200, R"([1,{"data":[]}])")).message, HasSubstr("nothing usable"));
}

TEST(DevicesAnswer, ListsInListsWithoutEndAreNotFollowed) {
  const std::string deep = std::string(5000, '[') + kDevice + std::string(5000, ']');
  EXPECT_TRUE(std::get<std::vector<VendorDevice>>(read_devices(200, R"({"data":)" + deep + "}")).empty());
}

TEST(CertificateAnswer, IsBytesAndNotJson) {
  EXPECT_EQ(std::get<std::string>(read_certificate(200, "\x30\x82")), "\x30\x82");
  EXPECT_EQ(problem_in(read_certificate(200, R"({"code":9,"message":"no"})")).message,
            "certificate: refused, code 9: 'no'");
  EXPECT_EQ(problem_in(read_certificate(302, "")).message,
            "certificate: a redirect to another address (status 302), which is not followed");
}

}  // namespace
}  // namespace bluetti::gateway
