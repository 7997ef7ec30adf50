// SPDX-License-Identifier: MIT
#include "gateway/local/documents.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <set>

#include "gateway/local/known_values.h"

namespace bluetti::gateway {
namespace {

std::size_t content_of(const std::vector<discovery::Document>& documents) {
  std::size_t content = 1;
  for (const discovery::Document& document : documents) {
    content = content * 31 + std::hash<std::string_view>{}(document.payload);
  }
  return content;
}

discovery::Origin origin() {
  return {.name = "BLUETTI Gateway", .version = GATEWAY_VERSION, .url = {}};
}

// By component id, sorted.
std::vector<std::string_view> ids_of(const std::vector<discovery::Announced>& announced) {
  std::vector<std::string_view> ids;
  for (const discovery::Announced& document : announced) {
    for (const std::string_view entry : document.components) ids.push_back(entry.substr(entry.find(':') + 1));
  }
  std::ranges::sort(ids);
  return ids;
}

// As the station tells it first; empty: it does not, or not yet.
std::string software_version(const Station& station) {
  for (const BlockState& block : station.blocks()) {
    const auto slots = block.decoder->slots();
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const schemas::Value& value = block.current().values[index];
      if (slots[index].field->kind != kFirmware || !value.present()) continue;
      std::array<char, schemas::kMaxFormatted> buffer;
      return std::string(schemas::format(*slots[index].field, block.current(), value, buffer));
    }
  }
  return {};
}

// Its model, if it is known, has such a field, and the station has not refused the block.
bool tells_software_version(const Station& station) {
  return station.blocks().empty() || std::ranges::any_of(station.blocks(), [](const BlockState& block) {
           return !block.refused && std::ranges::any_of(block.decoder->slots(), [](const schemas::Slot& slot) {
             return slot.field->kind == kFirmware;
           });
         });
}

// Until then, nothing is known that could have gone.
bool is_to_be_found_out(const Station& station) {
  const auto has_entity = [](const BlockState& block) {
    return std::ranges::any_of(block.decoder->slots(),
                               [](const schemas::Slot& slot) { return discovery::is_entity(*slot.field); });
  };
  return station.model() && station.model()->is_abstract && std::ranges::none_of(station.blocks(), has_entity);
}

// After a restart a station is thought to have what it had, until it says otherwise: entities must not go and come.
bool has_value(const BlockState& block, std::size_t index, std::string_view component,
               const std::vector<std::string_view>& announced) {
  const bool is_silent = !block.answered && !block.refused && !announced.empty();
  if (is_silent && block.current().values[index].kind == schemas::ValueKind::missing) {
    return std::ranges::binary_search(announced, component);
  }
  return is_known(block, index) && !is_beyond_count(block, block.decoder->slots()[index]);
}

// Of several ways to a station only one is used: what the others brought stays, and so does what they all bring.
bool is_entity_of(const BlockState& block, std::size_t index, std::string_view component,
                  const std::vector<std::string_view>& announced) {
  if (block.in_use && has_value(block, index, component, announced)) return true;
  const bool may_be_anothers = block.shared && (!block.in_use || block.is_shared(index));
  return may_be_anothers && std::ranges::binary_search(announced, component);
}

// By the best way first: it describes what several ways bring.
std::vector<const BlockState*> blocks_in_order(const Station& station) {
  std::vector<const BlockState*> blocks;
  for (const schemas::Way way : station.ways()) {
    for (const BlockState& block : station.blocks()) {
      if (block.block().way == way) blocks.push_back(&block);
    }
  }
  return blocks;
}

// Between two reads of a value, by the slowest of the ways to it: its document must not change with the way.
Duration longest_interval(const Station& station, const BlockState& own, const schemas::Slot& slot) {
  Duration longest = station.interval(static_cast<std::size_t>(&own - station.blocks().data()));
  if (station.ways().size() == 1) return longest;
  for (std::size_t block = 0; block < station.blocks().size(); ++block) {
    const auto slots = station.blocks()[block].decoder->slots();
    if (std::ranges::find(slots, slot.id, &schemas::Slot::id) == slots.end()) continue;
    longest = std::max(longest, station.interval(block));
  }
  return longest;
}

// Of the settings that may be changed, those whose values are there.
std::vector<const schemas::Setting*> settings_of(const Publication& publication,
                                                 const std::vector<std::string_view>& announced) {
  std::vector<const schemas::Setting*> settings;
  const auto blocks = publication.station().blocks();
  for (const schemas::Setting* setting : publication.settings) {
    const schemas::Setting::Facts& facts = setting->facts();
    const auto block = std::ranges::find_if(
        blocks, [&facts](const BlockState& state) { return state.decoder->block().id == facts.block; });
    if (block == blocks.end()) continue;  // it is not polled
    if (is_entity_of(*block, facts.slot, discovery::control_id(*setting), announced)) settings.push_back(setting);
  }
  return settings;
}

}  // namespace

Documents::Documents(const Config& config, std::string installation, PublishedMemory& memory)
    : installation_(std::move(installation)), memory_(memory) {
  reset(config);
}

void Documents::reset(const Config& config) {
  config_ = config.discovery;
  base_ = config.local.base;
  bridge_root_ = config.local.bridge;
  heartbeat_ = config.local.heartbeat;
  language_ = discovery::Language::named(config_.language).value_or(discovery::Language());
  maker_ = discovery::DocumentMaker(topics_of({}), origin(), language_);
  bridge_ = {};
  next_ = TimePoint::max();
}

void Documents::forget_all(const Publications& publications) {
  for (Publication* publication : publications) publication->documents.content = 0;
  bridge_.content = 0;
}

void Documents::change(Publication& publication) {
  plan(publication.documents, publication.documents.at + kInterval);
}

void Documents::plan(DocumentPlan& plan, TimePoint due) {
  plan.due = std::min(plan.due, due);
  next_ = std::min(next_, plan.due);
}

void Documents::cut(const Publications& publications, std::string_view topic, TimePoint now) {
  const auto is_its = [&](const Publication* publication) {
    return std::ranges::any_of(memory_.announced(publication->name().serial),
                               [&](const discovery::Announced& one) { return one.topic == topic; });
  };
  const auto found = std::ranges::find_if(publications, is_its);
  if (found == publications.end() || (*found)->documents.is_cut) return;
  DocumentPlan& own = (*found)->documents;
  own.is_cut = true;
  own.content = 0;
  plan(own, now + kInterval);
  spdlog::warn("[{}] the broker did not take its discovery document: entities that start switched off are left out",
               (*found)->name().id);
}

void Documents::restore(const Publications& publications) {
  for (Publication* publication : publications) publication->documents.is_cut = false;
}

Documents::Publications Documents::take_due(const Publications& publications, TimePoint now) {
  Publications due;
  if (now < next_) return due;
  next_ = bridge_.due;
  for (Publication* publication : publications) {
    DocumentPlan& plan = publication->documents;
    if (now >= plan.due) {
      plan.due = TimePoint::max();
      due.push_back(publication);
    }
    next_ = std::min(next_, plan.due);
  }
  return due;
}

bool Documents::take_bridge_due(TimePoint now) {
  if (now < bridge_.due) return false;
  bridge_.due = TimePoint::max();
  return true;
}

std::vector<discovery::Announced> Documents::announced(const std::string& key) const {
  std::vector<discovery::Announced> announced = memory_.announced(key);
  for (discovery::Announced& one : announced) one.buried = memory_.buried(key, one.topic);
  return announced;
}

discovery::Topics Documents::topics_of(std::string station) const {
  return {.discovery_prefix = config_.prefix, .base = base_, .station = std::move(station), .bridge = bridge_root_};
}

discovery::Entity Documents::entity_of(const Publication& publication, const BlockState& block,
                                       const schemas::Slot& slot) const {
  discovery::Entity entity{.slot = &slot, .block = &block.block()};
  const bool can_be_unavailable = publication.freshness.can_be_unavailable(slot);
  if (!can_be_unavailable && !config_.expire_after) return entity;
  const Duration interval = longest_interval(publication.station(), block, slot);
  if (interval == Duration::zero()) return entity;  // it never grows old
  entity.can_grow_old = can_be_unavailable;
  if (config_.expire_after) {
    const auto old_after = std::chrono::ceil<std::chrono::seconds>(Station::longest_gap(interval));
    entity.expire_after = static_cast<int>((heartbeat_ + old_after).count());
  }
  return entity;
}

discovery::Station Documents::describe(const Publication& publication) const {
  const Station& station = publication.station();
  const StationName& name = publication.name();
  discovery::Station described{.serial = name.serial, .name = name.name};
  if (const schemas::Model* model = station.model()) {
    described.model = model->title;
    if (!model->is_abstract) described.model_id = model->name;
    described.manufacturer = model->vendor;
  }
  described.area = name.area;
  described.page = config_.page;
  described.software_version = software_version(station);
  described.tells_software_version = tells_software_version(station);
  described.bridge = installation_;
  described.announced = announced(name.serial);
  const std::vector<std::string_view> known = ids_of(described.announced);
  std::set<std::string_view> described_already;
  const bool has_several_ways = station.ways().size() > 1;
  for (const BlockState* block : blocks_in_order(station)) {
    const auto slots = block->decoder->slots();
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const schemas::Slot& slot = slots[index];
      if (!discovery::is_entity(*slot.field)) continue;
      if (!is_entity_of(*block, index, slot.id, known)) continue;
      if (has_several_ways && !described_already.insert(slot.id).second) continue;
      described.entities.push_back(entity_of(publication, *block, slot));
    }
  }
  described.enabled_only = publication.documents.is_cut;
  described.settings = settings_of(publication, known);
  return described;
}

std::vector<discovery::Document> Documents::documents_of(const Publication& publication) {
  const discovery::Station described = describe(publication);
  const bool is_known = !described.announced.empty() && !is_to_be_found_out(publication.station());
  if (described.entities.empty() && !is_known) return {};  // nothing is known of it yet
  return maker_.documents(described, publication.name().id);
}

bool Documents::awaits_first_round(Publication& publication, TimePoint now) {
  DocumentPlan& own = publication.documents;
  const Station& station = publication.station();
  const bool is_first = own.at == TimePoint::min() && memory_.announced(publication.name().serial).empty();
  if (!is_first || station.blocks().empty() || station.went_round()) return false;
  if (own.complete_by == TimePoint::max()) own.complete_by = now + kFirstRound;
  if (now >= own.complete_by) return false;
  plan(own, own.complete_by);
  return true;
}

bool Documents::send(Publication& publication, TimePoint now, Outlet& outlet) {
  const std::string& serial = publication.name().serial;
  if (!config_.enabled) {
    outlet.clear(memory_.take_documents(serial));
    return true;
  }
  if (awaits_first_round(publication, now)) return true;
  memory_.forget_old_burials(serial, now);
  return send(documents_of(publication), serial, publication.documents, now, outlet);
}

bool Documents::send(const std::vector<discovery::Document>& documents, const std::string& key, DocumentPlan& own,
                     TimePoint now, Outlet& outlet) {
  if (own.due != TimePoint::max() && now < own.due) return true;  // not before Home Assistant has taken in the last
  const std::size_t content = content_of(documents);
  if (documents.empty() || content == own.content) return true;
  for (const discovery::Document& document : documents) {
    // One that goes away does so again, whenever Home Assistant comes: for a day.
    if (document.payload.empty()) outlet.clear({document.topic});
    if (!document.payload.empty() && !outlet.publish_retained(document.topic, document.payload)) return false;
  }
  memory_.remember_documents(key, documents, now);
  own.content = content;
  own.at = now;
  const auto is_followed = [](const discovery::Document& document) { return !document.removed.empty(); };
  if (std::ranges::any_of(documents, is_followed)) plan(own, now + kInterval);
  return true;
}

std::string Documents::bridge_topic() const {
  return discovery::bridge_topic(config_.prefix, installation_);
}

void Documents::send_bridge(const BridgeStatus& status, TimePoint now, Outlet& outlet) {
  const std::string key(PublishedMemory::kBridge);
  if (!config_.enabled) return outlet.clear(memory_.take_documents(key));
  memory_.forget_old_burials(key, now);
  discovery::Bridge bridge{.installation = installation_,
                           .version = GATEWAY_VERSION,
                           .page = config_.page,
                           .accounts = {},
                           .totals = config_.totals,
                           .announced = announced(key)};
  for (const AccountStatus& account : status.accounts) bridge.accounts.push_back({account.id, {}});
  (void)send(discovery::bridge_documents(bridge, topics_of({}), origin(), language_), key, bridge_, now, outlet);
}

}  // namespace bluetti::gateway
