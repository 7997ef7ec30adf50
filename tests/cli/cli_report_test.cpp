// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "gateway/base/read_file.h"
#include "gateway/cli/tar_gz.h"
#include "gateway/state/state_json.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using test::Outcome;
using test::run_program;
using testing::HasSubstr;

// All that must not get out. None is part of another text of the configuration.
const std::vector<std::string> kPlanted{"swordfish",      "correct horse",  "me@example.com",  "2345000000001",
                                        "a1b2c3d4app",    "e5f6a7b8shared", "Grandma's room",  "tok-0123456789",
                                        "user-777",       "inthefile",      "fromenvironment", "hunter2comment",
                                        "other@mail.org", "98765432109876"};

constexpr std::string_view kConfig = R"(# hunter2comment
[local]
username = "me@example.com"
password = "swordfish"

[[account]]
id = "home"
email = "me@example.com"
password_file = "password"
app_key = "a1b2c3d4app"
totp_shared_key = "${SHARED:-e5f6a7b8shared}"

[[account]]
id = "work"
certificate = "work.pfx"
certificate_password = "correct horse"
username = "${PLANTED}"

[[station]]
id = "living_room"
name = "Grandma's room"
serial = "2345000000001"
model = "AP300"
account = "home"
)";

class Reported : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("gateway.toml", kConfig);
    folder.write("password", "inthefile\n");
    State state{.installation = "0123456789abcdef"};
    state.accounts["home"].sign_in.token = Secret("tok-0123456789");
    state.accounts["home"].sign_in.user = "user-777";
    state.stations["2345000000001"].id = "living_room";
    state.stations["2345000000001"].counters["pv_energy"] = 895.5;
    folder.write("gateway.state.json", state_to_json(state));
    folder.write("log.txt",
                 "[local] connected as me@example.com\n[cloud home] user-777 at other@mail.org has 98765432109876\n"
                 "[living_room] online swordfish tok-0123456789 eyJhbGciOiJIUzI1NiJ9eyJzdWIiOjF9\n");
  }

  Outcome report(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"report", "--config", (folder.path() / "gateway.toml").string(), "--log",
                                         (folder.path() / "log.txt").string(), "--output", archive.string()});
    return run_program(arguments);
  }

  // Names and contents, as tar unpacks them.
  [[nodiscard]] std::string unpacked() const {
    std::string all;
    for (const char* how : {"tar -tzf ", "tar -xzOf "}) {
      std::FILE* pipe = popen((how + archive.string() + " 2>&1").c_str(), "r");
      std::array<char, 4096> buffer;
      while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        all.append(buffer.data(), size);
      EXPECT_EQ(pclose(pipe), 0);
    }
    return all;
  }

  test::TemporaryFolder folder;
  const std::filesystem::path archive = folder.path() / "report.tar.gz";
  const test::ScopedVariable planted{"PLANTED", "fromenvironment"};
};

TEST_F(Reported, HoldsWhatABugReportNeeds) {
  const Outcome outcome = report();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::string content = unpacked();
  for (const char* text :
       {"versions.txt", "config.toml", "plan.json", "state.json", "log.txt", "openssl 3.", "model = \"AP300\"",
        "\"pv_energy\": 895.5", "[living_room] online", "bluetti/living_room"}) {
    EXPECT_THAT(content, HasSubstr(text));
  }
}

TEST_F(Reported, HoldsNothingPrivate) {
  ASSERT_EQ(report().code, 0);
  const std::string content = unpacked();
  for (const std::string& secret : kPlanted) EXPECT_EQ(content.find(secret), std::string::npos) << secret;
  EXPECT_EQ(content.find("eyJhbGciOiJIUzI1NiJ9"), std::string::npos) << "what looks like a token is one";
}

TEST_F(Reported, OfAConfigurationThatIsRefusedHoldsNothingPrivateEither) {
  folder.write("gateway.toml", std::string(kConfig) + "passwrd = \"moreover\"\nserialno = 9876543\n");
  ASSERT_EQ(report().code, 0);
  const std::string content = unpacked();
  for (const std::string& secret : kPlanted) EXPECT_EQ(content.find(secret), std::string::npos) << secret;
  for (const char* secret : {"moreover", "9876543"}) EXPECT_EQ(content.find(secret), std::string::npos) << secret;
  EXPECT_THAT(content, HasSubstr("unknown key"));
}

// What a reporter's house, names and networks may be called. None of it is in the report in any form.
constexpr std::string_view kNamesEverywhere = R"([local]
url = "mqtt://mqtt.alices-house.example:1883"
username = "alice"
password = 'ab1'
client_id = "alice-laptop-7"
base = "alice/flat12"
ca = "/home/alice.smith/secretproject/ca.pem"
[discovery]
birth_topic = "alice/status"
[record]
file = "record.jsonl"
[[account]]
id = "alice_smith"
url = "mqtts://broker.alice.example:18760"
username = "cu"
password = 'Tr0ub4dor&3 "x"'
[[station]]
id = "alices_bedroom"
name = "Alice's bedroom"
model = "AP300"
serial = "2345000000001"
[[station]]
id = "s2"
name = "Bob"
model = "AP300"
serial = "12345678"
)";
constexpr std::string_view kTalkativeLog =
    R"(2026-11-29 10:00:00.123 info  [local] connected as alice serial 2345000000001 short 2345…0001
url-encoded Tr0ub4dor%263%20%22x%22 base64 VHIwdWI0ZG9yJjMgIngi plain Tr0ub4dor&3 "x" mqtt://u:pw12@host.example
short ab1 ; cu ; Bob ; ip 192.168.178.23 10.0.0.1 fe80::1ff:fe23:4567:890a mac AA:BB:CC:DD:EE:FF 11:22:33:44:55:66
Bearer abcdefghijklmnopqrstuvwx eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFU
hexkey deadbeefdeadbeefdeadbeefdeadbeef  serial 12345678 ; 2345 0000 00001 ; 2345-000000001
gps 52.520008, 13.404954 phone +49 170 1234567 alice@example.com alice%40example.com ssid "Alices WLAN"
)";

TEST_F(Reported, SaysOnlyWhatIsKnownToBeHarmless) {
  folder.write("gateway.toml", kNamesEverywhere);
  folder.write("log.txt", kTalkativeLog);
  folder.write(
      "record.jsonl",
      "{\"format\":\"bluetti-gateway record\",\"version\":1,\"gateway\":\"0.1.0\"}\n"
      "{\"t\":1.5,\"from\":\"station\",\"model\":\"AP300\",\"station\":\"71203944\",\"payload\":\"01f8\"}\n"
      "{\"t\":1.5,\"from\":\"station\",\"model\":\"AP300\",\"station\":\"7\",\"payload\":\"00\",\"note\":\"alice\"}\n"
      "alice wrote this line herself\n");
  ASSERT_EQ(report().code, 0);
  const std::string content = unpacked();
  for (const char* secret :
       {"alice",   "Alice",         "Bob",           "192.168", "10.0.0.1",  "AA:BB",    "11:22",
        "fe80",    "12345678",      "2345000000001", "…0001",   "Tr0ub4dor", "VHIwdWI0", "ab1",
        "pw12",    "secretproject", "smith",         "eyJhb",   "dozjgNry",  "deadbeef", "abcdefghijkl",
        "1234567", "52.52",         "13.404",        "flat12",  "bedroom",   "house",    "herself"}) {
    EXPECT_EQ(content.find(secret), std::string::npos) << secret << "\n" << content;
  }
  EXPECT_THAT(content, HasSubstr("2026-11-29 10:00:00.123 info  [local] connected as <"));
  EXPECT_THAT(content, HasSubstr(R"("station":"71203944","payload":"01f8"})"));
}

TEST_F(Reported, TellsOfChangesWithoutWhatSomebodyWrote) {
  folder.write("gateway.toml", std::string(kConfig) + "[control]\nenabled = true\n");
  const std::string begin = R"({"time":"2026-11-29T10:00:00Z","station":"living_room","way":"topic","path":)";
  folder.write("control.jsonl", begin +
                                    R"("ac_eco","wanted":"ON","before":"OFF","after":"ON","outcome":"confirmed"})"
                                    "\n" +
                                    begin +
                                    R"("swordfish","wanted":"Grandma's room","outcome":"refused"})"
                                    "\n" +
                                    "{\"half a line\n");
  ASSERT_EQ(report().code, 0);
  const std::string content = unpacked();
  EXPECT_THAT(content, HasSubstr(R"({"time":"2026-11-29T10:00:00Z","station":"living_room")"));
  EXPECT_THAT(content, HasSubstr(R"("wanted":"ON","before":"OFF","after":"ON","outcome":"confirmed")"));
  for (const char* secret : {"swordfish", "Grandma", "half"})
    EXPECT_EQ(content.find(secret), std::string::npos) << secret;
}

TEST_F(Reported, IsListedBeforeItIsWritten) {
  const Outcome outcome = report({"--dry-run"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("bluetti-gateway-report/config.toml"));
  EXPECT_FALSE(std::filesystem::exists(archive));
}

TEST_F(Reported, IsForItsOwnerAndReplacesNothing) {
  ASSERT_EQ(report().code, 0);
  EXPECT_FALSE(others_can_read(archive));
  EXPECT_EQ(report().code, 2);
  EXPECT_EQ(report({"--force"}).code, 0);
}

TEST(TarGz, IsUnpackedByTar) {
  const test::TemporaryFolder folder;
  const std::string long_text(100'000, 'x');
  const std::vector<ArchivedText> texts{
      {"a/empty", "", ""}, {"a/full", "", long_text + "\n"}, {"a/record", "", std::string(512, 'y')}};
  const auto file = folder.write("a.tar.gz", tar_gz(texts, 1'790'000'000));
  ASSERT_EQ(std::system(("tar -C " + folder.path().string() + " -xzf " + file.string()).c_str()), 0);
  for (const ArchivedText& text : texts) {
    EXPECT_EQ(std::get<std::string>(read_file(folder.path() / text.name)), text.content);
  }
}

}  // namespace
}  // namespace bluetti::gateway::cli
