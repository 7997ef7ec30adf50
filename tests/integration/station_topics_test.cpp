// SPDX-License-Identifier: MIT
// Register images in, every retained topic out: an AP300 served block by block through both brokers.
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/integration/gateway_fixture.h"
#include "tests/support/captures.h"

namespace bluetti::test {
namespace {

using Topics = std::map<std::string, std::string>;

// Lines of "topic = payload".
Topics read_topics(const std::filesystem::path& file) {
  Topics topics;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t at = line.find(" = ");
    topics[line.substr(0, at)] = line.substr(at + 3);
  }
  return topics;
}

class StationTopics : public World {
 protected:
  // What is retained now, but for sums, which go on with the time.
  Topics lasting() {
    Topics topics = retained("bluetti/living_room/#");
    std::erase_if(topics, [](const auto& topic) { return topic.first.ends_with("_integrated"); });
    return topics;
  }
  // Serves the images and returns what is retained when the last block has come through and nothing new comes.
  Topics serve(const std::filesystem::path& images) {
    start_simulator({"--captures", images.string(), "--push-interval", "0"});
    EXPECT_TRUE(simulator->says("connected")) << simulator->output();
    start_gateway();
    EXPECT_TRUE(reads_something("bluetti/living_room/cell/16/voltage")) << gateway->output();
    Topics topics = lasting();
    EXPECT_TRUE(eventually([&] {
      Topics before = std::exchange(topics, lasting());
      return before == topics;
    }));
    EXPECT_EQ(topics["bluetti/living_room/availability"], "online");
    topics.erase("bluetti/living_room/availability");
    return topics;
  }
};

// The images are composed: powers, energies, signs, bits and gaps chosen so that each row of a schema shows. The
// expected topics were written down from the chosen values.
TEST_F(StationTopics, EveryRetainedTopicOfAnAp300HasItsValue) {
  const std::filesystem::path data = std::filesystem::path(SOURCE_ROOT) / "tests" / "integration" / "data";
  EXPECT_EQ(serve(data / "ap300-composed.json"), read_topics(data / "ap300-composed.topics"));
}

// Of the captures of an AP300, the longest of each block that the gateway reads.
constexpr const char* kServed[] = {"ap300-100",  "ap300-1200",           "ap300-1300", "ap300-1500",
                                   "ap300-6100", "ap300-wire-pack-main", "ap300-11000"};

TEST_F(StationTopics, ACapturedAp300ShowsWhatItsBytesSay) {
  std::map<std::string, nlohmann::json> values;
  const nlohmann::json all = captures();
  for (const auto& capture : all) values[capture.at("id")] = capture.at("values");
  const auto file = dir.write("captures.json", nlohmann::json{{"captures", all}}.dump());
  // The captures hold no block 6300: wait for the last block they do hold instead.
  start_simulator({"--captures", file.string(), "--push-interval", "0"});
  ASSERT_TRUE(simulator->says("connected")) << simulator->output();
  start_gateway();
  ASSERT_TRUE(reads_something("bluetti/living_room/iot_firmware")) << gateway->output();
  const Topics topics = retained("bluetti/living_room/#");
  for (const char* capture : kServed) {
    for (const auto& [path, value] : values.at(capture).items()) {
      const auto topic = topics.find("bluetti/living_room/" + path);
      const nlohmann::json payload = topic == topics.end() ? nlohmann::json() : nlohmann::json(topic->second);
      EXPECT_EQ(payload, value) << capture << ": " << path;
    }
  }
}

}  // namespace
}  // namespace bluetti::test
