// SPDX-License-Identifier: MIT
// `login` against a service that plays the vendor's part and checks every header, signature and one-time password
// itself: tests/support/vendor_service.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "tests/integration/vendor_service.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// None of these may be seen in what the program says.
constexpr const char* kSecrets[] = {kOwnersPassword, kAppKey, kTotpKey, "sid-000", "made-up-secret"};

class SignInTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!VendorService::can_run()) GTEST_SKIP() << VendorService::kCannotRun;
  }

  // `faults`: as the service names them.
  void start_service(const std::vector<std::string>& faults = {}) {
    service_.emplace(dir_, faults);
    url_ = service_->url();
  }

  std::filesystem::path write_config(const std::string& password = kOwnersPassword) const {
    return dir_.write("gateway.toml",
                      "[[account]]\nid = \"home\"\nemail = \"" + std::string(kEmail) + "\"\npassword = \"" + password +
                          "\"\napp_key = \"" + kAppKey + "\"\ntotp_shared_key = \"" + kTotpKey +
                          "\"\nsign_in_url = \"" + url_ + "\"\n" + authorities_ +
                          "[[station]]\nid = \"living_room\"\nmodel = \"AP300\"\nserial = \"2345000000001\"\n");
  }

  Finished login(std::vector<std::string> extra = {}) const {
    std::vector<std::string> command{gateway_binary(), "login", "--config", (dir_.path() / "gateway.toml").string()};
    command.insert(command.end(), extra.begin(), extra.end());
    Finished result = run_to_end(std::move(command));
    for (const char* secret : kSecrets) EXPECT_THAT(result.output, Not(HasSubstr(secret)));
    return result;
  }

  Finished login_with(const std::vector<std::string>& faults) {
    start_service(faults);
    write_config();
    return login();
  }

  // How often the service has seen this.
  [[nodiscard]] std::size_t asked(const std::string& what) const { return service_->asked(what); }

  [[nodiscard]] std::filesystem::path state_file() const { return dir_.path() / "gateway.state.json"; }

  TempDir dir_;
  std::optional<VendorService> service_;
  std::string url_;
  std::string authorities_ = "sign_in_ca = \"" + VendorService::authorities() + "\"\n";
};

TEST_F(SignInTest, PrintsStationsBrokerAndWhatToPaste) {
  const Finished result = login_with({});
  EXPECT_EQ(result.code, 0) << service_->output();
  EXPECT_THAT(result.output, HasSubstr("mqtts://broker.example:18760"));
  EXPECT_THAT(result.output, HasSubstr("valid until 20"));
  EXPECT_THAT(result.output, HasSubstr("2345000000001"));
  EXPECT_THAT(result.output, HasSubstr("[[station]]\nid = \"living_room\"\nname = \"Living \\\"room\\\"\"\n"
                                       "model = \"AP300\"\nserial = \"2345000000001\"\n"));
  EXPECT_THAT(result.output, HasSubstr("model = \"EP760\"\nserial = \"2345000000002\"\n"));
  EXPECT_EQ(asked("refused"), 0U);
}

TEST_F(SignInTest, PrintsOneJsonDocument) {
  start_service();
  write_config();
  const auto document = nlohmann::json::parse(login({"--json"}).output, nullptr, false);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["broker"], "mqtts://broker.example:18760");
  EXPECT_EQ(document["account"], "home");
  EXPECT_EQ(document["stations"][0]["serial"], "2345000000001");
  EXPECT_EQ(document["stations"][0]["online"], true);
  EXPECT_EQ(document["stations"][1]["online"], false);
}

TEST_F(SignInTest, NeedsNoConfigurationWithAnEmailAddress) {
  start_service();
  const std::filesystem::path state = dir_.path() / "other.json";
  const Finished result = run_to_end({gateway_binary(), "login", "--email", kEmail, "--sign-in-url", url_,
                                      "--sign-in-ca", certificates().string() + "/ca.pem", "--state", state.string()},
                                     {{"BLUETTI_ACCOUNT_PASSWORD", kOwnersPassword},
                                      {"BLUETTI_APP_KEY", kAppKey},
                                      {"BLUETTI_TOTP_SHARED_KEY", kTotpKey}});
  EXPECT_EQ(result.code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("serial = \"2345000000001\""));
  EXPECT_TRUE(std::filesystem::exists(state));
}

TEST_F(SignInTest, WithoutATerminalAndAPasswordIsAUsageError) {
  const Finished result = run_to_end({gateway_binary(), "login", "--email", kEmail, "--app-key", "a",
                                      "--totp-shared-key", "b", "--sign-in-url", "https://127.0.0.1:1"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.output, HasSubstr("BLUETTI_ACCOUNT_PASSWORD"));
}

TEST_F(SignInTest, RemembersTheSessionInAFileOfItsOwnersAlone) {
  ASSERT_EQ(login_with({}).code, 0);
  EXPECT_EQ(login().code, 0);
  EXPECT_EQ(asked("POST /accessToken"), 1U);
  EXPECT_EQ(asked("GET /api/bluuc/uc/v1/basic/get"), 1U);
  EXPECT_EQ(asked("POST /api/midppkic/cert/app/v1/pfx"), 2U);
  struct stat info {};
  ASSERT_EQ(stat(state_file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const std::string state = run_to_end({"cat", state_file().string()}).output;
  for (const char* secret : {kOwnersPassword, kAppKey, kTotpKey}) EXPECT_THAT(state, Not(HasSubstr(secret)));
}

TEST_F(SignInTest, AnExpiredSessionIsReplaced) {
  ASSERT_EQ(login_with({"expire-served"}).code, 0);
  EXPECT_EQ(login().code, 0) << service_->output();
  EXPECT_EQ(asked("refused 805"), 1U);
  EXPECT_EQ(asked("POST /accessToken"), 2U);
}

TEST_F(SignInTest, AFreshSessionThatHasExpiredIsNotReplaced) {
  const Finished result = login_with({"expire-always"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.output, HasSubstr("the session has expired (code 805)"));
  EXPECT_EQ(asked("POST /accessToken"), 1U);
}

TEST_F(SignInTest, RefusedCredentialsAreNeverSentAgain) {
  start_service();
  write_config("guessed");
  for (int run = 0; run < 2; ++run) {
    const Finished result = login();
    EXPECT_EQ(result.code, 3);
    EXPECT_THAT(result.output,
                HasSubstr("the service refuses e-mail and password (code 20003015, 'incorrect password'"));
  }
  EXPECT_EQ(asked("POST /accessToken"), 1U);
  write_config();
  EXPECT_EQ(login().code, 0) << "other credentials are tried";
}

TEST_F(SignInTest, ThreeLogInsAnHourAndNotMore) {
  start_service({"log-in=500"});
  write_config();
  for (int run = 0; run < 3; ++run) EXPECT_THAT(login().output, HasSubstr("log-in: status 500"));
  const Finished result = login();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.output, HasSubstr("3 log-ins within an hour"));
  EXPECT_THAT(result.output, HasSubstr("the next one is allowed at 20"));
  EXPECT_EQ(asked("POST /accessToken"), 3U);
}

TEST_F(SignInTest, ATokenOfTwoHoursIsUsedWhenNoLogInIsAllowed) {
  start_service({"short-life"});
  write_config();
  for (int run = 0; run < 5; ++run) EXPECT_EQ(login().code, 0);
  EXPECT_EQ(asked("POST /accessToken"), 3U);
}

TEST_F(SignInTest, AServiceThatNobodyVouchesForIsNotTrusted) {
  start_service();
  authorities_.clear();
  write_config();
  const Finished result = login();
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.output, HasSubstr("its certificate is not trusted"));
  EXPECT_EQ(asked("POST"), 0U);
}

TEST_F(SignInTest, AServiceWithAnotherHostsCertificateIsNotTrusted) {
  start_service({"other-host"});
  url_.replace(url_.find("127.0.0.1"), 9, "127.0.0.2");
  write_config();
  const Finished result = login();
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.output, HasSubstr("its certificate is for another host"));
  EXPECT_EQ(asked("POST"), 0U);
}

TEST_F(SignInTest, ANetworkThatIsNotThereIsNoLogIn) {
  url_ = "https://127.0.0.1:1";
  write_config();
  for (int run = 0; run < 4; ++run) {
    const Finished result = login();
    EXPECT_EQ(result.code, 3);
    EXPECT_THAT(result.output, HasSubstr("cannot be reached"));
  }
}

TEST_F(SignInTest, AnAccountWithoutEmailIsAUsageError) {
  dir_.write("gateway.toml",
             "[[account]]\nid = \"home\"\ncertificate = \"a.pfx\"\n[[station]]\nid = \"a\"\nserial = \"1\"\n");
  const Finished result = login();
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.output, HasSubstr("no account has `email`"));
}

// The whole way: signed in, with the certificate that came of it connected to the cloud broker, values at home.
class SignInRun : public SignInTest, public testing::WithParamInterface<const char*> {
 protected:
  std::filesystem::path write_run_config(const std::string& server_check) const {
    return dir_.write("gateway.toml",
                      "[local]\nurl = \"" + local_.url() + "\"\n[[account]]\nid = \"home\"\nemail = \"" + kEmail +
                          "\"\npassword = \"" + kOwnersPassword + "\"\napp_key = \"" + kAppKey +
                          "\"\ntotp_shared_key = \"" + kTotpKey + "\"\nsign_in_url = \"" + url_ + "\"\n" +
                          authorities_ + "url = \"" + cloud_.url() + "\"\n" + server_check +
                          "\n[[station]]\nid = \"one\"\nmodel = \"AP300\"\nserial = \"2345000000001\"\n");
  }
  Process start_simulator() const {
    const std::string folder = certificates().string();
    return Process({gateway_binary(), "simulate", "--broker", cloud_.url(), "--ca", folder + "/ca.pem", "--certificate",
                    folder + "/client.pfx", "--password", std::string(kPassword), "--first-serial", "2345000000001"},
                   dir_.path() / "simulator.log");
  }

  Broker cloud_{Broker::Kind::mutual_tls};
  Broker local_{Broker::Kind::plain};
};

TEST_P(SignInRun, BringsValuesHomeAndLogsInOnceOverRestarts) {
  start_service();
  const std::filesystem::path config = write_run_config(GetParam());
  const Process simulator = start_simulator();
  const Subscriber watcher(local_, {"#"});
  for (int start = 1; start <= 2; ++start) {
    Process gateway({gateway_binary(), "run", "--config", config.string()},
                    dir_.path() / (std::to_string(start) + ".log"));
    EXPECT_TRUE(gateway.says("[one] online")) << gateway.output() << service_->output();
    gateway.signal(SIGTERM);
    EXPECT_EQ(gateway.wait(), 0);
    for (const char* secret : kSecrets) EXPECT_THAT(gateway.output(), Not(HasSubstr(secret)));
  }
  EXPECT_TRUE(eventually([&] { return !watcher.latest("bluetti/one/soc").empty(); }));
  EXPECT_EQ(asked("POST /accessToken"), 1U);
}

INSTANTIATE_TEST_SUITE_P(ServerCheck, SignInRun,
                         testing::Values("verify = \"pinned\"", "security_level = 2\nverify = \"none\""));

// What the service may do, and what comes of it.
struct Case {
  const char* name;
  std::vector<std::string> faults;
  int code;
  const char* says;
};
void PrintTo(const Case& one, std::ostream* stream) {
  *stream << one.name;
}

class SignInCase : public SignInTest, public testing::WithParamInterface<Case> {};

TEST_P(SignInCase, EndsAsItShould) {
  const Finished result = login_with(GetParam().faults);
  EXPECT_EQ(result.code, GetParam().code) << result.output << service_->output();
  EXPECT_THAT(result.output, HasSubstr(GetParam().says)) << service_->output();
}

const auto kName = [](const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Harmless, SignInCase,
    testing::Values(
        Case{"TimeAsText", {"text-time"}, 0, "mqtts://broker.example:18760"},
        Case{"NoBrokerInTheList", {"null-broker"}, 0, "mqtts://iot.example:18761"},
        Case{"BrokerInTheSearchAlone", {"in-search"}, 0, "mqtts://broker.example:18760"},
        Case{"OtherListOfStations", {"devices=500"}, 0, "mqtts://broker.example:18760"},
        Case{"OtherListInGroups", {"devices=error", "groups"}, 0, "mqtts://broker.example:18760"},
        Case{"NoListOfStations", {"devices=garbage", "home=500"}, 0, "warning: list of stations: status 500"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    LogIn, SignInCase,
    testing::Values(
        Case{"WrongPassword", {"wrong-password"}, 3, "the service refuses e-mail and password (code 20003015"},
        Case{"WrongPasswordInWords",
             {"wrong-password", "wrong-password-text"},
             3,
             "refuses e-mail and password (code 1, 'Incorrect account information')"},
        Case{"NoSuchAccount", {"no-account"}, 3, "refuses e-mail and password (code 20003006"},
        Case{"WrongAppKey", {"other-app-key"}, 3, "log-in: refused, code 40001"},
        Case{"ServerError", {"log-in=500"}, 1, "log-in: status 500: 'password storage is down'"},
        Case{"NoJson", {"log-in=garbage"}, 1, "log-in: not JSON"},
        Case{"NoToken", {"log-in=empty"}, 1, "log-in: nothing usable in it"},
        Case{"OddToken", {"text-token"}, 1, "a token of a form that nobody knows"},
        Case{"Redirect", {"log-in=redirect"}, 1, "a redirect to another address (status 302)"},
        Case{"EndlessAnswer", {"log-in=huge"}, 1, "the answer is larger than 1000000 bytes"},
        Case{"Hangs", {"log-in=hang"}, 3, "did not answer"}, Case{"Closes", {"log-in=close"}, 3, "did not answer"},
        Case{"ErrorThatEchoesAKey", {"log-in=error"}, 3, "log-in: refused, code 1234: 'no, ***"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Afterwards, SignInCase,
    testing::Values(Case{"UserGarbage", {"user=garbage"}, 1, "user id: not JSON"},
                    Case{"UserServerError", {"user=500"}, 1, "user id: status 500"},
                    Case{"TimeMissing", {"time=empty"}, 1, "time of the service: nothing usable in it"},
                    Case{"TimeErrorThatEchoesTheToken", {"time=error"}, 3, "code 1234: 'no, *** ***"},
                    Case{"BadSignature", {"bad-signature"}, 1, "the certificate's password cannot be read"},
                    Case{"WrongTotpKey", {"other-totp-key"}, 3, "certificate: refused, code 40009"},
                    Case{"JsonInsteadOfCertificate", {"pfx=error"}, 3, "certificate: refused, code 1234"},
                    Case{"GarbageInsteadOfCertificate", {"pfx=garbage"}, 1, "the certificate cannot be opened"},
                    Case{"TornCertificate", {"torn-pfx"}, 1, "the certificate cannot be opened"},
                    Case{"EndlessCertificate", {"pfx=huge"}, 1, "the answer is larger than 1000000 bytes"}),
    kName);

}  // namespace
}  // namespace bluetti::test
