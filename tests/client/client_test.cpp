// SPDX-License-Identifier: MIT
#include <bluetti/client.h>
#include <bluetti/testing.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

namespace {

using namespace std::chrono_literals;
using bluetti::CallOptions;
using bluetti::Client;
using bluetti::ErrorClass;
using bluetti::Presence;

struct World {
  explicit World(std::vector<std::string> models = {"AP300"}) : simulation(models) {}

  Client client(bluetti::ControlOptions control = {}) const {
    return Client({.way = simulation.way(),
                   .stations = {},
                   .retry = {.attempts = 2, .initial_delay = 10ms, .longest_delay = 10ms},
                   .answer_timeout = 100ms,
                   .schemas = {},
                   .control = std::move(control),
                   .executor = {}});
  }
  [[nodiscard]] const std::string& serial(std::size_t index = 0) const { return simulation.stations()[index].serial; }

  bluetti::testing::Simulation simulation;
};

TEST(Client, ReadsABlockIntoValues) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.connect());
  const auto grid = client.read_block(1300);
  ASSERT_TRUE(grid) << grid.error().message;
  EXPECT_EQ(grid->station, world.serial());
  EXPECT_EQ(grid->name, "grid");
  EXPECT_NEAR(grid->number("grid_frequency").value_or(0), 50, 1);
  EXPECT_GT(grid->number("grid_phase/1/voltage").value_or(0), 100);
  const bluetti::Value* frequency = grid->find("grid_frequency");
  ASSERT_NE(frequency, nullptr);
  EXPECT_EQ(frequency->unit, "Hz");
  EXPECT_EQ(frequency->type, bluetti::ValueType::number);
  EXPECT_TRUE(frequency->verified);
  EXPECT_EQ(grid->registers.size(), 31U);
  EXPECT_EQ(grid->find("nonsense"), nullptr);
}

TEST(Client, TellsWhatIsAbsentFromWhatWasNotRead) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.connect());
  const auto whole = client.read_block(1300);
  ASSERT_TRUE(whole);
  const bluetti::Value* second = whole->find("grid_phase/2/voltage");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->presence, Presence::absent);
  EXPECT_EQ(second->number(), std::nullopt);

  const auto part = client.read_block(1300, 2);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->find("grid_frequency")->presence, Presence::present);
  EXPECT_EQ(part->find("grid_total_charge_energy")->presence, Presence::missing);
}

TEST(Client, SaysOfEachErrorWhatClassItIs) {
  World world;
  Client client = world.client();
  EXPECT_EQ(client.read_block(1300).error().kind, ErrorClass::transport);
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.read_block(9).error().kind, ErrorClass::schema);
  EXPECT_EQ(client.read_registers(60000, 2).error().kind, ErrorClass::protocol);
  EXPECT_EQ(client.read_registers(65535, 2).error().kind, ErrorClass::configuration);
  EXPECT_EQ(client.read_block(1300, CallOptions{.station = "1"}).error().kind, ErrorClass::configuration);
  const auto group = client.read_group("baterry");
  EXPECT_EQ(group.error().kind, ErrorClass::configuration);
  EXPECT_THAT(group.error().message, ::testing::HasSubstr("did you mean 'battery'"));
  world.simulation.set_silent(world.serial(), true);
  const auto silent = client.read_block(1300);
  EXPECT_EQ(silent.error().kind, ErrorClass::transport);
  EXPECT_THAT(silent.error().message, ::testing::HasSubstr("no answer in 2 attempts"));
  EXPECT_THROW((void)silent.value(), bluetti::BadResult);
}

TEST(Client, ReadsAndStreamsAGroupByName) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.connect());
  const auto group = client.read_group("core");
  ASSERT_TRUE(group);
  EXPECT_TRUE(group->errors.empty());
  std::vector<std::uint16_t> streamed;
  for (const auto& block : client.stream_group("core")) streamed.push_back(block->block);
  std::vector<std::uint16_t> read;
  for (const auto& block : group->blocks) read.push_back(block.block);
  EXPECT_THAT(streamed, ::testing::Contains(100));
  EXPECT_EQ(streamed, read);
}

TEST(Client, AStreamStopsAtTheFirstErrorOrGoesOn) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.connect());
  const std::size_t all = client.read_group("inverter")->blocks.size();
  ASSERT_GT(all, 1U);
  world.simulation.set_silent(world.serial(), true);
  const auto count = [&](bluetti::OnError on_error) {
    std::size_t seen = 0;
    for (const auto& block : client.stream_group("inverter", on_error)) {
      EXPECT_FALSE(block);
      ++seen;
    }
    return seen;
  };
  EXPECT_EQ(count(bluetti::OnError::stop), 1U);
  EXPECT_EQ(count(bluetti::OnError::go_on), all);
  EXPECT_EQ(client.read_group("inverter", bluetti::OnError::stop)->errors.size(), 1U);
  EXPECT_EQ(client.read_group("inverter", bluetti::OnError::go_on)->errors.size(), all);
}

TEST(Client, WritesASettingAndProvesIt) {
  World world;
  Client client = world.client({.enabled = true, .per_minute = 6, .consents = {"outputs"}});
  ASSERT_TRUE(client.connect());
  const auto before = client.read_block(2000);
  ASSERT_TRUE(before);
  const bool was_on = before->text("ac_output") == "ON";
  const auto result = client.write("ac_output", was_on ? "OFF" : "ON");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, bluetti::WriteOutcome::confirmed) << result->reason;
  EXPECT_EQ(result->after, was_on ? "OFF" : "ON");
  EXPECT_EQ(client.read_block(2000)->text("ac_output"), was_on ? "OFF" : "ON");
}

TEST(Client, ReadsAStationThatWasNotHeardYetBeforeItWrites) {
  World world;
  Client client = world.client({.enabled = true, .per_minute = 6, .consents = {"outputs"}});
  ASSERT_TRUE(client.connect());
  const auto result = client.write("ac_output", "OFF");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, bluetti::WriteOutcome::confirmed) << result->reason;
  world.simulation.set_silent(world.serial(), true);
  Client other = world.client({.enabled = true, .per_minute = 6, .consents = {"outputs"}});
  ASSERT_TRUE(other.connect());
  EXPECT_EQ(other.write("ac_output", "OFF").error().kind, ErrorClass::transport);
}

TEST(Client, WritesNothingThatIsNotAllowed) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.connect());
  const auto off = client.write("ac_output", "ON");
  ASSERT_TRUE(off);
  EXPECT_EQ(off->outcome, bluetti::WriteOutcome::refused);
  Client allowed = world.client({.enabled = true});
  ASSERT_TRUE(allowed.connect());
  const auto no_consent = allowed.write("ac_output", "ON");
  EXPECT_EQ(no_consent->outcome, bluetti::WriteOutcome::refused);
  EXPECT_THAT(no_consent->reason, ::testing::HasSubstr("consent"));
}

TEST(Client, TellsWhatAStationPushes) {
  World world;
  Client client = world.client();
  std::mutex mutex;
  std::condition_variable came;
  std::vector<bluetti::BlockValues> pushed;
  client.on_push([&](bluetti::BlockValues values) {
    const std::lock_guard lock(mutex);
    pushed.push_back(std::move(values));
    came.notify_one();
  });
  ASSERT_TRUE(client.connect());
  world.simulation.push(world.serial());
  std::unique_lock lock(mutex);
  ASSERT_TRUE(came.wait_for(lock, 5s, [&] { return !pushed.empty(); }));
  EXPECT_EQ(pushed.front().block, 100);
  EXPECT_EQ(pushed.front().station, world.serial());
}

TEST(Client, SaysWhyItCannotConnect) {
  Client nowhere({});
  EXPECT_EQ(nowhere.connect().error().kind, ErrorClass::configuration);
  World world;
  Client unknown({.way = world.simulation.way(), .stations = {{.serial = "1", .model = "AP30", .cloud_model = {}}}});
  const auto result = unknown.connect();
  EXPECT_EQ(result.error().kind, ErrorClass::configuration);
  EXPECT_THAT(result.error().message, ::testing::HasSubstr("AP300"));
  Client no_file({.way = bluetti::record("nowhere.jsonl")});
  EXPECT_EQ(no_file.connect().error().kind, ErrorClass::configuration);
  Client bad_url({.way = bluetti::cloud({.url = "what"}), .stations = world.simulation.stations()});
  EXPECT_EQ(bad_url.connect().error().kind, ErrorClass::configuration);
}

TEST(Client, ReadsAgainAfterASessionWasLost) {
  World world;
  Client client = world.client();
  ASSERT_TRUE(client.connect());
  world.simulation.lose_connection();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  bool was_down = false;
  while (std::chrono::steady_clock::now() < deadline) {
    const bool reads = client.read_block(1300).ok();
    was_down = was_down || !reads;
    if (reads && was_down) return;
    std::this_thread::yield();
  }
  FAIL() << "still not connected";
}

constexpr std::string_view kRecord =
    R"({"format":"bluetti-gateway record","version":1,"gateway":"0.1.0"}
{"t":0.0,"from":"gateway","model":"AP300","station":"7120394455817","payload":"01f80f0514000000000000030514001f451b"}
{"t":0.1,"from":"station","model":"AP300","station":"7120394455817","payload":"01f80f00000000ba000000033e01f5000000000000000000000000000000000000000000000001000008fd00000000000000000000000000000000000000000000000000000000000000007f21"}
{"t":0.2,"from":"station","model":"AP300","station":"7120394455817","payload":"01f80f00000000ba000000100514001f3e01f5000000000000000000000000000000000000000000000001000008fd00000000000000000000000000000000000000000000000000000000000000009968"}
)";

TEST(Client, ReadsAndHearsWhatARecordHolds) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / std::to_string(getpid()) += ".jsonl";
  std::ofstream(file) << kRecord;
  Client client({.way = bluetti::record(file)});
  std::promise<double> pushed;
  client.on_push([&, told = false](const bluetti::BlockValues& values) mutable {
    if (!std::exchange(told, true)) pushed.set_value(values.number("grid_frequency").value_or(0));
  });
  const auto connected = client.connect();
  std::filesystem::remove(file);
  ASSERT_TRUE(connected) << connected.error().message;
  const auto grid = client.read_block(1300);
  ASSERT_TRUE(grid) << grid.error().message;
  EXPECT_EQ(grid->number("grid_frequency"), 50.1);
  EXPECT_EQ(grid->number("grid_phase/1/voltage"), 230.1);
  EXPECT_EQ(pushed.get_future().get(), 50.1);
}

}  // namespace
