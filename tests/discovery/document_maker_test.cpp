// SPDX-License-Identifier: MIT
// One maker describes many stations as each would be described alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/discovery/full_station.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;

std::vector<std::string> payloads_of(const std::vector<Document>& documents) {
  std::vector<std::string> payloads;
  for (const Document& document : documents) payloads.push_back(document.topic + ' ' + document.payload);
  return payloads;
}

class DocumentMakerTest : public testing::Test {
 protected:
  void expect_as_alone(const Station& described, const std::string& id) {
    Topics topics;
    topics.station = id;
    const auto alone = documents(described, topics, {});
    EXPECT_EQ(payloads_of(maker.documents(described, id)), payloads_of(alone)) << described.name;
    EXPECT_THAT(alone.front().payload, testing::Not(testing::HasSubstr("\x7f")));
  }

  FullStation full{*catalog().model("AP300"), 2};
  Station& station = full.station;
  DocumentMaker maker{{}, {}};
};

TEST_F(DocumentMakerTest, FillsInWhatIsAStationsOwn) {
  full.allow_control();
  for (const char* version : {"4036.08", "", "4037.01", "\"quoted\""}) {
    for (const char* id : {"one", "two_"}) {
      station.serial = std::string("2345") + id;
      station.name = id;
      station.software_version = version;
      expect_as_alone(station, id);
    }
  }
}

TEST_F(DocumentMakerTest, MakesNamesThatBeginWithThatOfTheStationAnew) {
  for (const char* name : {"Living room", "Grid", "Cellar", "pack 1", "Grid"}) {
    station.name = name;
    expect_as_alone(station, "one");
  }
  EXPECT_THAT(maker.documents(station, "one").front().payload, testing::Not(testing::HasSubstr(R"("name":"Grid )")));
}

TEST_F(DocumentMakerTest, TellsStationsWithOtherEntitiesApart) {
  full.allow_control();
  const Station whole = station;
  expect_as_alone(whole, "one");
  station.enabled_only = true;
  expect_as_alone(station, "one");
  station = whole;
  station.settings.pop_back();
  expect_as_alone(station, "one");
  station = whole;
  station.entities.front().expire_after = 60;
  expect_as_alone(station, "one");
  station = whole;
  std::erase_if(station.entities, [](const Entity& entity) { return entity.slot->path.starts_with("pack/2/"); });
  expect_as_alone(station, "one");
  expect_as_alone(whole, "one");
}

TEST_F(DocumentMakerTest, TakesAwayWhatIsGoneOfEachStation) {
  const auto before = maker.documents(station, "one");
  station.entities.erase(station.entities.begin(), station.entities.begin() + 5);
  for (const Document& document : before) station.announced.push_back(document.announced());
  expect_as_alone(station, "one");
  station.announced.clear();
  expect_as_alone(station, "one");
}

TEST_F(DocumentMakerTest, WritesTopicsAsJson) {
  Topics topics{.base = "a\"b", .station = "one"};
  const json parsed = json::parse(documents(station, topics, {}).front().payload);
  EXPECT_EQ(parsed["components"]["connection"]["state_topic"], "a\"b/one/availability");
}

}  // namespace
}  // namespace bluetti::discovery
