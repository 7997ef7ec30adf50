// SPDX-License-Identifier: MIT
#include "gateway/local/documents.h"

#include <algorithm>
#include <array>

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
      const schemas::Value& value = block.current.values[index];
      if (slots[index].field->kind != kFirmware || !value.present()) continue;
      std::array<char, schemas::kMaxFormatted> buffer;
      return std::string(schemas::format(*slots[index].field, block.current, value, buffer));
    }
  }
  return {};
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
  language_ = discovery::Language::named(config_.language).value_or(discovery::Language());
  told_.assign(config.stations.size(), {});
  bridge_ = 0;
  next_ = TimePoint::max();
}

void Documents::forget_all() {
  for (Told& told : told_) told.content = 0;
  bridge_ = 0;
}

void Documents::forget(std::size_t station) {
  told_[station].content = 0;
}

void Documents::change(std::size_t station) {
  plan(told_[station], told_[station].at + kInterval);
}

void Documents::plan(Told& told, TimePoint due) {
  told.due = std::min(told.due, due);
  next_ = std::min(next_, told.due);
}

std::vector<std::size_t> Documents::take_due(TimePoint now) {
  std::vector<std::size_t> due;
  if (now < next_) return due;
  next_ = TimePoint::max();
  for (std::size_t station = 0; station < told_.size(); ++station) {
    if (now >= told_[station].due) {
      told_[station].due = TimePoint::max();
      due.push_back(station);
    }
    next_ = std::min(next_, told_[station].due);
  }
  return due;
}

discovery::Topics Documents::topics_of(std::string station) const {
  return {.discovery_prefix = config_.prefix, .base = base_, .station = std::move(station), .bridge = bridge_root_};
}

discovery::Station Documents::describe(const Station& station) const {
  const StationConfig& config = station.config();
  discovery::Station described{.serial = config.serial, .name = config.name};
  if (config.model != nullptr) described.model = config.model->title;
  described.software_version = software_version(station);
  described.bridge = installation_;
  described.announced = memory_.announced(config.serial);
  const std::vector<std::string_view> announced = ids_of(described.announced);
  for (const BlockState& block : station.blocks()) {
    const auto slots = block.decoder->slots();
    const bool is_silent = !block.answered && !block.refused && !announced.empty();
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const schemas::Slot& slot = slots[index];
      if (!discovery::is_entity(*slot.field)) continue;
      // After a restart it is thought to have what it had, until it says otherwise: entities must not go and come.
      const bool is_open = is_silent && block.current.values[index].kind == schemas::ValueKind::missing;
      const bool has_it = is_open ? std::ranges::binary_search(announced, std::string_view(slot.id))
                                  : is_known(block, index) && !is_beyond_count(block, slot);
      if (!has_it) continue;
      described.entities.push_back({&slot, &block.decoder->block()});
    }
  }
  return described;
}

std::vector<discovery::Document> Documents::documents_of(const Station& station) const {
  const discovery::Station described = describe(station);
  if (described.entities.empty() && described.announced.empty()) return {};  // nothing is known of it yet
  return discovery::documents(described, topics_of(station.config().id), origin(), language_);
}

bool Documents::clear(const std::string& serial, const Send& send) {
  return std::ranges::all_of(memory_.take_documents(serial),
                             [&](const std::string& topic) { return send(topic, std::string_view()); });
}

bool Documents::awaits_first_round(Told& told, const Station& about, TimePoint now) {
  const bool is_first = told.at == TimePoint::min() && memory_.announced(about.config().serial).empty();
  if (!is_first || about.blocks().empty() || about.went_round()) return false;
  if (told.complete_by == TimePoint::max()) told.complete_by = now + kFirstRound;
  if (now >= told.complete_by) return false;
  plan(told, told.complete_by);
  return true;
}

bool Documents::tell(std::size_t station, const Station& about, TimePoint now, const Send& send) {
  const std::string& serial = about.config().serial;
  if (!config_.enabled) return clear(serial, send);
  Told& told = told_[station];
  if (awaits_first_round(told, about, now)) return true;
  const std::vector<discovery::Document> documents = documents_of(about);
  const std::size_t content = content_of(documents);
  if (documents.empty() || content == told.content) return true;
  for (const discovery::Document& document : documents) {
    if (!send(document.topic, document.payload)) return false;
  }
  memory_.remember_documents(serial, documents);
  told.content = content;
  told.at = now;
  const auto is_followed = [](const discovery::Document& document) { return !document.removed.empty(); };
  if (std::ranges::any_of(documents, is_followed)) plan(told, now + kInterval);
  return true;
}

void Documents::tell_bridge(const BridgeStatus& status, const Send& send) {
  const std::string key(PublishedMemory::kBridge);
  if (!config_.enabled) {
    clear(key, send);
    return;
  }
  discovery::Bridge bridge{.installation = installation_, .version = GATEWAY_VERSION};
  for (const AccountStatus& account : status.accounts) bridge.accounts.push_back({account.id, {}});
  bridge.announced = memory_.announced(key);
  const std::vector<discovery::Document> documents{
      discovery::bridge_document(bridge, topics_of({}), origin(), language_)};
  const std::size_t content = content_of(documents);
  if (content == bridge_ || !send(documents.front().topic, documents.front().payload)) return;
  memory_.remember_documents(key, documents);
  bridge_ = content;
}

}  // namespace bluetti::gateway
