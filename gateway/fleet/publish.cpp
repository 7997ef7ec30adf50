// SPDX-License-Identifier: MIT
#include "gateway/fleet/publish.h"

#include <spdlog/spdlog.h>

namespace bluetti::gateway {

void publish(Bridge& bridge, Member& member, const Reaction& reaction, TimePoint now) {
  for (const Update& update : reaction.updates) bridge.publish_update(member.publication, update, now);
  if (!reaction.updates.empty()) bridge.publish_json(member.publication);
  if (reaction.shape_changed) bridge.shape_changed(member.publication);
  if (!reaction.came_online) return;
  spdlog::info("[{}] online", member.config.id);
  bridge.publish_availability(member.publication);
}

}  // namespace bluetti::gateway
