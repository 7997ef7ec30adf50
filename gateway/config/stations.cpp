// SPDX-License-Identifier: MIT
// [[station]], and [defaults] and [profile.<name>] behind it.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "gateway/base/ascii.h"
#include "gateway/base/host_port.h"
#include "gateway/base/parse_number.h"
#include "gateway/config/parts.h"
#include "gateway/config/serial_label.h"
#include "gateway/config/suggestion.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway {
namespace {

class StationReader {
 public:
  StationReader(Section& root, Reading& reading, const schemas::Catalog& catalog, const Config& config)
      : reading_(reading), catalog_(catalog), accounts_(config.accounts), defaults_(root.table("defaults")) {
    if (const Table* profiles = root.table("profile")) read_profiles(*profiles);
    if (defaults_) check("defaults", *defaults_);
  }

  StationConfig read(const Table& table);

 private:
  void read_profiles(const Table& profiles);
  void check(const std::string& title, const Table& table);
  void read_shared(Section& section, StationConfig& station, const Section::Text* serial = nullptr);
  const schemas::Model* read_model(Section& section);
  const Table* read_profile(Section& section, std::string& name);
  void take_serial(Section& section, StationConfig& station, const Section::Text& serial);
  void read_account(Section& section, StationConfig& station);
  void check_place(Section& section, const StationConfig& station);

  Reading& reading_;
  const schemas::Catalog& catalog_;
  const std::vector<AccountConfig>& accounts_;
  const Table* defaults_;
  std::map<std::string, const Table*, std::less<>> profiles_;
  std::vector<Section::Text> ids_;
  std::vector<Section::Text> serials_;
  std::vector<Section::Text> places_;  // on the local network
};

void StationReader::read_profiles(const Table& profiles) {
  for (const Entry& entry : profiles.entries) {
    const auto* table = entry.value.as<Table>();
    if (table) {
      profiles_.emplace(entry.key, table);
      check("profile." + entry.key, *table);
    } else {
      reading_.refuse(entry.where,
                      fmt::format("profile.{}: must be a table: write [profile.{}]", entry.key, entry.key));
    }
  }
}

// Tells what is wrong with a table that stations fall back to, even if none does.
void StationReader::check(const std::string& title, const Table& table) {
  Section section(reading_, title, &table);
  StationConfig unused;
  read_shared(section, unused);
  section.finish();
}

void StationReader::read_shared(Section& section, StationConfig& station, const Section::Text* serial) {
  station.model = read_model(section);
  if (serial) take_serial(section, station, *serial);
  read_account(section, station);
  section.read("area", station.area);
  if (const auto capacity = section.integer("capacity", 1, 1'000'000))
    station.capacity = static_cast<double>(*capacity);
  if (station.model) station.cloud_model = station.model->cloud_name;
  if (const auto cloud_model = section.text("cloud_model")) {
    station.cloud_model = cloud_model->value;
    if (!protocol::is_topic_part(cloud_model->value)) {
      section.refuse(*cloud_model, fmt::format("'{}' cannot be part of a topic of the cloud", cloud_model->value));
    }
  }
  // A station whose place at the cloud is known names its model by it.
  section.tell_default("model", "auto");
  section.tell_default("cloud_model", station.cloud_model);
  station.automatic = !station.model;
  const bool is_by_lan = station.goes_by(schemas::Way::lan);
  if (station.automatic) station.model = catalog_.model(is_by_lan ? kAnyLanModel : station.cloud_model);
  station.wishes = read_poll(section, reading_, station.automatic && is_by_lan ? nullptr : station.model, catalog_);
  if (station.model) station.poll = resolve_poll(*station.model, catalog_, station.wishes, station.via);
  station.when_old = read_when_old(section, reading_, catalog_);
  read_consent(section, station);
  read_limits(section, reading_, station);
}

const schemas::Model* StationReader::read_model(Section& section) {
  const auto name = section.text("model");
  if (!name || name->value == "auto") return nullptr;
  const schemas::Model* model = catalog_.model(name->value);
  if (!model) section.refuse(*name, unknown_model(name->value, catalog_));
  return model;
}

const Table* StationReader::read_profile(Section& section, std::string& name) {
  const auto given = section.text("profile");
  if (!given) return nullptr;
  const auto profile = profiles_.find(given->value);
  if (profile != profiles_.end()) {
    name = given->value;
    return profile->second;
  }
  std::vector<std::string> known;
  for (const auto& [key, table] : profiles_) known.push_back(key);
  section.refuse(*given, fmt::format("there is no [profile.{}]{}", given->value, suggestion(given->value, known)));
  return nullptr;
}

// A label also tells the model, if the configuration does not.
void StationReader::take_serial(Section& section, StationConfig& station, const Section::Text& serial) {
  auto parsed = parse_serial_label(serial.value, station.model, catalog_);
  if (const auto* fault = std::get_if<std::string>(&parsed)) return section.refuse(serial, *fault);
  const auto& label = std::get<SerialLabel>(parsed);
  const auto same =
      std::find_if(serials_.begin(), serials_.end(), [&](const auto& other) { return other.value == label.serial; });
  if (same != serials_.end()) {
    section.refuse(serial, fmt::format("'{}' is that of another station, in line {}", serial.value, same->where.line));
    return;
  }
  station.serial = label.serial;
  serials_.push_back({.value = label.serial, .where = serial.where});
  if (!station.model) station.model = label.model;
}

void StationReader::read_account(Section& section, StationConfig& station) {
  const auto account = section.text("account");
  if (!account) {
    if (accounts_.size() == 1) station.account = accounts_.front().id;
    return section.tell_default("account", station.account);
  }
  station.account = account->value;
  std::vector<std::string> known;
  for (const AccountConfig& other : accounts_) known.push_back(other.id);
  if (std::find(known.begin(), known.end(), account->value) == known.end()) {
    section.refuse(*account, fmt::format("there is no [[account]] with the id '{}'{}", account->value,
                                         suggestion(account->value, known)));
  }
}

// Two connections to one station spoil each other's answers.
void StationReader::check_place(Section& section, const StationConfig& station) {
  if (!station.goes_by(schemas::Way::lan) || station.lan.host.empty()) return;
  const std::string place = lower_case(host_port_text(station.lan.host, station.lan.port));
  const auto same = std::ranges::find(places_, place, &Section::Text::value);
  if (same == places_.end()) return places_.push_back({.value = place, .where = section.place_of("lan")});
  section.refuse(section.place_of("lan"), "lan",
                 fmt::format("{} is that of another station, in line {}", place, same->where.line));
}

StationConfig StationReader::read(const Table& table) {
  StationConfig station;
  Section section(reading_, "station", &table);
  station.id = read_id(section, ids_, "the station's name in topics, of a-z, 0-9 and _");
  if (station.id == "bridge") {
    section.refuse(section.place_of("id"), "id", "'bridge' is the gateway's own; choose another");
  }
  section.call("station." + station.id);
  station.name = schemas::title_of(station.id);
  section.read("name", station.name);
  const auto serial = section.text("serial");
  if (!serial) section.require("serial", "the station's serial number, its digits or its whole label");

  std::string profile_name;
  const Table* profile = read_profile(section, profile_name);
  if (profile) section.fall_back_to("profile." + profile_name, *profile);
  if (defaults_) section.fall_back_to("defaults", *defaults_);
  read_ways(section, reading_, station);
  read_shared(section, station, serial ? &*serial : nullptr);
  check_ways(section, catalog_, station);
  check_place(section, station);
  if (station.goes_by(schemas::Way::cloud)) {
    if (accounts_.empty()) section.require("account", "there is no [[account]] yet");
    if (accounts_.size() > 1) section.require("account", "there are several; name one");
  } else {
    station.account.clear();
  }
  section.finish();
  return station;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  return text.size() <= kLongest ? std::string(text) : fmt::format("{}...", text.substr(0, kLongest));
}

}  // namespace

std::string fault_of_serial(std::string_view serial) {
  constexpr std::size_t kMostDigits = 20;  // of the largest number that the serial registers can hold
  const bool is_number = !serial.empty() && serial.size() <= kMostDigits && std::ranges::all_of(serial, is_digit);
  if (!is_number) {
    return fmt::format("'{}' is not a number of at most {} digits; give the numeric part, without the model name",
                       shortened(serial), kMostDigits);
  }
  const auto number = parse_number<std::uint64_t>(serial);
  if (!number || *number == std::numeric_limits<std::uint64_t>::max()) {
    return fmt::format("'{}' is larger than any serial number", serial);
  }
  return *number == 0 ? fmt::format("'{}' is no serial number", serial) : std::string();
}

void read_stations(Section& root, Reading& reading, const schemas::Catalog& catalog, Config& config) {
  StationReader reader(root, reading, catalog, config);
  for (const Table* table : root.tables("station")) config.stations.push_back(reader.read(*table));
}

}  // namespace bluetti::gateway
