// SPDX-License-Identifier: MIT
// From nothing to a configuration that works: at a terminal and in the browser, against a station on the local network,
// a certificate, and a service that plays the vendor's part (tests/support/vendor_service.py).
#include <gmock/gmock.h>
#include <httplib.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "tests/integration/lan_fixture.h"
#include "tests/integration/terminal.h"
#include "tests/integration/vendor_service.h"
#include "tests/support/pseudo_terminal.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Guided : public LanTest {
 protected:
  [[nodiscard]] std::filesystem::path config() const { return dir.path() / "gateway.toml"; }
  [[nodiscard]] std::string content_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(dir.path() / name).rdbuf();
    return text.str();
  }
  [[nodiscard]] unsigned mode_of(const std::string& name) const {
    struct stat about {};
    return stat((dir.path() / name).c_str(), &about) == 0 ? about.st_mode & 0777U : 0;
  }
  [[nodiscard]] std::vector<std::string> login(std::vector<std::string> extra = {}) const {
    std::vector<std::string> command{gateway_binary(), "login", "--config", config().string()};
    command.insert(command.end(), extra.begin(), extra.end());
    return command;
  }
  bool start_service() {
    if (!VendorService::can_run()) return false;
    service.emplace(dir);
    url = service->url();
    return true;
  }
  [[nodiscard]] std::vector<std::string> service_options() const {
    return {"--sign-in-url", url, "--sign-in-ca", VendorService::authorities()};
  }
  // Another integration, as a user has installed it.
  [[nodiscard]] std::string other_integration() const {
    const auto folder = dir.path() / "ha/custom_components/bluetti_cloud";
    std::filesystem::create_directories(folder / "api");
    std::ofstream(folder / "const.py") << "APP_ID = \"" << kAppKey << "\"\n";
    std::ofstream(folder / "api/totp.py") << "SHARED_PRIVATE_KEY = \"" << kTotpKey << "\"\n";
    return (dir.path() / "ha").string();
  }
  void start_first_run() {
    port = free_port();
    std::ofstream(config()) << "# mine\n[local]\nurl = \"" << local.url() << "\"\n[http]\nlisten = \"127.0.0.1:" << port
                            << "\"\n";
    gateway.emplace(std::vector<std::string>{gateway_binary(), "run", "--config", config().string()},
                    dir.path() / "gateway.log",
                    std::map<std::string, std::string>{{"BLUETTI_SIGN_IN_URL", url},
                                                       {"BLUETTI_SIGN_IN_CA", VendorService::authorities()}});
    ASSERT_TRUE(gateway->says("page at ")) << gateway->output();
  }
  [[nodiscard]] httplib::Result post(const std::string& path, const httplib::Params& params) const {
    httplib::Client client("127.0.0.1", port);
    client.set_read_timeout(kPatience);
    return client.Post(path, params);
  }
  [[nodiscard]] std::string get(const std::string& path) const {
    httplib::Client client("127.0.0.1", port);
    const auto result = client.Get(path);
    return result ? result->body : "";
  }
  [[nodiscard]] static std::string draft_in(const std::string& body) {
    constexpr std::string_view kBefore = "name=\"draft\" value=\"";
    const std::size_t at = body.find(kBefore);
    return at == std::string::npos ? "" : body.substr(at + kBefore.size(), 32);
  }

  std::optional<VendorService> service;
  std::string url = "https://127.0.0.1:1";
  std::uint16_t port = 0;
};

TEST_F(Guided, AtATerminalAStationOnTheLocalNetworkIsFoundWrittenAndRead) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const OnLan station("Balco260");
  Terminal terminal(login());
  ASSERT_TRUE(terminal.answer("1, 2 or 3 [1]: ", "")) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Its address", "127.0.0.1:1")) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Its address", station.place())) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Station name", "Balcony")) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Your MQTT broker", local.url())) << terminal.shown();
  ASSERT_TRUE(terminal.answer("y or n", "y")) << terminal.shown();
  EXPECT_EQ(terminal.wait(), 0) << terminal.shown();
  EXPECT_THAT(terminal.shown(), HasSubstr("asking 127.0.0.1:1 what it is, for 20 s at most ..."));
  EXPECT_THAT(terminal.shown(), HasSubstr("Found: Balco260, serial number 2345000000001"));
  EXPECT_THAT(terminal.shown(), HasSubstr("First reading of balcony"));
  EXPECT_THAT(terminal.shown(),
              testing::EndsWith("Now run: bluetti-gateway run --config " + config().string() + "\r\n"));
  EXPECT_THAT(terminal.shown(), HasSubstr("%"));
  EXPECT_EQ(run_to_end({gateway_binary(), "check", "--config", config().string()}).code, 0);
  EXPECT_EQ(mode_of("gateway.toml"), 0600U);
}

TEST_F(Guided, AtATerminalACertificateIsCheckedUntilItIsGood) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  Terminal terminal(login());
  const std::string folder = certificates().string();
  ASSERT_TRUE(terminal.answer("1, 2 or 3 [1]: ", "2"));
  for (const auto& [file, password] :
       {std::pair{"nowhere.pfx", ""}, {"client.pfx", "wrong"}, {"expired.pfx", "demo"}, {"client.pfx", "demo"}}) {
    ASSERT_TRUE(terminal.answer("Certificate file (.pfx)", folder + "/" + file)) << terminal.shown();
    if (*password == '\0') continue;  // there is no file to open
    ASSERT_TRUE(terminal.answer("Password of ", password)) << terminal.shown();
  }
  ASSERT_TRUE(terminal.answer("Serial number of a station", "AP3002345000000001")) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Station name", ""));
  ASSERT_TRUE(terminal.answer("Another serial number", ""));
  ASSERT_TRUE(terminal.answer("Your MQTT broker", local.url()));
  ASSERT_TRUE(terminal.answer("y or n", "n"));
  EXPECT_EQ(terminal.wait(), 0) << terminal.shown();
  EXPECT_THAT(terminal.shown(), HasSubstr("No such file or directory"));
  EXPECT_THAT(terminal.shown(), HasSubstr("the password does not open the PKCS#12"));
  EXPECT_THAT(terminal.shown(), HasSubstr("it expired on 2020-02-01"));
  EXPECT_THAT(terminal.shown(), HasSubstr("It belongs to CN=demo, was issued by CN=BLUETTI Gateway demo authority"));
  EXPECT_THAT(terminal.shown(), HasSubstr("[[station]]"));
  EXPECT_FALSE(std::filesystem::exists(config())) << "nothing was written";
}

TEST_F(Guided, AtATerminalOneSignsInWithTheKeysOfAnotherIntegration) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  if (!start_service()) GTEST_SKIP() << VendorService::kCannotRun;
  Terminal terminal(login(service_options()));
  ASSERT_TRUE(terminal.answer("1, 2 or 3 [1]: ", "3"));
  ASSERT_TRUE(terminal.answer("E-mail address", kEmail));
  ASSERT_TRUE(terminal.answer("Password of ", kOwnersPassword));
  ASSERT_TRUE(terminal.answer("Folder of another integration", dir.path().string())) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Folder of another integration", other_integration())) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Which of them", "1")) << terminal.shown();
  ASSERT_TRUE(terminal.answer("Your MQTT broker", local.url()));
  ASSERT_TRUE(terminal.answer("y or n", "y"));
  EXPECT_EQ(terminal.wait(), 3) << "the broker that the service names does not exist" << terminal.shown();
  EXPECT_THAT(terminal.shown(), HasSubstr("neither app_key nor totp_shared_key found"));
  EXPECT_THAT(terminal.shown(), HasSubstr("Written to "));
  for (const char* secret : {kOwnersPassword, kAppKey, kTotpKey}) {
    EXPECT_THAT(terminal.shown(), Not(HasSubstr(secret)));
    EXPECT_THAT(content_of("gateway.toml"), Not(HasSubstr(secret)));
  }
  EXPECT_EQ(content_of("home.password"), kOwnersPassword);
  EXPECT_EQ(mode_of("home.app-key"), 0600U);
  EXPECT_EQ(run_to_end({gateway_binary(), "check", "--config", config().string()}).code, 0);
  EXPECT_EQ(service->asked("POST /accessToken"), 1U) << "the session is remembered";
}

TEST_F(Guided, WithoutATerminalOptionsDoTheSame) {
  if (!start_service()) GTEST_SKIP() << VendorService::kCannotRun;
  std::ofstream(config()) << "# mine\n[local]\nurl = \"" << local.url() << "\"\n";
  std::vector<std::string> options = service_options();
  for (const std::string& more : {std::string("--email"), std::string(kEmail), std::string("--from"),
                                  other_integration(), std::string("--write")}) {
    options.push_back(more);
  }
  const Finished result = run_to_end(login(options), {{"BLUETTI_ACCOUNT_PASSWORD", kOwnersPassword}});
  EXPECT_THAT(result.output, HasSubstr("Written to "));
  EXPECT_THAT(content_of("gateway.toml"), testing::StartsWith("# mine\n"));
  EXPECT_THAT(content_of("gateway.toml"), HasSubstr("serial = \"2345000000002\""));
  EXPECT_THAT(content_of("gateway.state.json"), HasSubstr("\"token\"")) << "beside the configuration, where run looks";
  const Finished again = run_to_end(login({"--write"}));
  EXPECT_EQ(again.code, 0) << again.output;
  EXPECT_THAT(again.output, HasSubstr("already has all of it"));
}

TEST_F(Guided, TheFirstRunSaysThatThereIsNothingToReadYet) {
  start_first_run();
  EXPECT_THAT(gateway->output(), HasSubstr("station: there is none yet"));
  EXPECT_THAT(get("/"), HasSubstr("href=\"setup\""));
  EXPECT_TRUE(eventually([&] { return get("/readyz").find("no station is configured yet") != std::string::npos; }));
  const Finished check = run_to_end({gateway_binary(), "check", "--config", config().string()});
  EXPECT_EQ(check.code, 0) << check.output;
  EXPECT_THAT(check.output, HasSubstr("OK, 1 warning"));
  const Finished health = run_to_end({gateway_binary(), "health", "--config", config().string()});
  EXPECT_EQ(health.code, 1);
  EXPECT_THAT(health.output, HasSubstr("no station is configured yet"));
  const Finished once = run_to_end({gateway_binary(), "run", "--once", "--config", config().string()});
  EXPECT_EQ(once.code, 2) << once.output;
}

TEST_F(Guided, InTheBrowserAStationOnTheLocalNetworkIsWrittenAndRead) {
  const OnLan station("Balco260");
  start_first_run();
  const auto choice = post("/setup/lan", {{"address", station.place()}});
  ASSERT_TRUE(choice);
  ASSERT_EQ(choice->status, 200) << choice->body;
  EXPECT_THAT(choice->body, HasSubstr("Balco260 2345000000001"));
  const auto end = post("/setup/finish", {{"draft", draft_in(choice->body)}, {"station_0", "yes"}});
  ASSERT_EQ(end->status, 303) << end->body;
  EXPECT_THAT(content_of("gateway.toml"), testing::StartsWith("# mine\n"));
  EXPECT_TRUE(gateway->says("[balco260] online")) << gateway->output();
  EXPECT_TRUE(eventually([&] { return get("/setup/done").find("State of charge ") != std::string::npos; }));
  EXPECT_TRUE(reads_something("bluetti/balco260/soc"));
  EXPECT_EQ(post("/setup/lan", {{"address", station.place()}})->status, 403) << "it was the first run";
}

TEST_F(Guided, InTheBrowserAStationThatOnlyRefusesIsNotCalledSilent) {
  const BadStation station(dir, "exception 2");
  start_first_run();
  const auto answer = post("/setup/lan", {{"address", station.place()}});
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("it answers Modbus TCP, but only with Modbus exception 2"));
}

// The step before asks a host that stays silent for ten seconds.
TEST_F(Guided, InTheBrowserAStepWhosePageIsClosedDoesNotHoldUpTheNext) {
  const BadStation silent(dir, "silent");
  start_first_run();
  const auto status = [this] {
    const auto answer = post("/setup/certificate", {});
    return answer ? answer->status : 0;
  };
  {
    httplib::Client page("127.0.0.1", port);
    page.set_read_timeout(kPatience);
    std::thread step([&] {
      const auto is_refused = [&] {
        const auto answer = page.Post("/setup/lan", httplib::Params{{"address", silent.place()}});
        return answer && answer->status == 429;
      };
      while (is_refused()) continue;
    });
    EXPECT_TRUE(eventually([&] { return status() == 429; })) << "somebody waits for it";
    EXPECT_EQ(status(), 429);
    page.stop();
    step.join();
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(eventually([&] { return status() == 422; }));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}
TEST_F(Guided, InTheBrowserOneSignsInOnceAndTheGatewayGoesOnWithTheSession) {
  if (!start_service()) GTEST_SKIP() << VendorService::kCannotRun;
  start_first_run();
  const httplib::Params wrong{
      {"email", kEmail}, {"password", "guessed"}, {"app_key", kAppKey}, {"totp_shared_key", kTotpKey}};
  const auto refused = post("/setup/account", wrong);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 422);
  EXPECT_THAT(refused->body, HasSubstr("the service refuses e-mail and password"));
  EXPECT_THAT(refused->body, Not(HasSubstr("guessed")));
  httplib::Params right = wrong;
  right.erase("password");
  right.emplace("password", kOwnersPassword);
  const auto choice = post("/setup/account", right);
  ASSERT_EQ(choice->status, 200) << choice->body;
  EXPECT_THAT(choice->body, HasSubstr("2345000000001"));
  ASSERT_EQ(post("/setup/finish", {{"draft", draft_in(choice->body)}, {"station_0", "yes"}})->status, 303);
  EXPECT_THAT(content_of("gateway.toml"), HasSubstr("serial = \"2345000000001\""));
  EXPECT_THAT(content_of("gateway.toml"), Not(HasSubstr("2345000000002"))) << "it was not ticked";
  ASSERT_TRUE(eventually([&] { return service->asked("POST /api/midppkic/cert/app/v1/pfx") == 2; }))
      << gateway->output();
  EXPECT_EQ(service->asked("POST /accessToken"), 2U) << "the wrong and the right one";
  for (const char* secret : {kOwnersPassword, kAppKey, kTotpKey, "guessed", "sid-000"}) {
    EXPECT_THAT(gateway->output(), Not(HasSubstr(secret)));
    EXPECT_THAT(get("/log"), Not(HasSubstr(secret)));
  }
}

TEST_F(Guided, AHugeFormIsRefused) {
  start_first_run();
  EXPECT_EQ(post("/setup/certificate", {{"certificate", std::string(70'000, 'x')}})->status, 413);
}

}  // namespace
}  // namespace bluetti::test
