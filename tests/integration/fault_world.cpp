// SPDX-License-Identifier: MIT
#include "tests/integration/fault_world.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace bluetti::test {
namespace {

constexpr int kFirstOfCrowd = 1000;  // serial number before theirs

constexpr const char* kModel = R"(
name = "PROBE"
evidence = "inferred"
protocol_version = 2000
envelope = "v1.2"
unit = 0
blocks = [30100, 30200, 30300]
poll = { core = 1 }
)";

// Two of the same size, which only the question can tell apart.
struct ProbeBlock {
  const char* name;
  int first;
  int registers;
};
constexpr ProbeBlock kBlocks[] = {{"alpha", 30100, 4}, {"beta", 30200, 4}, {"gamma", 30300, 7}};

std::string schema(const ProbeBlock& block) {
  std::string text = "id = " + std::to_string(block.first) + "\nname = \"" + block.name +
                     "\"\nprefix = \"\"\npoll = \"core\"\nevidence = \"inferred\"\nfields = [\n";
  for (int address = block.first; address < block.first + block.registers; ++address) {
    const std::string name = address == kPulseRegister ? "pulse" : "at_" + std::to_string(address);
    text += "  { name = \"" + name + "\", register = " + std::to_string(address) + ", type = \"u16\" },\n";
  }
  return text + "]\n";
}

int number(std::string_view text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// What a topic of a station may say. The empty payload takes a value back.
bool is_true(const std::string& name, const std::string& payload, int last_pulse) {
  if (payload.empty()) return true;
  if (name == "availability") return payload == "online" || payload == "offline";
  if (name == "pulse") return number(payload) >= kFirstPulse && number(payload) <= last_pulse;
  return name == "at_" + payload;
}

}  // namespace

long status_of(pid_t pid, std::string_view name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::stol(line.substr(line.find(':') + 1));
  }
  return 0;
}

void FaultWorld::write_schemas() const {
  std::filesystem::create_directory(dir.path() / "probe");
  dir.write("probe/model.toml", kModel);
  for (const ProbeBlock& block : kBlocks) dir.write("probe/" + std::string(block.name) + ".toml", schema(block));
}

std::string FaultWorld::account(const std::string& id, const std::string& url, const FaultSetup& setup) const {
  const std::string folder = certificates().string();
  return "[[account]]\nid = \"" + id + "\"\nurl = \"" + url + "\"\ncertificate = \"" +
         (setup.certificate.empty() ? folder + "/client.pfx" : setup.certificate) + "\"\ncertificate_password = \"" +
         std::string(kPassword) + "\"\nca = \"" + folder + "/ca.pem\"\nclient_id = \"" + id +
         "\"\nreconnect_delay = 1\nreconnect_delay_max = 4\nanswer_timeout = 1\noffline_after = 60\n";
}

std::vector<std::string> FaultWorld::gateway_command(const FaultSetup& setup) {
  write_schemas();
  const std::string port = std::to_string(cloud_line.port());
  std::string config =
      "[schemas]\nfolders = [\"probe\"]\n[local]\nurl = \"mqtt://127.0.0.1:" + std::to_string(local_line.port()) +
      "\"\n" + account("home", "mqtts://" + setup.cloud_host + ":" + port, setup) + setup.account;
  if (setup.second_account) config += account("other", "mqtts://127.0.0.1:" + port, setup);
  config += "[[station]]\nid = \"probe\"\nmodel = \"PROBE\"\nserial = \"1\"\naccount = \"home\"\n";
  if (setup.second_account)
    config += "[[station]]\nid = \"spare\"\nmodel = \"PROBE\"\nserial = \"2\"\naccount = \"other\"\n";
  for (int number = 1; number <= setup.crowd; ++number) {
    const std::string text = std::to_string(number);
    config += "[[station]]\nid = \"crowd_" + text + "\"\nmodel = \"PROBE\"\nserial = \"" +
              std::to_string(kFirstOfCrowd + number) + "\"\naccount = \"home\"\npoll = { core = 20 }\n";
  }
  return {gateway_binary(), "run", "--config", dir.write("gateway.toml", config).string()};
}

void FaultWorld::start_gateway(const FaultSetup& setup) {
  std::map<std::string, std::string> environment{{"TZ", "UTC"}};
  if (setup.meddling) {
    environment = {{"LD_PRELOAD", MEDDLING_LIBRARY},
                   {"MEDDLING_NAMES", dir.path() / "names"},
                   {"MEDDLING_CLOCK", dir.path() / "clock"},
                   {"MEDDLING_FILES", dir.path() / "files"},
                   {"TZ", "UTC"}};
  }
  gateway.emplace(gateway_command(setup), dir.path() / "gateway.log", environment);
}

void FaultWorld::start_and_wait(const FaultSetup& setup) {
  ASSERT_TRUE(eventually([this] { return station.connected(); }));
  start_gateway(setup);
  ASSERT_TRUE(eventually([this] { return watcher.latest("bluetti/probe/at_30306") == "30306"; })) << gateway->output();
  ASSERT_TRUE(news()) << gateway->output();
}

int FaultWorld::published_pulse(const std::string& name) const {
  return std::max(0, number(watcher.latest("bluetti/" + name + "/pulse")));
}

bool FaultWorld::news(const std::string& name, std::chrono::milliseconds patience) const {
  return eventually([&, before = station.pulse()] { return published_pulse(name) > before; }, patience);
}

std::size_t FaultWorld::count(const std::string& topic, const std::string& payload) const {
  const auto messages = watcher.messages();
  return static_cast<std::size_t>(std::ranges::count(messages, std::pair(topic, payload)));
}

std::vector<std::string> FaultWorld::false_messages() const {
  std::vector<std::string> found;
  for (const auto& [topic, payload] : watcher.messages()) {
    if (!topic.starts_with("bluetti/") || topic.starts_with("bluetti/bridge/")) continue;
    if (!is_true(topic.substr(topic.rfind('/') + 1), payload, station.pulse()))
      found.push_back(topic + " = " + payload);
  }
  return found;
}

long FaultWorld::memory() const {
  return status_of(gateway->pid(), "RssAnon");
}

std::map<std::string, std::string> FaultWorld::lasting() const {
  auto topics = Subscriber::retained(local, "#");
  std::erase_if(topics, [](const auto& topic) {
    const std::string_view name = std::string_view(topic.first).substr(topic.first.rfind('/') + 1);
    return name == "pulse" || name == "last_answer" || name == "requests_per_minute";
  });
  return topics;
}

void FaultWorld::hang_names(bool hang) const {
  hang ? static_cast<void>(dir.write("names", "")) : static_cast<void>(std::filesystem::remove(dir.path() / "names"));
}

void FaultWorld::set_clock(long seconds) const {
  dir.write("clock.new", std::to_string(seconds));
  std::filesystem::rename(dir.path() / "clock.new", dir.path() / "clock");
}

void FaultWorld::fail_files(int error) const {
  dir.write("files.new", std::to_string(error));
  std::filesystem::rename(dir.path() / "files.new", dir.path() / "files");
}

}  // namespace bluetti::test
