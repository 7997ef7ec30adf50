// SPDX-License-Identifier: MIT
// The library against a real broker with TLS, on which the program simulates the stations.
#include <bluetti/client.h>
#include <gmock/gmock.h>

#include <cstddef>
#include <fstream>
#include <iterator>

#include "tests/integration/harness.h"

namespace bluetti::test {
namespace {

constexpr const char* kSerial = "2345000000001";

std::function<std::string()> password(std::string_view text) {
  return [text = std::string(text)] { return text; };
}

class CloudClient : public ::testing::Test {
 protected:
  CloudClient()
      : simulator_(
            {gateway_binary(), "simulate", "--broker", broker_.url(), "--ca", file("ca.pem"), "--certificate",
             file("client.pfx"), "--password", std::string(kPassword), "--first-serial", kSerial, "--stations", "2"},
            dir_.path() / "simulator.log") {
    EXPECT_TRUE(simulator_.says("connected to the broker"));
  }

  static std::string file(const std::string& name) { return (certificates() / name).string(); }

  [[nodiscard]] ClientOptions options(Certificate certificate) const {
    CloudOptions cloud{.url = broker_.url(), .certificate = std::move(certificate), .authorities = file("ca.pem")};
    return {.way = bluetti::cloud(std::move(cloud)),
            .stations = {{.serial = kSerial, .model = "AP300"}, {.serial = "2345000000002", .model = "AP300"}}};
  }

  TempDir dir_;
  Broker broker_{Broker::Kind::mutual_tls};
  Process simulator_;
};

TEST_F(CloudClient, ReadsWithACertificateFromAFile) {
  Client client(options({.source = std::filesystem::path(file("client.pfx")), .password = password(kPassword)}));
  const auto connected = client.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  const auto first = client.read_block(1300);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->number("grid_frequency"));
  const auto second = client.read_block(6000, CallOptions{.station = "2345000000002"});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->station, "2345000000002");
}

TEST_F(CloudClient, ReadsWithACertificateInMemory) {
  std::ifstream stream(file("client.pfx"), std::ios::binary);
  std::vector<std::byte> bytes;
  for (std::istreambuf_iterator<char> next(stream), end; next != end; ++next) bytes.push_back(std::byte(*next));
  Client client(options({.source = std::move(bytes), .password = password(kPassword)}));
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.read_block(1300));
}

TEST_F(CloudClient, SaysWhatIsWrongWithACertificateOrABroker) {
  const std::filesystem::path good = file("client.pfx");
  Client wrong_password(options({.source = good, .password = password("sesame")}));
  const auto refused = wrong_password.connect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorClass::configuration);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("password"));
  EXPECT_THAT(refused.error().message, ::testing::Not(::testing::HasSubstr("sesame")));
  Client no_file(options({.source = std::filesystem::path("nowhere.pfx")}));
  EXPECT_EQ(no_file.connect().error().kind, ErrorClass::configuration);
  broker_.stop();
  Client nobody(options({.source = good, .password = password(kPassword)}));
  EXPECT_EQ(nobody.connect().error().kind, ErrorClass::transport);
}

TEST_F(CloudClient, ConnectsAgainAfterItHasDisconnected) {
  Client client(options({.source = std::filesystem::path(file("client.pfx")), .password = password(kPassword)}));
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(client.connect());
    EXPECT_TRUE(client.read_block(1300));
    client.disconnect();
    EXPECT_EQ(client.read_block(1300).error().kind, ErrorClass::transport);
  }
}

}  // namespace
}  // namespace bluetti::test
