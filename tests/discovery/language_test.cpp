// SPDX-License-Identifier: MIT
// Each language has every phrase of the built-in schema files and of the code, and none besides.
#include "discovery/language.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "discovery/labels.h"
#include "discovery/phrases.h"
#include "tests/discovery/full_station.h"

namespace bluetti::discovery {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

using Phrases = std::set<std::string, std::less<>>;

bool is_shown(const schemas::Field& field) {
  return field.prominence != schemas::Prominence::none && !field.secret;
}

void add_states(const std::vector<schemas::Option>& options, Phrases& phrases) {
  for (const schemas::Option& option : options) phrases.insert(label_of(option.name));
}

void add_phrases(const schemas::Field& field, Phrases& phrases) {
  phrases.insert(field.title);
  if (field.type == schemas::Type::enumeration) add_states(field.options, phrases);
}

void add_phrases(const schemas::Block& block, Phrases& phrases) {
  if (!block.instance.empty()) phrases.insert(schemas::title_of(block.instance));
  for (const schemas::Field& field : block.fields) {
    if (is_shown(field)) add_phrases(field, phrases);
  }
  for (const schemas::Group& group : block.groups) {
    for (const schemas::Field& field : group.fields) {
      if (!is_shown(field)) continue;
      if (!group.is_record()) phrases.insert(group.title);
      add_phrases(field, phrases);
    }
  }
}

Phrases phrases_in_use() {
  Phrases phrases(phrase::kAll.begin(), phrase::kAll.end());
  for (const std::string_view outcome : phrase::kOutcomes) phrases.insert(label_of(outcome));
  for (const auto& [id, block] : catalog().blocks()) add_phrases(block, phrases);
  for (const auto& [name, model] : catalog().models()) {
    for (const schemas::Override& override : model.overrides) {
      if (override.title) phrases.insert(*override.title);
      const schemas::Field* field = catalog().block(override.block)->field(override.field);
      if (override.options && field && field->type == schemas::Type::enumeration)
        add_states(*override.options, phrases);
    }
  }
  return phrases;
}

std::vector<std::string> languages_with_a_file() {
  std::vector<std::string> codes = Language::codes();
  std::erase(codes, "en");
  return codes;
}

TEST(Language, ThereAreEnglishAndGerman) {
  EXPECT_THAT(Language::codes(), ElementsAre("de", "en"));
  EXPECT_TRUE(Language::named("en"));
  EXPECT_FALSE(Language::named("tlh"));
  EXPECT_FALSE(Language::named(""));
}

TEST(Language, IsEnglishUnlessSaidOtherwise) {
  EXPECT_EQ(Language()("Battery"), "Battery");
  EXPECT_EQ((*Language::named("en"))("Battery"), "Battery");
  EXPECT_EQ((*Language::named("de"))("Battery"), "Batterie");
}

TEST(Language, StaysEnglishWhereItHasNoWord) {
  EXPECT_EQ((*Language::named("de"))("Flux capacitor"), "Flux capacitor");
}

TEST(Language, LacksNoPhrase) {
  for (const std::string& code : languages_with_a_file()) {
    const Language language = *Language::named(code);
    std::vector<std::string> lacking;
    for (const std::string& phrase : phrases_in_use()) {
      if (!language.phrases().contains(phrase)) lacking.push_back(phrase);
    }
    EXPECT_THAT(lacking, IsEmpty()) << code;
  }
}

TEST(Language, HasNoPhraseInVain) {
  const Phrases used = phrases_in_use();
  for (const std::string& code : languages_with_a_file()) {
    const Language language = *Language::named(code);
    std::vector<std::string> in_vain;
    for (const auto& [english, own] : language.phrases()) {
      EXPECT_FALSE(own.empty()) << code << ": " << english;
      if (!used.contains(english)) in_vain.push_back(english);
    }
    EXPECT_THAT(in_vain, IsEmpty()) << code;
  }
}

std::vector<std::string> names_in(const Language& language) {
  std::vector<std::string> names;
  for (const schemas::Decoder& decoder : decoders_of(*catalog().model("AP300"), 1)) {
    for (const schemas::Slot& slot : decoder.slots()) names.push_back(entity_name(slot, decoder.block(), language));
  }
  return names;
}

TEST(Language, MakesNamesAPersonWouldChoose) {
  const std::vector<std::string> names = names_in({});
  for (const char* name :
       {"Battery", "AC output power", "PV input 1 voltage", "Cell 7 voltage", "Battery time to empty"}) {
    EXPECT_THAT(names, Contains(name));
  }
}

TEST(Language, PutsGermanNamesTogetherFromTheirParts) {
  const std::vector<std::string> names = names_in(*Language::named("de"));
  for (const char* name : {"Batterie", "AC-Ausgangsleistung", "PV-Eingang 1 Spannung", "Zelle 7 Spannung",
                           "Zelltemperatur 2", "Batterie Zeit bis leer", "Netzphase 1 Scheinleistung", "Warnungen 1"}) {
    EXPECT_THAT(names, Contains(name));
  }
}

}  // namespace
}  // namespace bluetti::discovery
