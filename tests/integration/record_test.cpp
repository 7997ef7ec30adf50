// SPDX-License-Identifier: MIT
// A user's report becomes a test: the gateway records, the record is replayed, and a second gateway sees the same.
#include <signal.h>

#include <fstream>
#include <sstream>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using Topics = std::map<std::string, std::string>;

class RecordAndReplay : public World {
 protected:
  static constexpr const char* kLastCell = "living_room/cell/16/voltage";

  [[nodiscard]] std::string record() const {
    std::ostringstream text;
    text << std::ifstream(dir.path() / "report.jsonl").rdbuf();
    return text.str();
  }

  // The made-up serial number of the only station.
  [[nodiscard]] std::string recorded_serial() const {
    constexpr std::string_view kKey = "\"station\":\"";
    const std::string text = record();
    const std::size_t begin = text.find(kKey);
    if (begin == std::string::npos) return {};
    const std::size_t end = text.find('"', begin + kKey.size());
    return text.substr(begin + kKey.size(), end - begin - kKey.size());
  }

  // What is known of the station, by the topic below the base. Serial numbers and addresses are what a record replaces.
  [[nodiscard]] Topics values_of(const std::string& base) const {
    Topics values;
    for (const auto& [topic, payload] : retained(base + "/living_room/#")) {
      const bool is_name = topic.ends_with("serial") || topic.ends_with("address");
      values[topic.substr(base.size())] = is_name ? "(a name)" : payload;
    }
    return values;
  }

  // Another gateway beside the first, for the same station under its made-up serial number.
  void start_second_gateway(const std::string& serial) {
    std::ostringstream text;
    text << std::ifstream(write_config()).rdbuf();
    std::string config = text.str();
    const auto replace = [&config](std::string_view old_text, std::string_view new_text) {
      config.replace(config.find(old_text), old_text.size(), new_text);
    };
    replace("[local]\n", "[local]\nbase = \"again\"\nclient_id = \"second\"\n");
    replace(kSerial, serial);
    const auto file = dir.write("second.toml", config + "[discovery]\nenabled = false\n");
    gateway.emplace(std::vector<std::string>{gateway_binary(), "run", "--config", file.string()},
                    dir.path() / "second.log");
  }

  void stop(std::optional<Process>& process) {
    process->signal(SIGTERM);
    ASSERT_TRUE(process->wait()) << process->output();
    process.reset();
  }
};

TEST_F(RecordAndReplay, AReplayedRecordShowsTheValuesThatWereRecordedAndNoSerialNumber) {
  const std::string data = std::string(SOURCE_ROOT) + "/tests/integration/data/ap300-composed.json";
  start_simulator({"--captures", data, "--push-interval", "1"});
  start_gateway({.extra = "[record]\nfile = \"report.jsonl\"\n"});
  ASSERT_TRUE(reads_something("bluetti/" + std::string(kLastCell))) << gateway->output();
  const Topics before = values_of("bluetti");
  stop(gateway);
  stop(simulator);

  const std::string serial = recorded_serial();
  ASSERT_EQ(serial.size(), std::string_view(kSerial).size()) << record().substr(0, 500);
  EXPECT_EQ(record().find(kSerial), std::string::npos);
  EXPECT_EQ(record().find("5a01fce40221"), std::string::npos) << "the same in registers";

  start_simulator({"--replay", (dir.path() / "report.jsonl").string()});
  ASSERT_TRUE(simulator->says("replaying a station: model AP300, serial " + serial)) << simulator->output();
  start_second_gateway(serial);
  ASSERT_TRUE(reads_something("again/" + std::string(kLastCell))) << gateway->output() << simulator->output();
  Topics after;
  EXPECT_TRUE(eventually([&] { return (after = values_of("again")) == before; }));
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace bluetti::test
