// SPDX-License-Identifier: MIT
// What lies between gateway and station fails: the line, the broker, the station itself.
#include "tests/integration/fault_table.h"
#include "tests/integration/misbehaviour.h"

namespace bluetti::test {
namespace {

using Door = FaultProxy::Door;
using End = FaultProxy::End;
using Way = FaultProxy::Way;

constexpr std::size_t kMidFrame = 40;  // bytes into a TLS record that carries a frame

Fault::Action behave(Behaviour behaviour) {
  return [behaviour](FaultWorld& world) { world.station.behave(behaviour); };
}

void behave_well(FaultWorld& world) {
  world.station.behave_well();
}

void heal(FaultWorld& world) {
  world.cloud_line.heal();
}

Fault::Action door(Door door) {
  return [door](FaultWorld& world) {
    world.cloud_line.set_door(door);
    world.cloud_line.reset_connections();
  };
}

Fault::Action flow(Way way, FaultProxy::Flow flow) {
  return [way, flow](FaultWorld& world) { world.cloud_line.set(way, flow); };
}

// The station is asked for three blocks a second.
constexpr std::size_t at_most(int seconds) {
  return static_cast<std::size_t>(3 * seconds + 3);
}

void restart_cloud(FaultWorld& world, const std::string& extra) {
  world.cloud.stop();
  world.cloud.start(extra);
}

// A broker that denies every client but the station a subscription.
void deny_subscriptions(FaultWorld& world) {
  const std::filesystem::path roles = world.dir.write("roles.json", R"({
    "defaultACLAccess": { "publishClientSend": true, "publishClientReceive": true, "subscribe": false },
    "anonymousGroup": "all", "groups": [ { "groupname": "all", "roles": [ { "rolename": "station" } ] } ],
    "roles": [ { "rolename": "station",
                 "acls": [ { "acltype": "subscribePattern", "topic": "SUB/#", "allow": true } ] } ] })");
  std::filesystem::permissions(roles, std::filesystem::perms(0644));
  restart_cloud(world, "plugin " MOSQUITTO_SECURITY_PLUGIN "\nplugin_opt_config_file " + roles.string() + "\n");
}

void refuse_clients(FaultWorld& world) {
  restart_cloud(world, "allow_anonymous false\n");
}

void allow_everything(FaultWorld& world) {
  restart_cloud(world, "");
}

// Registers that would be seen if they were believed, kept by the broker for the next who subscribes.
void keep_old_answer(FaultWorld& world) {
  world.cloud_line.set_door(Door::refuses);
  world.cloud_line.reset_connections();
  world.station.send(FaultWorld::kProbe, {.payload = answer(kStationUnit, {1, 2, 3, 4}), .retained = true});
}

const Fault kLine[] = {
    {.name = "ConnectionRefused",
     .inject = door(Door::refuses),
     .lasts = 2500ms,
     .lift = heal,
     .recovery = 5500ms,
     .requests = 1,
     .connections = 0,
     .says = "cannot connect to"},
    {.name = "AcceptedThenReset",
     .inject = door(Door::resets),
     .lasts = 2500ms,
     .lift = heal,
     .recovery = 5500ms,
     .requests = 1,
     .connections = 2,
     .says = "cannot connect to"},
    {.name = "ResetInMidSession",
     .inject = [](FaultWorld& world) { world.cloud_line.reset_connections(); },
     .lasts = 0ms,
     .lift = heal,
     .recovery = 2500ms,
     .requests = 1,
     .connections = 0,
     .says = "lost the connection to"},
    {.name = "StalledMidFrameFromTheBroker",
     .inject = flow(Way::to_client, FaultProxy::stalled_after(kMidFrame)),
     .lasts = 2500ms,
     .lift = heal,
     .recovery = 3500ms,
     .requests = 3},
    {.name = "StalledMidFrameToTheBroker",
     .inject = flow(Way::to_server, FaultProxy::stalled_after(kMidFrame)),
     .lasts = 2500ms,
     .lift = heal,
     .recovery = 3500ms,
     .requests = 1},
    {.name = "StalledUntilOffline",
     .inject = flow(Way::to_client, FaultProxy::stalled_after(0)),
     .lasts = 6500ms,
     .lift =
         [](FaultWorld& world) {
           heal(world);
           world.station.push(FaultWorld::kProbe);
         },
     .recovery = 1000ms,
     .requests = 4,
     .says = "[probe] offline",
     .offline = 1},
    {.name = "ClosedMidFrame",
     .inject = flow(Way::to_client, FaultProxy::ended_after(kMidFrame, End::close)),
     .lasts = 1500ms,
     .lift = heal,
     .recovery = 5500ms,
     .requests = at_most(1),
     .connections = 2,
     .says = "trying again in"},
    {.name = "BytesLost",
     .inject = flow(Way::to_client, {.swallows = true}),
     .lasts = 1500ms,
     .lift = heal,
     .recovery = 4500ms,
     .requests = 2,
     .says = "lost the connection to"},
    {.name = "AnsweredWithDelay",
     .inject = flow(Way::to_client, {.delay = 700ms}),
     .lasts = 3000ms,
     .lift = heal,
     .recovery = 2000ms,
     .requests = 5},
};

const Fault kBroker[] = {
    {.name = "Restarted",
     .inject = allow_everything,
     .lasts = 0ms,
     .lift = heal,
     .recovery = 5500ms,
     .requests = 1,
     .connections = 1,
     .says = "lost the connection to"},
    {.name = "RefusesTheClient",
     .inject = refuse_clients,
     .lasts = 4000ms,
     .lift = allow_everything,
     .recovery = 5500ms,
     .requests = 0,
     .connections = 2,
     .says = "not authorised"},
    {.name = "RefusesTheSubscription",
     .inject = deny_subscriptions,
     .lasts = 4000ms,
     .lift = allow_everything,
     .recovery = 5500ms,
     .requests = 1,
     .connections = 2,
     .says = "the broker refuses topic"},
    {.name = "KeepsAnOldAnswer",
     .inject = keep_old_answer,
     .lasts = 500ms,
     .lift = heal,
     .recovery = 4500ms,
     .requests = 0,
     .connections = 0,
     .says = "dropped a message from the cloud: a retained message"},
};

const Fault kStation[] = {
    {.name = "Silent",
     .inject = behave(misbehaviour::silent()),
     .lasts = 3500ms,
     .lift = behave_well,
     .recovery = 2500ms,
     .requests = 3},
    {.name = "LateByLessThanTheQuietTime",
     .inject = behave(misbehaviour::late(1500ms)),
     .lasts = 4000ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = 4},
    {.name = "LateByMore",
     .inject = behave(misbehaviour::late(2300ms)),
     .lasts = 3000ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = 3},
    {.name = "AnswersTwice",
     .inject = behave(misbehaviour::duplicated()),
     .lasts = 2000ms,
     .lift = behave_well,
     .recovery = 2000ms,
     .requests = at_most(2)},
    {.name = "AnswersOutOfOrder",
     .inject = behave(misbehaviour::reordered()),
     .lasts = 4000ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = 8},
    {.name = "SendsGarbage",
     .inject = behave(misbehaviour::garbage(1)),
     .lasts = 2000ms,
     .lift = behave_well,
     .recovery = 2000ms,
     .requests = at_most(2),
     .says = "dropped a message from the cloud: not in the envelope"},
    {.name = "SendsHalfFrames",
     .inject = behave(misbehaviour::cut_in_half()),
     .lasts = 2500ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = 3,
     .says = "dropped a message from the cloud: a broken Modbus frame"},
    {.name = "SendsHundredKilobytes",
     .inject = behave(misbehaviour::enormous()),
     .lasts = 2000ms,
     .lift = behave_well,
     .recovery = 2000ms,
     .requests = at_most(2),
     .says = "was not taken in: nothing of use is so large"},
    {.name = "SpeaksAsAnotherUnit",
     .inject = behave(misbehaviour::from_unit(51)),
     .lasts = 2500ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = 3,
     .says = "dropped a message from the cloud: from another Modbus unit"},
    {.name = "SendsAWrongCrc",
     .inject = behave(misbehaviour::with_a_flipped_bit()),
     .lasts = 2500ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = 3,
     .says = "dropped a message from the cloud: a broken Modbus frame"},
    {.name = "AnswersTooMuch",
     .inject = behave(misbehaviour::longer_by_a_register()),
     .lasts = 2500ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = 3,
     .says = "dropped a message from the cloud: an answer longer than what was asked for"},
    {.name = "IsBusy",
     .inject = behave(misbehaviour::exception(6)),
     .lasts = 2500ms,
     .lift = behave_well,
     .recovery = 3000ms,
     .requests = at_most(3),
     .says = "Modbus exception 6"},
};

TEST_P(FaultTable, Row) {
  run_row();
}

INSTANTIATE_TEST_SUITE_P(Line, FaultTable, testing::ValuesIn(kLine), name_of);
INSTANTIATE_TEST_SUITE_P(Broker, FaultTable, testing::ValuesIn(kBroker), name_of);
INSTANTIATE_TEST_SUITE_P(Station, FaultTable, testing::ValuesIn(kStation), name_of);

}  // namespace
}  // namespace bluetti::test
