// SPDX-License-Identifier: MIT
// The documents of all models, with all blocks and all items of all groups, behind their gateway, in all languages. A
// new model or block is covered without a change here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <span>

#include "tests/discovery/full_station.h"
#include "tests/support/home_assistant_rules.h"

namespace bluetti::discovery {
namespace {

using nlohmann::json;
using schemas::Decoder;
using test_support::home_assistant_violations;
using test_support::Message;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kStack = 7;
constexpr int kMostPacks = 16;
constexpr const char* kInstallation = "0123456789abcdef";

// All that is published of a station and its gateway.
std::vector<Message> discovery_of(FullStation& full, const Language& language = {}) {
  full.station.bridge = kInstallation;
  const Bridge bridge{.installation = kInstallation, .version = "0.1.0", .accounts = {{.id = "home"}, {.id = "cabin"}}};
  std::vector<Document> documents = bridge_documents(bridge, full.topics, {}, language);
  for (Document& document : full.documents(language)) documents.push_back(std::move(document));
  std::vector<Message> messages;
  for (const Document& document : documents) messages.push_back({document.topic, document.payload});
  return messages;
}

// By unique_id, over all documents.
std::map<std::string, json> entities_of(const std::vector<Message>& documents) {
  std::map<std::string, json> entities;
  for (const Message& document : documents) {
    const json components = json::parse(document.payload).at("components");
    for (const auto& [id, component] : components.items()) entities.emplace(component.at("unique_id"), component);
  }
  return entities;
}

TEST(EveryModel, IsThere) {
  EXPECT_FALSE(catalog().models().empty());
}

TEST(EveryModel, BreaksNoRuleOfHomeAssistantInAnyLanguageWithOnePackOrAStack) {
  for (const std::string& code : Language::codes()) {
    const Language language = *Language::named(code);
    for (const auto& [name, model] : catalog().models()) {
      for (const int packs : {1, kStack}) {
        FullStation full(model, packs);
        EXPECT_THAT(home_assistant_violations(discovery_of(full, language)), IsEmpty())
            << name << " with " << packs << " packs in " << code;
        full.allow_control();
        EXPECT_THAT(home_assistant_violations(discovery_of(full, language)), IsEmpty())
            << name << " under control, with " << packs << " packs in " << code;
      }
    }
  }
}

TEST(EveryModel, BreaksNoRuleOfHomeAssistantOnTheLocalNetworkEither) {
  std::size_t models = 0;
  for (const std::string& code : Language::codes()) {
    const Language language = *Language::named(code);
    for (const auto& [name, model] : catalog().models()) {
      if (model.lan.blocks.empty()) continue;
      ++models;
      FullStation full(model, 1, schemas::Way::lan);
      EXPECT_THAT(home_assistant_violations(discovery_of(full, language)), IsEmpty()) << name << " in " << code;
      full.allow_control();
      EXPECT_THAT(home_assistant_violations(discovery_of(full, language)), IsEmpty()) << name << " in " << code;
    }
  }
  EXPECT_GE(models, 8 * Language::codes().size());
}

TEST(EveryModel, GivesEachEntityAnIdOfItsOwn) {
  for (const auto& [name, model] : catalog().models()) {
    std::set<std::string> ids;
    const FullStation full(model, 2);
    for (const Entity& entity : full.station.entities) {
      EXPECT_TRUE(ids.insert(entity.slot->id).second)
          << name << ": " << entity.slot->id << " of " << entity.block->name;
    }
  }
}

TEST(EveryModel, HasNamesThatNeedNothingInBracketsToTellThemApart) {
  for (const std::string& code : Language::codes()) {
    for (const auto& [name, model] : catalog().models()) {
      for (const Document& document : FullStation(model, 2).documents(*Language::named(code))) {
        const json components = json::parse(document.payload).at("components");
        for (const auto& [id, component] : components.items()) {
          EXPECT_THAT(component.at("name").get<std::string>(), Not(HasSubstr("("))) << name << " in " << code;
        }
      }
    }
  }
}

TEST(EveryModel, KeepsIdsWhateverTheStationIsCalled) {
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model, 2);
    const auto before = entities_of(discovery_of(full));
    full.topics.station = "cellar";
    for (const char* called : {"Grid", "Connection"}) {
      full.station.name = called;
      const std::vector<Message> renamed = discovery_of(full);
      const auto after = entities_of(renamed);
      ASSERT_EQ(after.size(), before.size()) << name;
      for (const auto& [id, component] : before) EXPECT_TRUE(after.contains(id)) << name << ": " << id;
      EXPECT_THAT(home_assistant_violations(renamed), IsEmpty()) << name << " called " << called;
    }
  }
}

TEST(EveryModel, KeepsIdsAndTopicsInEveryLanguage) {
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model, 2);
    auto english = entities_of(discovery_of(full));
    auto german = entities_of(discovery_of(full, *Language::named("de")));
    for (auto* entities : {&english, &german}) {
      for (auto& [id, component] : *entities) {
        for (const char* shown : {"name", "options", "value_template", "command_template"}) component.erase(shown);
      }
    }
    EXPECT_EQ(english, german) << name;
  }
}

TEST(EveryModel, StaysFarBelowWhatBrokersTake) {
  std::size_t largest = 0;
  std::string its_topic;
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model, kMostPacks);
    for (const Message& message : discovery_of(full)) {
      EXPECT_LT(message.payload.size(), 2'000'000U) << name;
      if (message.payload.size() <= largest) continue;
      largest = message.payload.size();
      its_topic = name + " " + message.topic;
    }
  }
  std::cout << "largest document: " << largest << " bytes, " << its_topic << "\n";
}

json components_of(const Document& document) {
  return json::parse(document.payload).at("components");
}

std::vector<std::string> enabled_in(const Document& document) {
  std::vector<std::string> names;
  const json components = components_of(document);
  for (const auto& [id, component] : components.items()) {
    if (component.value("enabled_by_default", true)) names.push_back(component.at("name"));
  }
  return names;
}

// The ways by which the model can be read, alone and together.
std::vector<std::vector<schemas::Way>> ways_of(const schemas::Model& model) {
  using enum schemas::Way;
  if (model.lan.blocks.empty()) return {{cloud}};
  if (model.blocks.empty()) return {{lan}};
  return {{cloud}, {lan}, {lan, cloud}, {cloud, lan}};
}

TEST(EveryModel, HasNoMoreThan35EntitiesSwitchedOnAndAPackEightByAnyWayAndByBoth) {
  constexpr std::size_t kMost = 35;
  constexpr std::size_t kMostOfPack = 8;
  std::size_t by_both = 0;
  for (const auto& [name, model] : catalog().models()) {
    for (const std::vector<schemas::Way>& ways : ways_of(model)) {
      const std::string way =
          name + " by the " + std::string(name_of(ways.front())) + (ways.size() > 1 ? " first" : "");
      by_both += ways.size() - 1;
      const std::vector<std::string> alone = enabled_in(FullStation(model, 1, ways).documents().front());
      EXPECT_LE(alone.size(), kMost) << way << testing::PrintToString(alone);
      const std::vector<Document> stack = FullStation(model, kStack, ways).documents();
      EXPECT_LE(enabled_in(stack.front()).size(), kMost) << way << testing::PrintToString(enabled_in(stack.front()));
      for (const Document& pack : std::span(stack).subspan(1)) EXPECT_LE(enabled_in(pack).size(), kMostOfPack) << way;
    }
  }
  EXPECT_GT(by_both, 0U);
}

// Where there is no counter, what the gateway sums up, by the same name and the same entity id.
TEST(EveryModel, ShowsBothEnergiesOfItsBatteryIfItsPowerIsKnown) {
  for (const auto& [name, model] : catalog().models()) {
    const FullStation full(model, 1);
    const json components = components_of(full.documents().front());
    if (!components.contains("pack_power")) continue;
    std::vector<std::string> shown;
    for (const auto& [id, component] : components.items()) {
      if (component.value("enabled_by_default", true)) shown.push_back(component.at("default_entity_id"));
    }
    EXPECT_THAT(shown, testing::IsSupersetOf(
                           {"sensor.living_room_battery_charge_energy", "sensor.living_room_battery_discharge_energy"}))
        << name;
  }
}

TEST(EveryModel, HasAnIconWhereverHomeAssistantHasNone) {
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model, 1);
    full.allow_control();
    const json components = components_of(full.documents().front());
    for (const auto& [id, component] : components.items()) {
      const std::string device_class = component.value("device_class", "");
      const bool has_own = !device_class.empty() && device_class != "enum";
      EXPECT_TRUE(has_own || component.value("icon", "").starts_with("mdi:")) << name << ": " << id;
    }
  }
}

// What stands on the page at first: all that is enabled and no diagnosis, with one phase and two PV inputs.
TEST(EveryModel, ShowsAnAp300OnOnePage) {
  FullStation full(*catalog().model("AP300"), 1);
  std::erase_if(full.station.entities, [](const Entity& entity) {
    const int most = entity.slot->path.starts_with("pv_input") ? 2 : 1;
    return entity.slot->item > most;
  });
  std::vector<std::string> shown;
  const json components = json::parse(full.documents().front().payload).at("components");
  for (const auto& [id, component] : components.items()) {
    if (component.value("enabled_by_default", true) && !component.contains("entity_category")) {
      shown.push_back(component.at("name"));
    }
  }
  EXPECT_LE(shown.size(), 26U) << testing::PrintToString(shown);
  EXPECT_THAT(shown, testing::IsSupersetOf({"Battery", "AC output power", "PV power", "Grid power", "PV energy",
                                            "Grid import energy", "Battery temperature", "Battery time to empty"}));
}

TEST(EveryModel, SwitchesOffWhatIsInferredOrRaw) {
  for (const auto& [name, model] : catalog().models()) {
    const FullStation full(model, 1);
    for (const Entity& entity : full.station.entities) {
      const schemas::Field& field = *entity.slot->field;
      if (field.prominence == schemas::Prominence::none) continue;
      const bool raw = field.type == schemas::Type::version || entity.slot->path.starts_with("cell/") ||
                       field.evidence == schemas::Evidence::inferred;
      const EntityClass kind = entity_class(field);
      const bool is_off = !kind.enabled && kind.category == "diagnostic";
      EXPECT_TRUE(!raw || is_off || field.is_derived()) << name << ": " << entity.slot->id;
    }
  }
}

// What the station's topics hold after a block of these bytes.
void publish(const FullStation& full, const Decoder& decoder, std::span<const std::byte> data,
             std::vector<Message>& messages) {
  schemas::Row row = decoder.make_row();
  decoder.decode(data, 0, row);
  std::array<char, schemas::kMaxFormatted> buffer{};
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    const schemas::Slot& slot = decoder.slots()[i];
    messages.push_back({full.topics.base + "/" + full.topics.station + "/" + slot.path,
                        std::string(schemas::format(*slot.field, row, row.values[i], buffer))});
  }
}

void publish_time_slots(const FullStation& full, std::span<const std::byte> data, std::vector<Message>& messages) {
  for (const schemas::Setting* setting : full.station.settings) {
    if (setting->facts().kind != schemas::SettingKind::time_slot) continue;
    messages.push_back({full.topics.base + "/" + full.topics.station + "/" + setting->path(), setting->read(data)});
  }
}

TEST(EveryModel, HasNoStateThatHomeAssistantRefusesWhateverTheStationSends) {
  constexpr std::size_t kLongestRead = 250;  // bytes
  std::mt19937 random;
  const auto filled = [&](auto&& byte) {
    std::vector<std::byte> data(kLongestRead);
    std::ranges::generate(data, [&] { return static_cast<std::byte>(byte()); });
    return data;
  };
  const std::vector<std::byte> samples[] = {filled([] { return 0; }), filled([] { return 0xFF; }),
                                            filled([] { return 1; }), filled(random), filled(random)};
  for (const auto& [name, model] : catalog().models()) {
    FullStation full(model, 2);
    full.allow_control();
    std::vector<Message> messages;
    for (const Decoder& decoder : full.decoders) {
      for (const auto& sample : samples) publish(full, decoder, sample, messages);
    }
    for (const auto& sample : samples) publish_time_slots(full, sample, messages);
    EXPECT_THAT(home_assistant_violations(discovery_of(full), messages), IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace bluetti::discovery
