// SPDX-License-Identifier: MIT
#include "gateway/setup/proposal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Proposal by_signing_in() {
  Proposal proposal;
  proposal.sign_in = SignInConfig{.email = "me@example.com",
                                  .password = Secret("made-up-password"),
                                  .app_key = Secret("made-up-app-key"),
                                  .totp_shared_key = Secret("made-up-totp")};
  proposal.stations = {{.serial = "2345000000001", .name = "Living room", .model = "AP300"}};
  return proposal;
}

TEST(AdditionOf, AnAccountKeepsItsSecretsInFilesBeside) {
  const Addition addition = addition_of(by_signing_in(), {});
  EXPECT_EQ(addition.account, "home");
  EXPECT_THAT(addition.ids, ElementsAre("living_room"));
  EXPECT_THAT(addition.tables, HasSubstr("[[account]]\nid = \"home\"\nemail = \"me@example.com\"\n"
                                         "password_file = \"home.password\"\napp_key_file = \"home.app-key\"\n"
                                         "totp_shared_key_file = \"home.totp-shared-key\"\n"));
  EXPECT_THAT(addition.tables, Not(HasSubstr("made-up")));
  EXPECT_EQ(addition.files.size(), 3U);
  EXPECT_EQ(addition.files.front().content.reveal(), "made-up-password");
}

TEST(AdditionOf, AnAccountThatIsThereIsNotAddedAgain) {
  KnownConfiguration known;
  known.accounts = {"flat"};
  known.emails = {{"me@example.com", "flat"}};
  const Addition addition = addition_of(by_signing_in(), known);
  EXPECT_EQ(
      addition.tables,
      "\n[[station]]\nid = \"living_room\"\nname = \"Living room\"\nmodel = \"AP300\"\nserial = \"2345000000001\"\n");
  EXPECT_THAT(addition.files, IsEmpty());
}

TEST(AdditionOf, ASecondAccountHasAnIdOfItsOwnAndItsStationsNameIt) {
  KnownConfiguration known;
  known.accounts = {"home"};
  known.stations = {"living_room"};
  const Addition addition = addition_of(by_signing_in(), known);
  EXPECT_THAT(addition.ids, ElementsAre("living_room_2"));
  EXPECT_THAT(addition.tables, HasSubstr("account = \"home_2\"\n"));
}

TEST(AdditionOf, AStationThatIsThereIsLeftOut) {
  KnownConfiguration known;
  known.serials = {"2345000000001"};
  EXPECT_THAT(addition_of(by_signing_in(), known).ids, IsEmpty());
}

TEST(AdditionOf, OnTheLocalNetworkThereIsNoAccount) {
  Proposal proposal;
  proposal.local_url = "mqtt://broker.lan:1883";
  proposal.stations = {{.serial = "1", .model = "Balco260", .lan = LanEndpoint{.host = "192.168.1.20", .port = 1502}}};
  const Addition addition = addition_of(proposal, {});
  EXPECT_EQ(addition.tables,
            "\n[local]\nurl = \"mqtt://broker.lan:1883\"\n\n[[station]]\nid = \"balco260\"\nmodel = \"Balco260\"\n"
            "serial = \"1\"\nvia = [\"lan\"]\nlan = { host = \"192.168.1.20\", port = 1502 }\n");
}

// The vendor's service may say anything.
TEST(StationTable, ANameIsNeitherAVariableNorATable) {
  EXPECT_THAT(station_table({.serial = "1", .name = "${HOME}\"\n[x]", .model = "AP300"}, "a", ""),
              HasSubstr("name = \"{HOME}\\\"[x]\"\n"));
}

}  // namespace
}  // namespace bluetti::gateway
