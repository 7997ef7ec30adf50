// SPDX-License-Identifier: MIT
// A device of another vendor is a folder of data files.
#include <bluetti/client.h>
#include <bluetti/testing.h>
#include <gmock/gmock.h>

namespace {

TEST(Vendor, AFolderOfFilesIsAllThatAnotherVendorsDeviceNeeds) {
  bluetti::SchemaRegistry schemas;
  const auto added = schemas.add_folder(SOURCE_ROOT "/examples/vendors/riden");
  ASSERT_TRUE(added) << added.error().message;
  const bluetti::testing::Simulation simulation({"RD6006"}, schemas);
  bluetti::Client client({.way = simulation.way(), .schemas = schemas});
  ASSERT_TRUE(client.connect());
  const auto output = client.read_block(8);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->text("output_voltage"), "13.79");
  EXPECT_EQ(output->text("output_power"), "17.01");
  EXPECT_EQ(output->text("regulation"), "constant_voltage");
  EXPECT_EQ(output->text("output"), "ON");
  EXPECT_EQ(client.read_group("core")->blocks.size(), 1U);
}

}  // namespace
