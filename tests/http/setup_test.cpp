// SPDX-License-Identifier: MIT
// Setting up in the browser: who may, what becomes of what was typed, and what is written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "gateway/http/forms.h"
#include "gateway/http/setup_desk.h"
#include "gateway/http/site.h"
#include "tests/http/snapshot_fixture.h"
#include "tests/protocol/pkcs12_maker.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::http {
namespace {

namespace fs = std::filesystem;
using protocol::test::Certified;
using protocol::test::issue;
using test::get;
using testing::HasSubstr;
using testing::Not;

constexpr TimePoint kSetUpAt{std::chrono::seconds(100)};
constexpr const char* kSetUpToken = "0123456789abcdef";
constexpr const char* kBoundary = "----x7";
constexpr const char* kFilePassword = "correct horse";

Request posted(std::string path, std::string body) {
  Request request = get(std::move(path));
  request.method = "POST";
  request.headers.origin = "http://127.0.0.1:8089";
  request.headers.content_type = "application/x-www-form-urlencoded";
  request.body = std::move(body);
  return request;
}

std::string part(const std::string& name, const std::string& content) {
  return "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"a.pfx\"\r\nContent-Type: application/x-pkcs12\r\n\r\n" + content + "\r\n";
}

class SetUpInTheBrowser : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(file) << "# mine\n[http]\nlisten = \"127.0.0.1:8089\"\n";
    auto empty = std::make_shared<Snapshot>();
    empty->at = kSetUpAt;
    site.use(std::move(empty), 0);
  }
  Answer answer_to(const Request& request, TimePoint now = kSetUpAt) { return answer_of(site, request, now); }
  static Answer answer_of(Site& site, const Request& request, TimePoint now = kSetUpAt) {
    auto outcome = site.answer(request, now, now);
    if (auto* work = std::get_if<Site::OpenWork>(&outcome)) return work->work();
    return std::get<Answer>(outcome);
  }
  [[nodiscard]] static std::string pfx(const char* not_after = "20400101000000Z") {
    const Certified authority = issue({.name = "Authority", .is_authority = true});
    const Certified client = issue({.name = "owner", .issuer = &authority, .not_after = not_after});
    const auto bytes = protocol::test::make_pkcs12(
        {.key = client.key.get(), .certificates = {client.certificate.get(), authority.certificate.get()}});
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  Request post_certificate(const std::string& content, const std::string& password = kFilePassword) {
    Request request = posted("/setup/certificate",
                             part("certificate", content) + part("password", password) + "--" + kBoundary + "--\r\n");
    request.headers.content_type = std::string("multipart/form-data; boundary=") + kBoundary;
    return request;
  }
  [[nodiscard]] static std::string draft_in(const Answer& answer) {
    constexpr std::string_view kBefore = "name=\"draft\" value=\"";
    const std::size_t at = answer.body->find(kBefore);
    return at == std::string::npos ? "" : answer.body->substr(at + kBefore.size(), 32);
  }
  [[nodiscard]] std::string config() const {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  const test::TemporaryFolder folder;
  const fs::path file = folder.path() / "gateway.toml";
  std::vector<SetUpDone> done;
  const std::shared_ptr<SetupDesk> desk =
      std::make_shared<SetupDesk>(file,
                                  Environment{.variable = [](std::string_view) { return std::nullopt; },
                                              .names = [] { return std::vector<std::string>(); }},
                                  [this](SetUpDone what) { done.push_back(std::move(what)); });
  History history;
  Site site{HttpConfig{}, "en", history, "epoch", WallTime{}, desk};
};

TEST_F(SetUpInTheBrowser, ACertificateAndASerialNumberBecomeAConfiguration) {
  EXPECT_EQ(answer_to(get("/setup")).status, 200);
  EXPECT_EQ(answer_to(get("/setup/certificate")).status, 200);
  const Answer choice = answer_to(post_certificate(pfx()));
  ASSERT_EQ(choice.status, 200) << *choice.body;
  EXPECT_THAT(*choice.body, HasSubstr("CN=owner, issued by CN=Authority"));
  EXPECT_THAT(*choice.body, HasSubstr("valid until 2040-01-01"));
  EXPECT_THAT(*choice.body, Not(HasSubstr(kFilePassword)));
  const Answer end = answer_to(
      posted("/setup/finish", "draft=" + draft_in(choice) + "&serials=AP3002345000000001%0D%0A&broker=mqtt%3A%2F%2Fa"));
  ASSERT_EQ(end.status, 303) << *end.body;
  EXPECT_THAT(config(), HasSubstr("# mine\n[http]"));
  EXPECT_THAT(config(), HasSubstr("[local]\nurl = \"mqtt://a\""));
  EXPECT_THAT(config(), HasSubstr("certificate = \"home.pfx\"\ncertificate_password_file = "));
  EXPECT_THAT(config(), HasSubstr("model = \"AP300\"\nserial = \"2345000000001\""));
  EXPECT_THAT(config(), Not(HasSubstr(kFilePassword)));
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done.front().account, "home");
  EXPECT_EQ(desk->drafts(), 0U);
  const Answer waiting = answer_to(get("/setup/done"));  // the configuration has not been taken over yet
  EXPECT_EQ(waiting.status, 200);
  EXPECT_EQ(waiting.headers.back().first, "Refresh");
}

TEST_F(SetUpInTheBrowser, AWrongCertificateIsToldAtOnceAndNothingOfItShown) {
  for (const auto& [content, password, says] :
       {std::tuple{pfx(), "wrong word", "the password does not open the PKCS#12"},
        std::tuple{pfx("20200131000000Z"), kFilePassword, "it expired on 2020-01-31"},
        std::tuple{std::string("hello"), kFilePassword, "this is not a PKCS#12 file"},
        std::tuple{std::string(), kFilePassword, "choose the file"}}) {
    const Answer answer = answer_to(post_certificate(content, password));
    EXPECT_EQ(answer.status, 422);
    EXPECT_THAT(*answer.body, HasSubstr(says));
    EXPECT_THAT(*answer.body, Not(HasSubstr(password)));
  }
  EXPECT_EQ(desk->drafts(), 0U);
}

TEST_F(SetUpInTheBrowser, WhatIsMissingInAnAccountIsAskedForAgainWithoutTheSecrets) {
  const Answer answer = answer_to(posted("/setup/account", "email=me%40example.com&password=made-up-word"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(*answer.body, HasSubstr("value=\"me@example.com\""));
  EXPECT_THAT(*answer.body, Not(HasSubstr("made-up-word")));
}

TEST_F(SetUpInTheBrowser, ADraftIsGoneAfterAQuarterOfAnHour) {
  const std::string draft = draft_in(answer_to(post_certificate(pfx())));
  EXPECT_EQ(desk->drafts(), 1U);
  desk->expire(kSetUpAt + SetupDesk::kDraftLasts - std::chrono::seconds(1));
  EXPECT_EQ(desk->drafts(), 1U);
  desk->expire(kSetUpAt + SetupDesk::kDraftLasts);
  EXPECT_EQ(desk->drafts(), 0U);
  EXPECT_EQ(answer_to(posted("/setup/finish", "draft=" + draft + "&serials=2345000000001")).status, 410);
}

TEST_F(SetUpInTheBrowser, ManyDraftsTakeNoMemory) {
  for (int i = 0; i < 6; ++i) (void)answer_to(post_certificate(pfx()));
  EXPECT_EQ(desk->drafts(), SetupDesk::kMostDrafts);
}

TEST_F(SetUpInTheBrowser, WhatCannotBeWrittenIsShownToBePasted) {
  fs::create_directory(folder.path() / ".gateway.toml.new");  // in the way of the new one
  const std::string draft = draft_in(answer_to(post_certificate(pfx())));
  const Answer answer =
      answer_to(posted("/setup/finish", "draft=" + draft + "&serials=2345000000001&broker=mqtt%3A%2F%2Fa"));
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(*answer.body, HasSubstr("could not be written: File exists"));
  EXPECT_THAT(*answer.body, HasSubstr("[[station]]"));
  EXPECT_THAT(*answer.body, HasSubstr("home.certificate-password"));
  EXPECT_THAT(*answer.body, Not(HasSubstr(kFilePassword)));
  EXPECT_TRUE(done.empty());
  fs::remove(folder.path() / ".gateway.toml.new");
  EXPECT_EQ(
      answer_to(posted("/setup/finish", "draft=" + draft + "&serials=2345000000001&broker=mqtt%3A%2F%2Fa")).status, 303)
      << "what was typed is there for another try";
}

TEST_F(SetUpInTheBrowser, WithoutAStationOrWithAWrongBrokerNothingIsWritten) {
  const std::string draft = "draft=" + draft_in(answer_to(post_certificate(pfx())));
  EXPECT_EQ(answer_to(posted("/setup/finish", draft + "&serials=")).status, 422);
  EXPECT_EQ(answer_to(posted("/setup/finish", draft + "&serials=nonsense")).status, 422);
  EXPECT_EQ(answer_to(posted("/setup/finish", draft + "&serials=1&broker=http%3A%2F%2Fa")).status, 422);
  EXPECT_EQ(desk->drafts(), 1U) << "it can be corrected";
}

TEST_F(SetUpInTheBrowser, AnotherSiteCannot) {
  Request request = posted("/setup/lan", "address=127.0.0.1");
  request.headers.origin = "http://evil.example";
  EXPECT_EQ(answer_to(request).status, 403);
  request.headers.origin.clear();
  request.headers.fetch_site = "cross-site";
  EXPECT_EQ(answer_to(request).status, 403);
  request = posted("/setup/lan", "address=127.0.0.1");
  request.headers.host = "evil.example";
  EXPECT_EQ(answer_to(request).status, 421);
}

TEST_F(SetUpInTheBrowser, AnotherMachineCannotWithoutTheToken) {
  for (Request request : {get("/setup"), get("/setup/lan"), posted("/setup/lan", "address=a")}) {
    request.peer = {"192.0.2.7", false};
    EXPECT_EQ(answer_to(request).status, 403) << request.method << request.path;
    request.peer = {"127.0.0.1", true};
    request.headers.forwarded = "192.0.2.7";
    EXPECT_EQ(answer_to(request).status, 403) << "through a proxy";
  }
}

TEST_F(SetUpInTheBrowser, AfterTheFirstRunItTakesTheTokenEvenOnThisMachine) {
  HttpConfig with_token;
  with_token.token = Secret(kSetUpToken);
  for (const bool has_token : {false, true}) {
    Site other{has_token ? with_token : HttpConfig{}, "en", history, "epoch", WallTime{}, desk};
    other.use(test::snapshot_of(test::station_view(), kSetUpAt), 0);
    EXPECT_EQ(answer_of(other, get("/setup")).status, has_token ? 303 : 403);
    EXPECT_EQ(answer_of(other, posted("/setup/finish", "")).status, has_token ? 401 : 403);
    if (!has_token) continue;
    Request request = get("/setup/account");
    request.headers.authorization = std::string("Bearer ") + kSetUpToken;
    EXPECT_EQ(answer_of(other, request).status, 200);
  }
}

TEST_F(SetUpInTheBrowser, HomeAssistantsIngressMayOnTheFirstRun) {
  HttpConfig config;
  config.ingress = true;
  Site other{config, "en", history, "epoch", WallTime{}, desk};
  auto empty = std::make_shared<Snapshot>();
  empty->at = kSetUpAt;
  other.use(std::move(empty), 0);
  Request request = posted("/setup/account", "email=a");
  request.peer = {std::string(kSupervisor), false};
  request.headers.origin = "https://home.example:8123";
  request.headers.fetch_site = "same-origin";
  EXPECT_EQ(answer_of(other, request).status, 422);
  request.headers.fetch_site = "cross-site";
  EXPECT_EQ(answer_of(other, request).status, 403);
}

TEST_F(SetUpInTheBrowser, TheFirstReadingIsShownWhenItIsThere) {
  Answer answer = answer_to(get("/setup/done"));
  EXPECT_EQ(answer.status, 404) << "nothing was written";
  auto waiting = std::make_shared<StationView>();
  waiting->name = "Shed";
  site.use(test::snapshot_of(waiting, kSetUpAt), 0);
  answer = answer_to(get("/setup/done"));
  EXPECT_THAT(*answer.body, HasSubstr("waiting for the first answer"));
  EXPECT_EQ(answer.headers.back().first, "Refresh") << "without scripts it goes on by itself";
  site.use(test::snapshot_of(test::station_view(), kSetUpAt), 0);
  answer = answer_to(get("/setup/done"));
  EXPECT_THAT(*answer.body, HasSubstr("State of charge 87 %"));
  EXPECT_TRUE(answer.headers.empty());
}

TEST_F(SetUpInTheBrowser, InGermanEveryWordIsGerman) {
  Request request = get("/setup/account");
  request.query = "de";
  EXPECT_THAT(*answer_to(request).body, HasSubstr("Passwort des Kontos"));
}

TEST_F(SetUpInTheBrowser, WithoutADeskThereIsNothing) {
  Site other{HttpConfig{}, "en", history, "epoch", WallTime{}};
  auto empty = std::make_shared<Snapshot>();
  empty->at = kSetUpAt;
  other.use(std::move(empty), 0);
  EXPECT_EQ(answer_of(other, get("/setup")).status, 404);
}

TEST(ParseMultipart, GivesFilesAsTheyAre) {
  const std::string content("a\0\r\n--b\r\n", 9);
  const auto fields = parse_multipart("multipart/form-data; boundary=\"----x7\"",
                                      part("certificate", content) + part("password", "") + "------x7--\r\n");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->at("certificate"), content);
  EXPECT_EQ(fields->at("password"), "");
}

TEST(ParseMultipart, RefusesWhatIsCutOffOrHasNoBoundary) {
  const std::string whole = part("a", "b") + "--" + kBoundary + "--\r\n";
  const std::string type = std::string("multipart/form-data; boundary=") + kBoundary;
  ASSERT_TRUE(parse_multipart(type, whole));
  for (std::size_t size = 0; size + 4 < whole.size(); ++size) {
    EXPECT_FALSE(parse_multipart(type, whole.substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_multipart("multipart/form-data", whole));
  EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=" + std::string(71, 'x'), whole));
}

}  // namespace
}  // namespace bluetti::gateway::http
