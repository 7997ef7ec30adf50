// SPDX-License-Identifier: MIT
#include "gateway/fleet/inbox.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "gateway/fleet/publish.h"
#include "gateway/station/own_serial.h"
#include "protocol/cloud_topics.h"
#include "protocol/envelope.h"

namespace bluetti::gateway {
namespace {

// The frame was sound, in the envelope and from the unit of the model that the station is thought to be.
bool fits_model(const std::optional<Drop>& dropped) {
  if (!dropped) return true;
  return *dropped == Drop::unasked || *dropped == Drop::too_long || *dropped == Drop::other_block ||
         *dropped == Drop::repeated;
}

bool says_model(const schemas::Slot& slot) {
  return slot.path == "model" || slot.field->kind == "model";
}

// Of one that did not say it when it was asked first, and does so among its values. Empty: it is the right one, as far
// as it says.
std::string serial_of_another(const Member& member, const Reaction& reaction) {
  for (const Update& update : reaction.updates) {
    const BlockState& block = member.station.blocks()[update.block];
    for (const std::uint32_t slot : update.slots) {
      const schemas::Value& value = block.current().values[slot];
      const schemas::Field& field = *block.decoder->slots()[slot].field;
      const bool tells = value.kind == schemas::ValueKind::numeral && field.type == schemas::Type::serial &&
                         block.block().id + field.offset / 2 == kOwnSerial.first_register;
      if (!tells) continue;
      std::string told = std::to_string(value.integer);
      if (!is_same_serial(told, member.config.serial)) return told;
    }
  }
  return {};
}

}  // namespace

void Inbox::on_message(const Account& from, const MessageArrived& message, TimePoint now) {
  const auto address = protocol::parse_from_station_topic(message.topic);
  Member* member = address ? fleet_.find_serial(address->serial) : nullptr;
  if (!member || !member->is_ours() || member->account.get() != &from) {
    return spdlog::debug("[cloud {}] message on unknown topic {}", from.id(), message.topic);
  }
  if (member->uses_lan()) {
    if (message.retained) return;
    member->ways->on_probed(schemas::Way::cloud, member->station, std::as_bytes(std::span(message.payload)), now);
    return turns_.serve(*member, now);
  }
  if (member->config.model == nullptr) {
    if (message.retained) return;
    identify(*member, address->model, message.payload, now);
  }
  member->station.set_wall_clock(clock_.wall(), now);
  const Reaction reaction = member->station.on_message(message.payload, message.retained, now);
  log(*member, reaction);
  publish(bridge_, outside_.sinks.get(), *member, reaction, {clock_.wall(), now});
  if (!reaction.dropped) member->account->last_answer = clock_.wall();
  if (!reaction.dropped && member->ways) member->ways->on_answer(reaction.gave);
  // A first round is all stations sending everything at once, once.
  if (!reaction.updates.empty() && member->station.went_round()) arrivals_.push_back(message.arrived);
  ask_for_report(*member);
  const std::optional<Drop> dropped = reaction.dropped;
  check_own_name(*member, reaction, now);
  review_identity(*member, address->model, message, dropped, now);
  turns_.serve(*member, now);
}

void Inbox::on_lan_message(Member& member, std::span<const std::byte> message, TimePoint now) {
  if (member.ways->asks_serial()) {
    member.ways->on_serial(member.station, message, now);
    return turns_.serve(member, now);
  }
  if (!member.uses_lan()) {
    member.ways->on_probed(schemas::Way::lan, member.station, message, now);
    return turns_.serve(member, now);
  }
  member.station.set_wall_clock(clock_.wall(), now);
  const std::string_view payload{reinterpret_cast<const char*>(message.data()), message.size()};
  const Reaction reaction = member.station.on_message(payload, false, now);
  if (const std::string serial = serial_of_another(member, reaction); !serial.empty()) {
    fleet_.turn_away(member, serial, now);
    return turns_.serve(member, now);
  }
  log(member, reaction);
  publish(bridge_, outside_.sinks.get(), member, reaction, {clock_.wall(), now});
  if (!reaction.dropped) member.ways->on_answer(reaction.gave);
  if (!reaction.updates.empty() && member.station.went_round()) arrivals_.push_back(now);
  ask_for_report(member);
  check_own_name(member, reaction, now);
  turns_.serve(member, now);
}

// Its topic names its model. Of one that nobody knows, the envelope tells at least the generation.
void Inbox::identify(Member& member, std::string_view cloud_model, std::string_view payload, TimePoint now) {
  member.understood_at = now;
  const schemas::Catalog& catalog = fleet_.catalog();
  const schemas::Model* model = catalog.model(cloud_model);
  if (model && model == member.config.model && cloud_model == member.config.cloud_model) return;
  if (model == nullptr) {
    const auto envelope = protocol::detect(std::as_bytes(std::span(payload)));
    model = catalog.model(envelope == protocol::Envelope::v1_0 ? "v1" : "v2");
    spdlog::warn("[{}] the model {} is not known: asking for what stations of its generation have", member.config.id,
                 cloud_model);
  } else {
    spdlog::info("[{}] its model is {}", member.config.id, model->title);
  }
  fleet_.become(member, *model, std::string(cloud_model), now);
  turns_.reset(now);
}

// Its first message may have been somebody else's, or not what it seemed: later ones are listened to under any model.
void Inbox::review_identity(Member& member, std::string_view cloud_model, const MessageArrived& message,
                            const std::optional<Drop>& dropped, TimePoint now) {
  if (!member.config.automatic || message.retained) return;
  if (cloud_model == member.config.cloud_model && fits_model(dropped)) {
    member.understood_at = now;
  } else if (now >= member.understood_at + kDoubtAfter) {
    spdlog::warn("[{}] nothing that fits {} has come for a minute: its model is found out again", member.config.id,
                 member.config.model->title);
    identify(member, cloud_model, message.payload, now);
  }
}

// What a station calls itself beats what its topic calls it. But the message that said so came in the envelope of its
// generation: it cannot be of another.
void Inbox::check_own_name(Member& member, const Reaction& reaction, TimePoint now) {
  if (!member.config.automatic) return;
  for (const Update& update : reaction.updates) {
    const BlockState& block = member.station.blocks()[update.block];
    for (const std::uint32_t slot : update.slots) {
      const schemas::Value& value = block.current().values[slot];
      if (value.kind != schemas::ValueKind::text || !says_model(block.decoder->slots()[slot])) continue;
      const std::string name(block.current().text_of(value));
      const schemas::Model* model = fleet_.catalog().model(name);
      if (model == nullptr || model == member.config.model) continue;
      if (member.uses_lan() && (model->lan.blocks.empty() || model->is_abstract)) continue;
      if (!member.uses_lan() && model->envelope != member.config.model->envelope) {
        if (std::exchange(member.logged.own_name, true)) continue;
        spdlog::warn("[{}] calls itself {}, which is of another generation: not believed (logged once)",
                     member.config.id, name);
        continue;
      }
      spdlog::info("[{}] calls itself {}", member.config.id, name);
      fleet_.become(member, *model, member.config.cloud_model, now);
      return turns_.reset(now);
    }
  }
}

// One line that helps to make an unknown model a known one.
void Inbox::ask_for_report(Member& member) {
  const Station& station = member.station;
  if (!member.config.model->is_abstract || !station.went_round() || std::exchange(member.logged.model, true)) return;
  if (member.uses_lan()) {
    return spdlog::warn("[{}] does not say what it is, or is nothing that is known over Modbus TCP: set its 'model'",
                        member.config.id);
  }
  std::string answered;
  for (const BlockState& block : station.blocks()) {
    if (block.has_spoken()) answered += fmt::format("{}{}", answered.empty() ? "" : ", ", block.decoder->block().id);
  }
  spdlog::warn("[{}] unknown model {} answers the blocks {}: please report this line, so that the model can be added",
               member.config.id, member.config.cloud_model, answered.empty() ? "(none)" : answered);
}

void Inbox::log(const Member& member, const CounterNotice& notice) {
  const std::string& id = member.config.id;
  const std::string& path = member.station.blocks()[notice.block].decoder->slots()[notice.slot].path;
  if (notice.what == CounterNotice::What::held) {
    spdlog::warn("[{}] {} went back a little: it is held until the station has passed it again (logged once)", id,
                 path);
  } else {
    spdlog::warn("[{}] {} has stayed lower for a day: it counts from 0 on from where it fell to", id, path);
  }
}

void Inbox::log(Member& member, const Reaction& reaction) {
  const std::string& id = member.config.id;
  if (reaction.dropped) {
    const bool is_known = std::exchange(member.logged.dropped[static_cast<std::size_t>(*reaction.dropped)], true);
    spdlog::log(is_known ? spdlog::level::debug : spdlog::level::warn,
                "[{}] dropped a message from the {}: {}{}{} (logged once, counted from here on)", id,
                member.uses_lan() ? "station" : "cloud", describe(*reaction.dropped),
                reaction.detail.empty() ? "" : ": ", reaction.detail);
  }
  for (const CounterNotice& notice : reaction.notices) log(member, notice);
  if (reaction.refused_block) {
    const schemas::Block& block = member.station.blocks()[*reaction.refused_block].block();
    spdlog::info("[{}] does not have block {} ({}): not asked again in this session", id, block.id, block.title);
  } else if (reaction.exception != 0 && !std::exchange(member.logged.exception, true)) {
    const schemas::Block* block = member.station.asked();
    spdlog::warn("[{}] answered block {} with Modbus exception {} ({}); asked again at the next poll (logged once)", id,
                 block->id, reaction.exception, protocol::exception_name(reaction.exception));
  }
}

}  // namespace bluetti::gateway
