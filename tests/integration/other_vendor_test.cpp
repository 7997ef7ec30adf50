// SPDX-License-Identifier: MIT
// A device of another vendor that is a folder of schema files: the real binary simulates it on the local network, scans
// it and publishes it.
#include <gmock/gmock.h>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;

using OtherVendor = World;

TEST_F(OtherVendor, NeedsNothingButAFolderOfFiles) {
  const std::string folder = SOURCE_ROOT "/examples/vendors/sma";
  const std::string port = std::to_string(free_port());
  const Process inverter(
      {gateway_binary(), "simulate", "--lan", port, "--model", "SunnyBoy", "--schemas", folder, "--stations", "1"},
      dir.path() / "inverter.log");
  ASSERT_TRUE(inverter.says("1 Modbus TCP station (SunnyBoy)")) << inverter.output();

  const Finished scanned = run_to_end(
      {gateway_binary(), "scan", "--lan", "127.0.0.1:" + port, "--model", "SunnyBoy", "--schemas", folder, "--json"});
  EXPECT_EQ(scanned.code, 0) << scanned.output;
  EXPECT_THAT(scanned.output, HasSubstr(R"("grid_frequency":50.01)"));

  const auto config =
      dir.write("gateway.toml", "[local]\nurl = \"" + local.url() + "\"\n[schemas]\nfolders = [\"" + folder +
                                    "\"]\n[[station]]\nid = \"roof\"\nmodel = \"SunnyBoy\"\nserial = "
                                    "\"3001234567\"\nvia = [\"lan\"]\nlan = { host = \"127.0.0.1\", "
                                    "port = " +
                                    port + " }\n");
  gateway.emplace(std::vector<std::string>{gateway_binary(), "run", "--config", config.string()},
                  dir.path() / "gateway.log");
  EXPECT_TRUE(reads("bluetti/roof/availability", "online")) << gateway->output();
  EXPECT_TRUE(reads("bluetti/roof/grid_frequency", "50.01")) << gateway->output();
  EXPECT_TRUE(reads("bluetti/roof/pv_power", "1518")) << gateway->output();
  const std::string document = "homeassistant/device/bluetti_3001234567/config";
  ASSERT_TRUE(reads_something(document));
  EXPECT_THAT(watcher.latest(document), HasSubstr(R"("manufacturer":"SMA")"));
}

}  // namespace
}  // namespace bluetti::test
