// SPDX-License-Identifier: MIT
// Typed look-up of keys in one table of the configuration, through everything that may give a value: the table
// itself, over which the environment is laid, then tables to fall back to. What is wrong is collected in Reading, with
// its place; the target of a refused value keeps its default. A key is known because it was asked for: finish() refuses
// all others, and tells what came of those.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/config/document.h"

namespace bluetti::gateway {

// What one reading of a configuration brings along and collects.
struct Reading {
  const Environment& environment;
  std::filesystem::path file;
  std::vector<schemas::Problem> problems;
  std::vector<schemas::Problem> warnings;
  std::vector<Setting> settings;

  void refuse(const schemas::Location& where, std::string message);
  [[nodiscard]] std::filesystem::path resolve(const std::filesystem::path& path) const;
};

class Section {
 public:
  struct Text {
    std::string value;
    schemas::Location where;
    std::string name;  // "local.url": the key, with the table that gave it
  };
  struct Layer {
    std::string title;  // "local", "profile.garage"
    const Table* table = nullptr;
  };
  struct LayerEntry {
    const Layer* layer;
    const Entry* entry;
  };

  // No table: the file does not have it.
  Section(Reading& reading, std::string title, const Table* table);

  // What its settings are called, if not by the title: "account.home".
  void call(std::string subject) { subject_ = std::move(subject); }
  // From here on keys that are not found so far are looked for there.
  void fall_back_to(std::string title, const Table& table) { layers_.push_back({std::move(title), &table}); }

  // Each gives nothing, or leaves `to` alone, if the key is not given or refused.
  std::optional<Text> text(std::string_view key);
  std::vector<Text> texts(std::string_view key);  // an array of strings, or one alone
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<std::size_t> choice(std::string_view key, std::span<const std::string_view> names);
  std::optional<BrokerUrl> url(std::string_view key);
  std::optional<BrokerUrl> url(const Text& given);
  bool is_array(std::string_view key);
  void read(std::string_view key, std::string& to);
  void read(std::string_view key, bool& to);
  void read(std::string_view key, std::filesystem::path& to);
  void read(std::string_view key, std::chrono::seconds& to, std::int64_t least, std::int64_t most);
  void read(std::string_view key, double& to, double least, double most);
  void read(std::string_view key, std::vector<std::filesystem::path>& to);
  // `key`, or the content of the file that `<key>_file` names. True if one of them was given.
  bool read_secret(std::string_view key, Secret& to);

  // How a value is told in Config::settings, where read() does not know it: what was given, and what holds otherwise.
  Setting& tell(std::string_view key, std::string value, schemas::Location where = {});
  void tell_default(std::string_view key, std::string value);
  void tell_secret(std::string_view key, const Secret& secret, schemas::Location where);

  // The key's entries in all layers, the strongest first.
  std::vector<LayerEntry> entries(std::string_view key);
  const Table* table(std::string_view key);                // [key]
  std::vector<const Table*> tables(std::string_view key);  // [[key]]

  // Where the key's value stands; the table's place if it is not given.
  schemas::Location place_of(std::string_view key);
  void refuse(const Text& text, std::string_view message);
  void refuse(const schemas::Location& where, std::string_view key, std::string_view message);
  // Says that the text is missing or empty; a value that was refused has been told already.
  void require(std::string_view key, std::string_view what);
  void finish();

 private:
  struct Found {
    Node node;
    std::size_t layer;
  };

  std::optional<Found> find(std::string_view key);
  std::optional<Text> text_of(std::string_view key, const Found& found);
  std::optional<Secret> secret_from_file(const Text& path);
  void wrong_type(std::string_view key, const Found& found, std::string_view wanted);
  void refuse_unknown(const Entry& entry);
  [[nodiscard]] std::string name_of(std::string_view key, std::size_t layer) const;

  Reading& reading_;
  std::vector<Layer> layers_;
  std::string subject_;
  std::vector<std::string> known_;
  std::vector<Setting> told_;  // by key, until finish()
};

}  // namespace bluetti::gateway
