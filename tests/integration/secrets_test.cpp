// SPDX-License-Identifier: MIT
// Secrets are planted wherever the gateway is given one, and looked for wherever it speaks: its log with every detail,
// the topics of both brokers, its errors, the files it writes. And a crash leaves no memory behind.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Each is part of what it stands for, so that half of it would be found as well.
constexpr const char* kPlanted[] = {"planted-certificate", "planted-local",    "planted-cloud", "planted-account",
                                    "planted-app-key",     "planted-totp-key", "planted-mail"};

class Secrets : public World {
 protected:
  void SetUp() override {
    const std::string from = certificates().string();
    const Finished made =
        run_to_end({"openssl", "pkcs12", "-export", "-inkey", from + "/client.key", "-in", from + "/client.pem", "-out",
                    (dir.path() / "client.pfx").string(), "-passout", "pass:planted-certificate"});
    ASSERT_EQ(made.code, 0) << made.output;
  }

  // Whoever is asked for the second account is not there; so its errors are told, again and again.
  std::filesystem::path write_planted_config() {
    return dir.write("gateway.toml", R"(
[local]
url = ")" + local.url() + R"("
username = "gateway"
password = "planted-local"
[record]
file = "record.jsonl"
[[account]]
id = "home"
url = ")" + cloud.url() + R"("
certificate = "client.pfx"
certificate_password = "planted-certificate"
username = "gateway"
password = "planted-cloud"
ca = ")" + certificates().string() + R"(/ca.pem"
answer_timeout = 1
reconnect_delay = 1
[[account]]
id = "away"
email = "planted-mail@example.com"
password = "planted-account"
app_key = "planted-app-key"
totp_shared_key = "planted-totp-key"
sign_in_url = "https://127.0.0.1:1"
reconnect_delay = 1
[[station]]
id = "living_room"
model = "AP300"
account = "home"
serial = "2345000000001"
poll = { core = 1 }
[[station]]
id = "cabin"
model = "AP300"
account = "away"
serial = "2345000000002"
)");
  }

  // What is to be searched, under the name of where it is from.
  void collect(std::string where, const std::string& text) { said_[std::move(where)] += text; }
  void collect(const std::string& where, const Subscriber& subscriber) {
    for (const auto& [topic, payload] : subscriber.messages()) collect(where, topic + ' ' + payload + '\n');
  }
  void collect_file(const std::string& name) {
    std::ifstream stream(dir.path() / name, std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    collect(name, text.str());
  }

  [[nodiscard]] std::vector<std::string> found() const {
    std::vector<std::string> places;
    std::size_t bytes = 0;
    for (const auto& [where, text] : said_) {
      bytes += text.size();
      for (const char* secret : kPlanted) {
        if (text.find(secret) != std::string::npos) places.push_back(std::string(secret) + " in " + where);
      }
    }
    std::cout << std::size(kPlanted) << " secrets planted, " << places.size() << " found in " << bytes << " bytes from "
              << said_.size() << " places\n";
    return places;
  }

  std::map<std::string, std::string> said_;
};

TEST_F(Secrets, AreNowhereInWhatTheDaemonSays) {
  start_simulator({"--speed", "60"});
  const Subscriber cloud_watcher(cloud, {"#"});
  const std::string config = write_planted_config().string();
  gateway.emplace(std::vector<std::string>{gateway_binary(), "run", "--config", config, "--log-level", "trace"},
                  dir.path() / "log");
  ASSERT_TRUE(reads("bluetti/living_room/availability", "online")) << gateway->output();
  ASSERT_TRUE(gateway->says("[cloud away]")) << gateway->output();
  cloud.publish("PUB/AP300/2345000000001", "rubbish");
  ASSERT_TRUE(gateway->says("dropped a message")) << gateway->output();
  cloud.stop();
  ASSERT_TRUE(gateway->says("[cloud home] lost the connection")) << gateway->output();
  gateway->signal(SIGHUP);
  gateway->signal(SIGTERM);
  ASSERT_EQ(gateway->wait(), 0);

  collect("log", gateway->output());
  collect("topics of the local broker", watcher);
  collect("topics of the cloud broker", cloud_watcher);
  collect_file("gateway.state.json");
  collect_file("record.jsonl");
  EXPECT_EQ(said_.size(), 5U);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(gateway->output().find("2345000000001"), std::string::npos) << "the log shortens serial numbers";
}

TEST_F(Secrets, AreNowhereInThePlan) {
  const std::string config = write_planted_config().string();
  collect("check", run_to_end({gateway_binary(), "check", "--config", config}).output);
  collect("check --json", run_to_end({gateway_binary(), "check", "--json", "--config", config}).output);
  collect("login", run_to_end({gateway_binary(), "login", "--config", config}).output);
  EXPECT_THAT(found(), testing::Each(HasSubstr("planted-mail"))) << "whose account it is may be shown";
}

// A file with a mistake at every secret.
TEST_F(Secrets, AreNowhereInTheErrorsOfAConfiguration) {
  const std::string config = dir.write("gateway.toml", R"(
[local]
url = "mqtt://gateway:planted-local@127.0.0.1"
password = "planted-local ${UNSET}"
[[account]]
id = "home"
certificate = "client.pfx"
certificate_password = ["planted-certificate"]
pasword = "planted-cloud"
[[account]]
id = "away"
email = "a@example.com"
password = { text = "planted-account" }
app_key = "planted-app-key ${"
totp_shared_key_file = "nowhere"
totp_shared_key = "planted-totp-key"
)")
                                 .string();
  for (const char* command : {"check", "run"}) {
    const Finished result = run_to_end({gateway_binary(), command, "--config", config});
    EXPECT_EQ(result.code, 2);
    collect(command, result.output);
  }
  EXPECT_THAT(found(), IsEmpty()) << said_["check"];
}

TEST_F(Secrets, OfTheCommandLineAreNotInProc) {
  Process reader({gateway_binary(), "listen", "--serial", kSerial, "--model", "AP300", "--broker", cloud.url(),
                  "--certificate", (dir.path() / "client.pfx").string(), "--ca", certificates().string() + "/ca.pem",
                  "--password", "planted-certificate"},
                 dir.path() / "listen");
  ASSERT_TRUE(reader.says("warning: --password: other users could read its value")) << reader.output();
  std::ifstream stream("/proc/" + std::to_string(reader.pid()) + "/cmdline", std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  ASSERT_THAT(text.str(), HasSubstr("--password"));
  collect("/proc/PID/cmdline", text.str());
  collect("output", reader.output());
  EXPECT_THAT(found(), IsEmpty());
}

// Whether a process that is killed by SIGABRT leaves its memory in a file, or with whoever collects crashes.
bool dumps_core(Process& process) {
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  if (prlimit(process.pid(), RLIMIT_CORE, &all, nullptr) != 0) return false;
  process.signal(SIGABRT);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(process.pid()), &info, WEXITED | WNOWAIT);
  return info.si_code == CLD_DUMPED;
}

TEST_F(Secrets, AreInNoCoreDump) {
  Process other({"sh", "-c", "cd " + dir.path().string() + " && exec sleep 60"}, dir.path() / "other");
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's process stays open to its tools";
  if (!dumps_core(other)) GTEST_SKIP() << "nobody leaves a core dump here";
  start_gateway();
  ASSERT_TRUE(reads("bluetti/bridge/availability", "online")) << gateway->output();
  EXPECT_FALSE(dumps_core(*gateway));
}

}  // namespace
}  // namespace bluetti::test
