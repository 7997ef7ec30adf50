// SPDX-License-Identifier: MIT
// Values computed from other values of their block.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_support.h"

namespace bluetti::schemas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Volts in steps of 0.01, amperes in steps of 0.1, and a whole number.
constexpr std::string_view kRows = R"(
  { name = "volts", register = 100, type = "u16", scale = 0.01, unit = "V" },
  { name = "amperes", register = 101, type = "s16", scale = 0.1, unit = "A", absent = [0x7fff] },
  { name = "divisor", register = 102, type = "u16" },
)";

constexpr std::string_view kVoltages = R"(
[[group]]
name = "cells"
count = "divisor"
max = 3
register = 103
stride = 1
fields = [ { name = "voltage", register = 0, type = "u16", scale = 0.001, unit = "V", absent = [0] } ]
)";

Block block_deriving(std::string_view row, std::string_view groups = kVoltages) {
  return block_with(kRows, "derived = [ " + std::string(row) + " ]\n" + std::string(groups));
}

// The derived value of 52.40 V, -3.5 A, 2 and two cells of 3.285 V and 3.27 V, in so many decimals.
std::string derived(std::string_view keys, std::string_view hex = "1478 ffdd 0002 0cd5 0cc6 0000") {
  Decoded block(block_deriving(R"({ name = "value", )" + std::string(keys) + " }"));
  return block.decode(hex).shown("value");
}

std::vector<std::string> problems_of(std::string_view row, std::string_view groups = kVoltages) {
  return problems_of_block("id = 100\nname = \"test\"\npoll = \"core\"\nevidence = \"inferred\"\nfields = [" +
                           std::string(kRows) + "]\nderived = [\n" + std::string(row) + "\n]\n" + std::string(groups));
}

TEST(Derived, ArithmeticTakesSingleValuesInTheirOrder) {
  EXPECT_EQ(derived(R"(from = ["volts", "amperes"], how = "product", decimals = 3)"), "-183.4");
  EXPECT_EQ(derived(R"(from = ["volts", "amperes", "divisor"], how = "sum", decimals = 3)"), "50.9");
  EXPECT_EQ(derived(R"(from = ["volts", "amperes", "divisor"], how = "difference", decimals = 3)"), "53.9");
  EXPECT_EQ(derived(R"(from = ["volts", "divisor"], how = "quotient", decimals = 3)"), "26.2");
  EXPECT_EQ(derived(R"(from = ["divisor", "volts"], how = "quotient", decimals = 3)"), "0.038");
}

TEST(Derived, AGroupsFieldIsTheValuesOfItsItems) {
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "spread", unit = "V")"), "0.015");
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "minimum", unit = "V")"), "3.27");
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "maximum", unit = "V")"), "3.285");
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "mean", decimals = 3)"), "3.278");
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "sum", unit = "V")"), "6.555");
}

TEST(Derived, TheSameOperationsTakeSeveralFieldsAndArrays) {
  EXPECT_EQ(derived(R"(from = ["volts", "divisor"], how = "mean", decimals = 3)"), "27.2");
  EXPECT_EQ(derived(R"(from = ["volts", "amperes"], how = "spread")"), "55.9");
  EXPECT_EQ(derived(R"(from = ["divisor", "cells.voltage"], how = "maximum", unit = "V")"), "3.285");
  Decoded block(block_with(R"({ name = "strings", register = 100, type = "u16", count = 3 },)",
                           R"(derived = [ { name = "total", from = "strings", how = "sum", unit = "W" } ])"));
  EXPECT_EQ(block.decode("0001 0020 0300").shown("total"), "801");
}

TEST(Derived, AResultIsRoundedAsItsUnitSuggests) {
  EXPECT_EQ(derived(R"(from = ["volts", "amperes"], how = "product", unit = "W")"), "-183");
  EXPECT_EQ(derived(R"(from = ["volts", "amperes"], how = "product", unit = "VA")"), "-183");
  EXPECT_EQ(derived(R"(from = ["divisor", "volts"], how = "quotient", unit = "V")"), "0.038");
  EXPECT_EQ(derived(R"(from = ["divisor", "volts"], how = "quotient", unit = "A")"), "0");
  EXPECT_EQ(derived(R"(from = ["divisor", "volts"], how = "quotient", unit = "A", decimals = 2)"), "0.04");
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "spread", unit = "mV", scale = 1000)"), "15");
}

// 49.80 V times 2.5 A and -2.5 A is 124.5 W either way, which binary fractions miss.
TEST(Derived, AHalfIsRoundedAwayFromZero) {
  constexpr std::string_view kPower = R"(from = ["volts", "amperes"], how = "product", unit = "W")";
  EXPECT_EQ(derived(kPower, "1374 0019"), "125");
  EXPECT_EQ(derived(kPower, "1374 ffe7"), "-125");
}

TEST(Derived, WithAnInputMissingItIsMissing) {
  EXPECT_EQ(derived(R"(from = ["volts", "amperes"], how = "product")", "1478"), "missing");
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "spread")", "1478 ffdd 0002 0cd5"), "missing");
  EXPECT_EQ(derived(R"(from = "cells.voltage", how = "spread")", "1478 ffdd"), "missing");
  EXPECT_EQ(derived(R"(from = ["amperes", "cells.voltage"], how = "sum")", "1478 7fff 0002 0cd5"), "missing");
}

TEST(Derived, WithASingleInputAbsentItIsAbsent) {
  EXPECT_EQ(derived(R"(from = ["volts", "amperes"], how = "product")", "1478 7fff"), "absent");
  EXPECT_EQ(derived(R"(from = ["volts", "amperes"], how = "maximum")", "1478 7fff"), "absent");
}

TEST(Derived, AbsentItemsAreLeftOut) {
  constexpr std::string_view kLeast = R"(from = "cells.voltage", how = "minimum", unit = "V")";
  EXPECT_EQ(derived(kLeast, "1478 ffdd 0003 0cd5 0000 0cc6"), "3.27");
  EXPECT_EQ(derived(kLeast, "1478 ffdd 0003 0000 0000 0000"), "absent");
  EXPECT_EQ(derived(kLeast, "1478 ffdd 0000 0000 0000 0000"), "absent");
}

TEST(Derived, NothingIsDividedByZero) {
  EXPECT_EQ(derived(R"(from = ["volts", "divisor"], how = "quotient")", "1478 ffdd 0000"), "absent");
  EXPECT_EQ(derived(R"(from = ["divisor", "divisor"], how = "quotient")", "1478 ffdd 0000"), "absent");
}

// The volts between two phases, of so many phases of these volts in tenths.
std::string between_phases(std::string_view hex) {
  Decoded block(block_with(R"({ name = "phase_count", register = 100, type = "u16" },)", R"(
derived = [ { name = "value", from = "phases.voltage", how = "split_phase", unit = "V" } ]
[[group]]
name = "phases"
count = "phase_count"
max = 3
register = 101
stride = 1
fields = [ { name = "voltage", register = 0, type = "u16", scale = 0.1, unit = "V" } ]
)"));
  return block.decode(hex).shown("value");
}

TEST(Derived, TwoLegsOf120VoltsHave240BetweenThem) {
  EXPECT_EQ(between_phases("0002 04c2 04c3 0000"), "243.7");
  EXPECT_EQ(between_phases("0002 0000 0000 0000"), "0") << "an outage";
  EXPECT_EQ(between_phases("0002 0903 0000 0000"), "absent") << "230 V have no other leg";
}

TEST(Derived, WhatIsNoSplitPhaseDoesNotShowItsVolts) {
  EXPECT_EQ(between_phases("0001 04c2 0000 0000"), "missing");
  EXPECT_EQ(between_phases("0003 04c2 04c2 04c2"), "missing");
  EXPECT_EQ(between_phases("0000 0000 0000 0000"), "absent") << "it may have been one";
  EXPECT_EQ(between_phases("0002 04c2"), "missing");
}

TEST(Derived, ADriftIsForWhoKnowsTheTime) {
  Decoded block(block_with(R"({ name = "clock", register = 100, type = "clock" },)",
                           R"(derived = [ { name = "value", from = "clock", how = "drift", unit = "s" } ])"));
  EXPECT_EQ(block.decode("1a06 1910 171a").shown("value"), "missing");
  ASSERT_EQ(block.decoder.drifts().size(), 1U);
  EXPECT_EQ(block.decoder.drifts()[0].slot, block.slot("value"));
  EXPECT_EQ(block.decoder.drifts()[0].clock, block.slot("clock"));
}

TEST(Derived, AnImplausibleResultIsDroppedAndCounted) {
  Decoded block(block_deriving(R"({ name = "value", from = ["volts", "divisor"], how = "product", max = 104.8 })"));
  EXPECT_EQ(block.decode("1478 ffdd 0002 0001 0001").shown("value"), "104.8");
  EXPECT_EQ(block.row.implausible, 0U);
  EXPECT_EQ(block.decode("1479 ffdd 0002 0001 0001").shown("value"), "104.8");
  EXPECT_EQ(block.decode("1482 ffdd 0002 0001 0001").shown("value"), "absent");
  EXPECT_EQ(block.row.implausible, 1U);
}

TEST(Derived, InputsAreTakenAsTheModelHasThem) {
  Model model;
  Override change;
  change.block = 100;
  change.field = "volts";
  change.scale = 0.1;
  model.overrides = {change};
  Decoded block(block_deriving(R"({ name = "value", from = ["volts", "amperes"], how = "product", unit = "W" })"),
                model);
  EXPECT_EQ(block.decode("0208 ffdd").shown("value"), "-182");
}

TEST(Derived, OneMayBeMadeOfAnotherFurtherUp) {
  Decoded block(block_deriving(R"({ name = "power", from = ["volts", "amperes"], how = "product", unit = "W" },
                                  { name = "share", from = ["power", "divisor"], how = "quotient", unit = "W" })"));
  EXPECT_EQ(block.decode("1478 ffdd 0002").shown("share"), "-92");  // of the rounded -183
}

constexpr std::string_view kInputs = R"(
[[group]]
name = "inputs"
topic = "input"
count = 2
register = 103
stride = 2
fields = [
  { name = "voltage", register = 0, type = "u16", unit = "V" },
  { name = "current", register = 1, type = "u16", unit = "A" },
]
derived = [ { name = "power", from = ["voltage", "current"], how = "product", unit = "W" } ]
)";

TEST(Derived, AGroupsItemsHaveEachTheirOwn) {
  Decoded block(block_deriving(R"({ name = "total", from = "inputs.power", how = "sum", unit = "W" })", kInputs));
  block.decode("0000 0000 0000 0028 0002 0032 0003");
  EXPECT_EQ(block.shown("input/1/power"), "80");
  EXPECT_EQ(block.shown("input/2/power"), "150");
  EXPECT_EQ(block.shown("total"), "230");
  block.decode("0000 0000 0000 0028 0002 0032");
  EXPECT_EQ(block.shown("input/1/power"), "80");
  EXPECT_EQ(block.shown("input/2/power"), "missing");
  EXPECT_EQ(block.shown("total"), "missing");
}

TEST(Derived, ARecordIsMadeOfSingleValues) {
  Decoded block(block_deriving(R"({ name = "power", from = ["meter.volts", "amperes"], how = "product", unit = "W" })",
                               "[[group]]\nname = \"meter\"\nregister = 103\n"
                               "fields = [ { name = \"volts\", register = 0, type = \"u16\" } ]\n"
                               "derived = [ { name = \"double\", from = [\"volts\", \"volts\"], how = \"sum\" } ]\n"));
  block.decode("0000 000a 0000 0007");
  EXPECT_EQ(block.shown("power"), "7");
  EXPECT_EQ(block.shown("meter_double"), "14");
}

TEST(Derived, ShowsInJsonLikeOtherValues) {
  Decoded block(block_deriving(R"({ name = "power", from = ["volts", "amperes"], how = "product", unit = "W" },
                                  { name = "spread", from = "inputs.voltage", how = "spread", unit = "V" })",
                               kInputs));
  EXPECT_EQ(block.decode("1478 ffdd 0001 0028 0002 0032 0003").json(),
            R"({"volts":52.4,"amperes":-3.5,"divisor":1,"power":-183,"spread":10.0,)"
            R"("inputs":[{"voltage":40,"current":2,"power":80},{"voltage":50,"current":3,"power":150}]})");
  EXPECT_EQ(block.decode("1478").json(),
            R"({"volts":52.4,"amperes":null,"divisor":null,"power":null,"spread":null,)"
            R"("inputs":[{"voltage":null,"current":null,"power":null},{"voltage":null,"current":null,"power":null}]})");
}

TEST(Derived, ItIsPublishedLikeAFieldAndTakesNoRegisters) {
  Block block = block_from(
      "id = 6100\nname = \"pack\"\nprefix = \"\"\ninstance = \"pack\"\npoll = \"cells\"\nevidence = \"inferred\"\n"
      "fields = [ { name = \"volts\", register = 6100, type = \"u16\" } ]\n"
      "derived = [ { name = \"double\", from = [\"volts\", \"volts\"], how = \"sum\" } ]\n");
  EXPECT_EQ(block.registers, 1);
  Decoded decoded(block, Model(), 2);
  EXPECT_EQ(decoded.decode("0005").shown("pack/2/double"), "10");
  std::vector<std::byte> data(2);
  EXPECT_FALSE(decoded.decoder.encode(decoded.slot("pack/2/double"), 1.0, data));
}

TEST(Derived, ItsEvidenceIsTheWeakestOfItsInputs) {
  const Block block = block_from(R"(
id = 100
name = "test"
poll = "core"
evidence = "verified"
devices = ["X"]
fields = [
  { name = "a", register = 100, type = "u16", unit = "V" },
  { name = "b", register = 101, type = "u16", unit = "A", evidence = "inferred" },
]
derived = [
  { name = "sure", from = ["a", "a"], how = "product", unit = "W" },
  { name = "unsure", title = "Perhaps", from = ["a", "b"], how = "product", unit = "W" },
  { name = "shown", from = ["a", "b"], how = "product", unit = "W", kind = "plain", entity = "diagnostic" },
]
)");
  const Field& sure = *block.field("sure");
  EXPECT_EQ(sure.evidence, Evidence::verified);
  EXPECT_EQ(sure.prominence, Prominence::primary);
  EXPECT_EQ(sure.title, "Test sure");
  const Field& unsure = *block.field("unsure");
  EXPECT_EQ(unsure.evidence, Evidence::inferred);
  EXPECT_EQ(unsure.prominence, Prominence::disabled);
  EXPECT_EQ(unsure.title, "Perhaps");
  EXPECT_EQ(block.field("shown")->prominence, Prominence::diagnostic);
  EXPECT_EQ(block.field("shown")->kind, "plain");
}

TEST(Derived, ItIsAsSecretAndAsNewAsItsInputs) {
  const Block block = block_with(R"({ name = "a", register = 100, type = "u16", secret = true },
                                    { name = "b", register = 101, type = "u16", protocol = 2005 },)",
                                 R"(derived = [ { name = "c", from = ["a", "b"], how = "sum" } ])");
  EXPECT_TRUE(block.field("c")->secret);
  EXPECT_EQ(block.field("c")->min_protocol_version, 2005);
  Model old;
  old.protocol_version = 2004;
  EXPECT_EQ(Decoded(block, old).decode("0001 0001").shown("c"), "absent");
}

TEST(DerivedFile, InputsMustBeNumbersOfTheBlock) {
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "amperes"], how = "sum" })"), IsEmpty());
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["vots", "amperes"], how = "sum" })"),
              ElementsAre("test.toml:11:22: there is no field 'vots'; did you mean 'volts'?"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = "cells.votage", how = "sum" })"),
              ElementsAre("test.toml:11:22: there is no field 'cells.votage'; did you mean 'cells.voltage'?"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["serial", "volts"], how = "sum" })",
                          "[[group]]\nname = \"x\"\nregister = 103\n"
                          "fields = [ { name = \"serial\", register = 0, type = \"serial\" } ]\n"),
              ElementsAre("test.toml:11:22: there is no field 'serial'; did you mean 'x.serial'?"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["x.serial", "volts"], how = "sum" })",
                          "[[group]]\nname = \"x\"\nregister = 103\n"
                          "fields = [ { name = \"serial\", register = 0, type = \"serial\" } ]\n"),
              ElementsAre("test.toml:11:22: 'from' needs numbers, and 'x.serial' is none"));
}

TEST(DerivedFile, AnItemKnowsItsOwnFieldsOnly) {
  EXPECT_THAT(problems_of("",
                          "[[group]]\nname = \"x\"\nregister = 103\n"
                          "fields = [ { name = \"watts\", register = 0, type = \"u16\" } ]\n"
                          "derived = [ { name = \"a\", from = [\"watts\", \"volts\"], how = \"sum\" } ]\n"),
              ElementsAre("test.toml:17:34: there is no field 'volts'"));
}

TEST(DerivedFile, NoneMayBeMadeOfItselfOrOfOneFurtherDown) {
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "a"], how = "sum" })"),
              ElementsAre("test.toml:11:22: 'from' may name derived rows further up only, not 'a'"));
  EXPECT_THAT(problems_of("{ name = \"a\", from = [\"volts\", \"b\"], how = \"sum\" },\n"
                          "{ name = \"b\", from = [\"volts\", \"a\"], how = \"sum\" },"),
              ElementsAre("test.toml:11:22: 'from' may name derived rows further up only, not 'b'"));
}

TEST(DerivedFile, OperationsNeedTheirNumberOfInputs) {
  EXPECT_THAT(problems_of(R"({ name = "a", from = "volts", how = "product" })"),
              ElementsAre("test.toml:11:22: 'product' needs two values at least"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "amperes", "divisor"], how = "quotient" })"),
              ElementsAre("test.toml:11:22: 'quotient' needs two values"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "cells.voltage"], how = "difference" })"),
              ElementsAre("test.toml:11:22: 'difference' takes single values, and 'cells.voltage' is several"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = [], how = "mean" })"),
              ElementsAre("test.toml:11:22: 'mean' needs two values, an array or a field of a group at least"));
}

TEST(DerivedFile, SplitPhaseAndDriftTakeOneThingOfTheirKind) {
  EXPECT_THAT(problems_of(R"({ name = "a", from = "volts", how = "split_phase", unit = "V" })"),
              ElementsAre("test.toml:11:22: 'split_phase' takes one array or field of a group, in V"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = "volts", how = "drift", unit = "s" })"),
              ElementsAre("test.toml:11:22: 'drift' needs a clock, and 'volts' is none"));
}

TEST(DerivedFile, KeysAreChecked) {
  EXPECT_THAT(problems_of("{ unit = \"W\" }"), ElementsAre("test.toml:11:1: a derived row needs the key 'name'",
                                                           "test.toml:11:1: a derived row needs the key 'how'",
                                                           "test.toml:11:1: a derived row needs the key 'from'"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "amperes"], how = "prodct" })"),
              ElementsAre("test.toml:11:50: 'how' is 'prodct', not one of product, sum, difference, quotient, spread, "
                          "minimum, maximum, mean, split_phase, integral, drift; did you mean 'product'?"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "amperes"], how = "sum", register = 100 })"),
              ElementsAre("test.toml:11:57: a derived row has no key 'register'"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "amperes"], how = "sum", decimals = 4 })"),
              ElementsAre("test.toml:11:68: 'decimals' must lie between 0 and 3"));
  EXPECT_THAT(problems_of(R"({ name = "a", from = ["volts", "amperes"], how = "sum", scale = 0 })"),
              ElementsAre("test.toml:11:65: 'scale' must not be 0"));
  EXPECT_THAT(problems_of(R"({ name = "volts", from = ["volts", "amperes"], how = "sum" })"),
              ElementsAre("test.toml:11:1: there is already a field 'volts'"));
}

TEST(DerivedFile, CountsAndConditionsLookAtRegisters) {
  constexpr std::string_view kTotal = R"({ name = "total", from = ["volts", "divisor"], how = "sum" })";
  EXPECT_THAT(problems_of(kTotal,
                          "[[group]]\nname = \"x\"\ncount = \"total\"\nmax = 2\nregister = 103\n"
                          "fields = [ { name = \"y\", register = 0, type = \"u16\" } ]\n"),
              ElementsAre("test.toml:13:1: 'count' needs a field that is read, and 'total' is derived"));
  EXPECT_THAT(problems_of(kTotal,
                          "[[group]]\nname = \"x\"\nregister = 103\n"
                          "fields = [ { name = \"y\", register = 0, type = \"u16\", "
                          "when = { field = \"total\", is = 1 } } ]\n"),
              ElementsAre("test.toml:16:12: 'when' needs a field that is read, and 'total' is derived"));
}

}  // namespace
}  // namespace bluetti::schemas::testing
