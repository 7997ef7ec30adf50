// SPDX-License-Identifier: MIT
#include <bluetti/client.h>
#include <bluetti/testing.h>
#include <gmock/gmock.h>

namespace {

using bluetti::BlockSchema;
using bluetti::FieldSchema;
using bluetti::SchemaRegistry;
using ::testing::Contains;
using ::testing::HasSubstr;

BlockSchema heater() {
  BlockSchema schema(22000, "heater");
  schema.registers(3)
      .field(FieldSchema::u16("temperature", 22000)
                 .transform(bluetti::scale(0.1))
                 .transform(bluetti::minus(40))
                 .unit("°C"))
      .field(FieldSchema::enumeration("state", 22001, {{0, "off"}, {1, "heating"}}))
      .field(FieldSchema::u16("flags", 22002).transform(bluetti::bitmask(0x3FFF)).title("The \"flags\""));
  return schema;
}

constexpr const char* kModel = R"(
name = "EL300V2"
extends = "AP300"
evidence = "inferred"
source = "made up for tests"
blocks = [100, 22000]
)";

TEST(SchemaRegistry, TakesABlockBuiltInCodeAndAModelThatReadsIt) {
  SchemaRegistry schemas;
  const auto added = schemas.add(heater());
  ASSERT_TRUE(added) << added.error().message << heater().toml();
  ASSERT_TRUE(schemas.add("el300v2.toml", kModel));
  EXPECT_THAT(schemas.blocks(), Contains(22000));
  EXPECT_THAT(schemas.models(), Contains("EL300V2"));

  bluetti::testing::Simulation simulation({"EL300V2"}, schemas);
  bluetti::Client client({.way = simulation.way(), .stations = {}, .retry = {}, .schemas = schemas});
  ASSERT_TRUE(client.connect());
  const auto block = client.read_block(22000);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_TRUE(block->number("heater_temperature"));
  EXPECT_THAT(block->text("heater_state"), ::testing::AnyOf("off", "heating"));
  EXPECT_EQ(block->find("heater_flags")->title, "The \"flags\"");
}

TEST(SchemaRegistry, RefusesWhatIsThereAlready) {
  SchemaRegistry schemas;
  const auto built_in = schemas.add(BlockSchema(1300, "mine").field(FieldSchema::u16("frequency", 1300)));
  ASSERT_FALSE(built_in);
  EXPECT_EQ(built_in.error().kind, bluetti::ErrorClass::schema);
  EXPECT_THAT(built_in.error().message, HasSubstr("block 1300 is already defined"));
  ASSERT_TRUE(schemas.add(heater()));
  EXPECT_FALSE(schemas.add(heater()));
  EXPECT_FALSE(
      schemas.add("ap300.toml", "name = \"AP300\"\nextends = \"v2\"\nevidence = \"inferred\"\nsource = \"x\"\n"));
}

TEST(SchemaRegistry, RefusesAWrongSchemaAndStaysAsItWas) {
  SchemaRegistry schemas;
  const auto wrong = schemas.add(BlockSchema(22000, "heater").field(FieldSchema::u16("temperature", 22000).unit("K")));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("heater:"));
  EXPECT_THAT(schemas.blocks(), ::testing::Not(Contains(22000)));
  EXPECT_FALSE(schemas.add_file("nowhere.toml"));
  EXPECT_FALSE(schemas.add_folder("nowhere"));
}

TEST(SchemaRegistry, IsAValue) {
  SchemaRegistry first;
  SchemaRegistry second = first;
  ASSERT_TRUE(second.add(heater()));
  EXPECT_THAT(first.blocks(), ::testing::Not(Contains(22000)));
}

TEST(SchemaRegistry, AClientThatIsConnectedTakesNewOnes) {
  bluetti::testing::Simulation simulation({"AP300"});
  bluetti::Client client({.way = simulation.way()});
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.read_block(22000).error().kind, bluetti::ErrorClass::schema);
  ASSERT_TRUE(client.register_schema(heater()));
  EXPECT_FALSE(client.register_schema(heater()));
  // The station does not have it, but now it is known what to ask for.
  EXPECT_EQ(client.read_block(22000).error().kind, bluetti::ErrorClass::protocol);
  EXPECT_TRUE(client.read_block(1300));
}

}  // namespace
