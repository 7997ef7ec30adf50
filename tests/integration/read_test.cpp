// SPDX-License-Identifier: MIT
// `scan`, `raw` and `listen` as a person runs them: the real binary, a broker with TLS, simulated stations.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

struct Printed {
  int code = -1;
  std::string out;
  std::string err;
};

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

class ReadCommands : public World {
 protected:
  std::vector<std::string> command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), gateway_binary());
    return arguments;
  }
  // With the configuration of this world.
  std::vector<std::string> configured(std::vector<std::string> arguments) {
    const auto file = write_config(setup);
    for (const char* more : {"--config", file.c_str(), "--retry-initial-delay", "0.1"}) arguments.emplace_back(more);
    return command(std::move(arguments));
  }
  static Printed run(std::vector<std::string> command) {
    const TempDir errors;
    const std::string file = (errors.path() / "err").string();
    command.insert(command.begin(), {"sh", "-c", "exec \"$0\" \"$@\" 2>\"$ERR\""});
    const Finished finished = run_to_end(std::move(command), {{"ERR", file}});
    return {finished.code, finished.output, text_of(file)};
  }
  // Everything by option.
  std::vector<std::string> unconfigured(const std::string& name) {
    const std::string folder = certificates().string();
    return command({name, "--serial", kSerial, "--model", "AP300", "--certificate", folder + "/client.pfx", "--ca",
                    folder + "/ca.pem", "--password", std::string(kPassword), "--broker", cloud.url(),
                    "--retry-initial-delay", "0.1"});
  }
  void start_open_gateway() {
    setup.local = "requests = true\n";
    start_gateway(setup);
    ASSERT_TRUE(reads("bluetti/living_room/availability", "online")) << gateway->output();
  }

  GatewaySetup setup;
};

TEST_F(ReadCommands, ScanPrintsTheFieldsOfTheBlocks) {
  start_simulator();
  const Printed scan = run(configured({"scan", "--blocks", "100,1300"}));
  EXPECT_EQ(scan.code, 0) << scan.err;
  EXPECT_THAT(scan.out, HasSubstr("Block 100 ("));
  EXPECT_THAT(scan.out, HasSubstr("Block 1300 (grid), "));
  EXPECT_THAT(scan.out, HasSubstr("Field"));
  EXPECT_THAT(scan.out, HasSubstr("frequency"));
  EXPECT_THAT(scan.out, Not(HasSubstr("\x1b"))) << "no colours for a pipe";
  EXPECT_EQ(scan.err, "reading through a session of its own, on " + cloud.url() + "\n") << "no progress either";
}

TEST_F(ReadCommands, ScanPrintsOneDocumentForPrograms) {
  start_simulator();
  const Printed scan = run(configured({"scan", "--json"}));
  EXPECT_EQ(scan.code, 0) << scan.err;
  const json document = json::parse(scan.out);
  EXPECT_EQ(document["station"]["id"], "living_room");
  EXPECT_EQ(document["station"]["serial"], kSerial);
  EXPECT_EQ(document["through"], "session");
  ASSERT_GT(document["blocks"].size(), 5U) << "all that are polled";
  for (const json& block : document["blocks"]) EXPECT_FALSE(block["values"].empty()) << block;
  EXPECT_THAT(scan.out, Not(HasSubstr("password")));
}

TEST_F(ReadCommands, NeedNoConfiguration) {
  start_simulator();
  auto arguments = unconfigured("scan");
  arguments.insert(arguments.end(), {"--blocks", "1300", "--json"});
  const Printed scan = run(arguments);
  EXPECT_EQ(scan.code, 0) << scan.err;
  EXPECT_TRUE(json::parse(scan.out)["blocks"][0]["values"].contains("frequency"));
}

TEST_F(ReadCommands, RawAlsoDecodesIfAsked) {
  start_simulator();
  const Printed raw = run(configured({"raw", "--block", "1300", "--count", "3", "--decode", "--json"}));
  EXPECT_EQ(raw.code, 0) << raw.err;
  const json document = json::parse(raw.out);
  EXPECT_EQ(document.at("registers").size(), 3U);
  EXPECT_EQ(document.at("blocks").at(0).at("name"), "grid");
  EXPECT_TRUE(document.at("blocks").at(0).at("values").at("frequency").is_number()) << raw.out;
}

TEST_F(ReadCommands, ScanTakesAGroupByName) {
  start_simulator();
  const Printed scan = run(configured({"scan", "--blocks", "battery"}));
  EXPECT_EQ(scan.code, 0) << scan.err;
  EXPECT_THAT(scan.out, HasSubstr("Block 6000 ("));
  EXPECT_THAT(scan.out, Not(HasSubstr("Block 1300 (")));
}

TEST_F(ReadCommands, RawPrintsRegistersAndPayloads) {
  start_simulator();
  const Printed text = run(configured({"raw", "--block", "1300", "--count", "3"}));
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("Payload, 21 bytes: 01 f8 0f"));
  EXPECT_THAT(text.out, HasSubstr("    1302"));

  const Printed scan = run(configured({"raw", "--block", "1300", "--count", "3", "--json"}));
  const json document = json::parse(scan.out);
  EXPECT_EQ(document["block"], 1300);
  EXPECT_EQ(document["registers"].size(), 3U);
  EXPECT_NEAR(document["registers"][0].get<int>(), 500, 10) << "50 Hz";
  EXPECT_EQ(document["payloads"].size(), 1U);
}

TEST_F(ReadCommands, RawHidesSecrets) {
  start_simulator();
  const Printed scan = run(configured({"raw", "--block", "11000", "--json"}));
  EXPECT_EQ(scan.code, 0) << scan.err;
  const json document = json::parse(scan.out);
  EXPECT_FALSE(document["hidden"].empty());
  for (const json& hidden : document["hidden"]) {
    for (int at = 0; at < hidden[1].get<int>(); ++at) {
      EXPECT_EQ(document["registers"][static_cast<std::size_t>(hidden[0].get<int>() - 11000 + at)], 0);
    }
  }
  EXPECT_THAT(run(configured({"raw", "--block", "11000"})).out, HasSubstr("(secret)"));
}

TEST_F(ReadCommands, GoThroughTheGatewayThatRuns) {
  start_simulator();
  start_open_gateway();
  const Printed scan = run(configured({"scan", "--blocks", "100,1300", "--json"}));
  EXPECT_EQ(scan.code, 0) << scan.err;
  EXPECT_EQ(scan.err, "reading through the running gateway on " + local.url() + "\n");
  const json document = json::parse(scan.out);
  EXPECT_EQ(document["through"], "gateway");
  EXPECT_TRUE(document["blocks"][1]["values"].contains("frequency"));

  const Printed raw = run(configured({"raw", "--block", "11000", "--json"}));
  EXPECT_EQ(raw.code, 0) << raw.err;
  EXPECT_FALSE(json::parse(raw.out)["hidden"].empty());

  const Printed listen = run(configured({"listen", "--blocks", "1300", "--interval", "0.2", "--count", "2", "--json"}));
  EXPECT_EQ(listen.code, 0) << listen.err;
  EXPECT_EQ(std::count(listen.out.begin(), listen.out.end(), '\n'), 2);
  EXPECT_TRUE(gateway->says("connected to " + cloud.url()));
  EXPECT_THAT(gateway->output(), Not(HasSubstr("lost the connection"))) << "its session is left alone";
}

TEST_F(ReadCommands, LeaveAGatewayAloneThatTakesNoRequests) {
  start_simulator();
  start_gateway(setup);
  ASSERT_TRUE(reads("bluetti/living_room/availability", "online")) << gateway->output();
  const Printed scan = run(configured({"scan", "--blocks", "1300"}));
  EXPECT_EQ(scan.code, 3);
  EXPECT_EQ(scan.out, "");
  EXPECT_EQ(scan.err, "a gateway runs on " + local.url() +
                          " and does not take requests: set `requests = true` in its [local] and restart it, or stop "
                          "it, or take the account's one session from it with --direct\n");
  EXPECT_THAT(gateway->output(), Not(HasSubstr("lost the connection")));

  const Printed direct = run(configured({"scan", "--blocks", "1300", "--direct"}));
  EXPECT_EQ(direct.code, 0) << direct.err;
  EXPECT_THAT(direct.out, HasSubstr("frequency"));
}

TEST_F(ReadCommands, TryASilentStationAgainAndGiveUp) {
  const Printed scan =
      run(configured({"scan", "--blocks", "100,1300", "--retries", "2", "--timeout", "0.1", "--json"}));
  EXPECT_EQ(scan.code, 1);
  EXPECT_THAT(scan.err, HasSubstr("block 1300 (grid): no answer in 2 attempts\n"));
  EXPECT_EQ(json::parse(scan.out)["blocks"][1],
            json::parse(R"({"block":1300,"error":"no answer in 2 attempts","reason":"silent"})"));
}

TEST_F(ReadCommands, SayWhatTheStationRefuses) {
  start_simulator();
  const Printed raw = run(configured({"raw", "--block", "60000", "--count", "2"}));
  EXPECT_EQ(raw.code, 1);
  EXPECT_THAT(raw.err, HasSubstr("register 60000: Modbus exception 2 (illegal data address)\n"));
}

TEST_F(ReadCommands, SayThatTheBrokerCannotBeReached) {
  cloud.stop();
  const Printed scan = run(configured({"scan"}));
  EXPECT_EQ(scan.code, 3);
  EXPECT_EQ(scan.out, "");
  EXPECT_THAT(scan.err, HasSubstr("cannot connect to " + cloud.url()));
}

TEST_F(ReadCommands, ReadByThemselvesWhereTheLocalBrokerIsAway) {
  start_simulator();
  local.stop();
  const Printed scan = run(configured({"scan", "--blocks", "1300"}));
  EXPECT_EQ(scan.code, 0) << scan.err;
  EXPECT_THAT(scan.err, HasSubstr("no gateway to go through: " + local.url()));
}

TEST_F(ReadCommands, SayThatThePasswordIsWrong) {
  setup.password = "wrong";
  const Printed scan = run(configured({"scan"}));
  EXPECT_EQ(scan.code, 2);
  EXPECT_THAT(scan.err, HasSubstr("client.pfx: the password does not open the PKCS#12"));
}

TEST_F(ReadCommands, SayThatThereIsNoPasswordAndNoTerminal) {
  auto arguments = unconfigured("scan");
  const auto option = std::find(arguments.begin(), arguments.end(), "--password");
  arguments.erase(option, option + 2);
  const Printed scan = run(arguments);
  EXPECT_EQ(scan.code, 2);
  EXPECT_THAT(scan.err, HasSubstr("no password; "));
}

TEST_F(ReadCommands, EndAtOnceWhenInterrupted) {
  start_simulator();
  for (const int number : {SIGINT, SIGTERM}) {
    Process listen(configured({"listen", "--blocks", "1300", "--interval", "60"}), dir.path() / "listen.log");
    ASSERT_TRUE(listen.says("frequency")) << listen.output();
    listen.signal(number);
    EXPECT_EQ(listen.wait(), 128 + number);
    std::filesystem::remove(dir.path() / "listen.log");
  }
}

TEST_F(ReadCommands, ListenPrintsWhatComesUnasked) {
  start_simulator({"--push-interval", "0.2"});
  const Printed listen = run(configured({"listen", "--interval", "0", "--count", "3", "--json"}));
  EXPECT_EQ(listen.code, 0) << listen.err;
  std::istringstream lines(listen.out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const json object = json::parse(line);
    EXPECT_EQ(object["kind"], "push");
    EXPECT_THAT(object["time"].get<std::string>(), testing::MatchesRegex("20..-..-..T..:..:......Z"));
    EXPECT_FALSE(object["values"].empty());
  }
  EXPECT_GE(count, 3);
}

TEST_F(ReadCommands, ListenMakesARecordThatCanBePlayedBack) {
  const std::string record = (dir.path() / "report.jsonl").string();
  start_simulator({"--push-interval", "0"});
  const Printed first = run(configured(
      {"listen", "--blocks", "100,1300", "--interval", "0.1", "--count", "1", "--record", record, "--json"}));
  ASSERT_EQ(first.code, 0) << first.err;
  const std::string text = text_of(record);
  EXPECT_THAT(text, HasSubstr("\"from\":\"gateway\""));
  EXPECT_THAT(text, Not(HasSubstr(kSerial)));

  simulator->signal(SIGTERM);
  ASSERT_TRUE(simulator->wait());
  start_simulator({"--replay", record});
  constexpr std::string_view kSaid = "serial ";
  ASSERT_TRUE(simulator->says("replaying a station: model AP300, serial ")) << simulator->output();
  const std::string said = simulator->output();
  const std::string serial = said.substr(said.rfind(kSaid) + kSaid.size(), std::string_view(kSerial).size());
  auto arguments = unconfigured("scan");
  arguments.insert(arguments.end(), {"--blocks", "1300", "--json", "--serial", serial});
  arguments.erase(arguments.begin() + 2, arguments.begin() + 4);  // the true serial
  const Printed second = run(arguments);
  EXPECT_EQ(second.code, 0) << second.err;
  const std::string line = first.out.substr(first.out.find("\"block\":1300"));
  EXPECT_EQ(json::parse("{" + line.substr(0, line.find('\n')))["values"],
            json::parse(second.out)["blocks"][0]["values"]);
}

}  // namespace
}  // namespace bluetti::test
