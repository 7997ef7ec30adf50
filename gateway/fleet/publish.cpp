// SPDX-License-Identifier: MIT
#include "gateway/fleet/publish.h"

#include <spdlog/spdlog.h>

#include <array>

namespace bluetti::gateway {
namespace {

void write(Sinks& sinks, const Member& member, const Update& update, WallTime time) {
  const BlockState& block = member.station.blocks()[update.block];
  std::array<char, schemas::kMaxFormatted> buffer;
  for (const std::uint32_t index : update.slots) {
    const schemas::Slot& slot = block.decoder->slots()[index];
    if (slot.field->secret) continue;
    const schemas::Value& value = block.current().values[index];
    Change change{.time = time, .station = member.config.id, .path = slot.path};
    change.value = schemas::format(*slot.field, block.current(), value, buffer);
    schemas::append_json(*slot.field, block.current(), value, change.json);
    sinks.write(change);
  }
}

}  // namespace

void publish(Bridge& bridge, Sinks* sinks, Member& member, const Reaction& reaction, const Moment& at) {
  if (!reaction.dropped) bridge.heard(member.publication, at.now);
  for (const Update& update : reaction.updates) bridge.publish_update(member.publication, update, at.now);
  if (!reaction.updates.empty()) bridge.publish_json(member.publication);
  if (reaction.shape_changed) bridge.shape_changed(member.publication);
  if (sinks && !sinks->empty()) {
    for (const Update& update : reaction.updates) write(*sinks, member, update, at.wall);
  }
  if (!reaction.came_online) return;
  member.logged.gives_nothing = false;
  spdlog::info("[{}] online", member.config.id);
  bridge.publish_availability(member.publication);
}

}  // namespace bluetti::gateway
