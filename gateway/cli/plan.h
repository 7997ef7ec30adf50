// SPDX-License-Identifier: MIT
// What the gateway would do with a configuration, as far as that is known before a connection is made: connections,
// stations, polls, topics, entities, files, and where each value comes from. Opens certificates; no network.
#pragma once

#include <chrono>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "gateway/cli/control_plan.h"
#include "gateway/cli/table.h"
#include "gateway/config/config.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::cli {

// What is shown beyond the summary.
struct PlanDetail {
  bool tables = false;    // connections, stations, polls, settings, files, sources
  bool topics = false;    // as a table
  bool entities = false;  // as a table
  bool defaults = false;  // default values too; in JSON they are always there
};

class Plan {
 public:
  Plan(const Config& config, const schemas::Catalog& catalog, PlanDetail detail,
       std::chrono::system_clock::time_point now);

  // "OK, 2 warnings"
  [[nodiscard]] std::string verdict() const;
  void print_summary(std::ostream& to) const;
  void print_tables(std::ostream& to, bool colour) const;
  void print_json(std::ostream& to) const;
  [[nodiscard]] const std::vector<std::string>& errors() const { return errors_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  // What a block of a model comes to, if every group is as long as it can be.
  struct Extent {
    std::int64_t topics = 0;
    std::int64_t entities = 0;
    std::int64_t enabled = 0;  // of the entities
    double reads = 0;          // that one poll takes
  };

  void add_connections();
  void add_account(const AccountConfig& account);
  void add_station(const StationConfig& station);
  void add_block(const StationConfig& station, const schemas::Block& block);
  void add_files();
  void add_file(const std::string& what, const std::filesystem::path& file, bool is_secret);
  [[nodiscard]] Table settings(bool defaults) const;
  const Extent& extent_of(const schemas::Block& block, const schemas::Model& model);
  [[nodiscard]] double reads_per_minute(const StationConfig& station);
  std::string certificate_validity(const AccountConfig& account);

  const Config& config_;
  const schemas::Catalog& catalog_;
  const PlanDetail detail_;
  const std::chrono::system_clock::time_point now_;
  std::map<std::pair<const schemas::Block*, const schemas::Model*>, Extent> extents_;
  std::map<std::string, double, std::less<>> reads_;  // per minute, by account
  ControlPlan control_;
  std::vector<std::pair<std::string, std::string>> accounts_summary_;  // what, and how it will be
  std::vector<std::pair<std::string, std::string>> stations_summary_;
  std::vector<std::string> warnings_;
  std::vector<std::string> errors_;
  Table connections_{{{"name", "Connection"},
                      {"url", "Broker"},
                      {"username", "User"},
                      {"verify", "Server check"},
                      {"certificate", "Certificate"},
                      {"valid_until", "Valid until"},
                      {"polls_per_minute", "Polls/min"},
                      {"budget_per_minute", "Budget/min"}}};
  Table stations_{{{"id", "Station"},
                   {"name", "Name"},
                   {"model", "Model"},
                   {"serial", "Serial"},
                   {"account", "Account"},
                   {"topic", "Topics below"},
                   {"topics", "Topics"},
                   {"entities", "Entities"},
                   {"polls_per_minute", "Polls/min"}}};
  Table polls_{{{"station", "Station"},
                {"block", "Block"},
                {"name", "Name"},
                {"registers", "Registers"},
                {"seconds", "Every s"}}};
  Table files_{{{"use", "File"}, {"file", "Path"}, {"permissions", "Permissions"}}};
  Table topics_{{{"topic", "Topic"}, {"unit", "Unit"}}};
  Table entities_{{{"station", "Station"},
                   {"id", "Entity"},
                   {"name", "Name"},
                   {"platform", "Platform"},
                   {"unit", "Unit"},
                   {"enabled", "Enabled"}}};
};

}  // namespace bluetti::gateway::cli
