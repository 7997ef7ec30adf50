// SPDX-License-Identifier: MIT
// `report`: one archive for a bug report, without names, serial numbers and secrets. What goes in is listed before it
// is written.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "gateway/base/read_file.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/output_file.h"
#include "gateway/cli/plan.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/redactor.h"
#include "gateway/cli/table.h"
#include "gateway/cli/tar_gz.h"
#include "gateway/cli/version.h"
#include "gateway/cli/vocabulary.h"
#include "gateway/config/document.h"
#include "gateway/state/state_json.h"

namespace bluetti::gateway::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kTail = 256 * 1024;  // bytes of a log or record

// The end of a text, from the beginning of a line on.
std::string tail_of(const std::string& text) {
  if (text.size() <= kTail) return text;
  const std::size_t line = text.find('\n', text.size() - kTail);
  return line == std::string::npos ? std::string() : text.substr(line + 1);
}

bool is_of(const Json& value, std::string_view letters) {
  return value.is_string() && value.get_ref<const std::string&>().find_first_not_of(letters) == std::string::npos;
}

// A message as the recorder writes it, with nothing beside: nothing if the line is anything else.
std::optional<Json> recorded_message(const Json& line, const schemas::Catalog& catalog) {
  if (!line.is_object() || !line.contains("t") || !line["t"].is_number()) return std::nullopt;
  for (const char* key : {"from", "model", "station", "payload"}) {
    if (!line.contains(key) || !line[key].is_string()) return std::nullopt;
  }
  const bool known_model = catalog.model(line["model"].get<std::string>()) != nullptr;
  if (!is_of(line["station"], "0123456789") || !is_of(line["payload"], "0123456789abcdef")) return std::nullopt;
  Json kept{{"t", line["t"]},
            {"from", line["from"] == "gateway" ? "gateway" : "station"},
            {"model", known_model ? line["model"] : Json("hidden")},
            {"station", line["station"]},
            {"payload", line["payload"]}};
  for (const char* key : {"retained", "masked"}) {
    if (line.contains(key) && line[key] == true) kept[key] = true;
  }
  return kept;
}

class Report {
 public:
  Report(const ReportOptions& options, Environment environment)
      : options_(options), environment_(std::move(environment)) {
    hide_whereabouts();
    add_versions();
    add_configuration();
    add_state();
    add_plan();
    add_record();
    add_audit();
    add_log();
  }

  [[nodiscard]] const std::vector<ArchivedText>& texts() const { return texts_; }
  [[nodiscard]] std::string list() const;

 private:
  void hide_whereabouts();
  void add(const std::string& name, std::string what, std::string content) {
    texts_.push_back({"bluetti-gateway-report/" + name, std::move(what), std::move(content)});
  }
  void add_versions() { add("versions.txt", "version, build, libraries", version_text() + "\n"); }
  void add_configuration();
  [[nodiscard]] fs::path state_file() const;
  void add_state();
  void add_plan();
  void add_record();
  void add_audit();
  void add_log();
  // The end of a file, if it can be read.
  [[nodiscard]] static std::optional<std::string> end_of(const fs::path& file);
  // What is known to be private gets a name, and of the rest only what is known not to be stays.
  [[nodiscard]] std::string said(std::string text) {
    return vocabulary_->only_known(redactor_.all_out_of(std::move(text)));
  }

  const ReportOptions& options_;
  const Environment environment_;
  Redactor redactor_;
  std::vector<ArchivedText> texts_;
  schemas::Catalog catalog_ = schemas::Catalog::built_in();
  std::vector<schemas::Problem> problems_;
  std::optional<Config> config_;
  std::optional<Vocabulary> vocabulary_;  // of catalog_
};

// The user's name stands in paths, the machine's in logs.
void Report::hide_whereabouts() {
  if (const auto home = environment_.variable("HOME")) redactor_.hide(*home, "<home>");
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) == 0) redactor_.hide(host.data(), "<host>");
}

void Report::add_configuration() {
  catalog_ = schemas::Catalog::load(schema_folders_of(options_.config, environment_));
  vocabulary_.emplace(catalog_);
  ConfigResult result = load_config(options_.config, environment_, catalog_, Stations::optional);
  if (auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    problems_ = std::move(*problems);
  } else {
    config_ = std::get<Config>(std::move(result));
    redactor_.hide(*config_);
  }
  const auto text = read_file(options_.config);
  if (!std::holds_alternative<std::string>(text)) return;
  const auto document = parse_document(std::get<std::string>(text), options_.config.string());
  if (const auto* table = std::get_if<gateway::Table>(&document)) {
    std::string redacted = redacted_config(*table, environment_, redactor_);
    add("config.toml", "the configuration without names and secrets", said(std::move(redacted)));
  }
}

// Where it is if nothing else is said, should the configuration not tell.
fs::path Report::state_file() const {
  return config_ ? config_->state_file : default_state_file(options_.config);
}

void Report::add_state() {
  const auto text = read_file(state_file());
  if (!std::holds_alternative<std::string>(text)) return;
  const auto read = state_from_json(std::get<std::string>(text));
  if (!std::holds_alternative<State>(read)) return;
  const auto& state = std::get<State>(read);
  redactor_.hide(state);
  Json summary{{"accounts", Json::array()}, {"stations", Json::array()}};
  for (const auto& [id, account] : state.accounts) {
    summary["accounts"].push_back({{"id", id},
                                   {"pinned", !account.pinned_certificate.empty()},
                                   {"signed_in", !account.sign_in.token.empty()},
                                   {"log_ins_of_the_last_hour", account.sign_in.log_ins.size()},
                                   {"refused", !account.sign_in.refused.empty()}});
  }
  for (const auto& [serial, station] : state.stations) {
    summary["stations"].push_back({{"id", station.id},
                                   {"topics", station.paths ? station.paths->size() : 0},
                                   {"documents", station.documents.size()},
                                   {"counters", station.counters}});
  }
  add("state.json", "what is remembered, as numbers", said(summary.dump(1)) + "\n");
}

void Report::add_plan() {
  std::ostringstream plan;
  if (config_) {
    Plan(*config_, catalog_, {}, std::chrono::system_clock::now()).print_json(plan);
    return add("plan.json", "what `check` says", said(plan.str()));
  }
  for (const schemas::Problem& problem : problems_) plan << problem.text() << '\n';
  add("problems.txt", "what is wrong with the configuration", said(plan.str()));
}

std::optional<std::string> Report::end_of(const fs::path& file) {
  if (file.empty()) return std::nullopt;
  auto text = read_tail(file, kTail + 1);  // one more, so that what is cut shows
  if (auto* end = std::get_if<std::string>(&text)) return tail_of(*end);
  std::cerr << fmt::format("warning: {} is left out: {}\n", file.string(), std::get<std::error_code>(text).message());
  return std::nullopt;
}

// What the recorder writes has passed the anonymizer; a line that it cannot have written is left out.
void Report::add_record() {
  const auto text = config_ ? end_of(config_->record.file) : std::nullopt;
  if (!text) return;
  std::istringstream lines(*text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const auto message = recorded_message(Json::parse(line, nullptr, false), catalog_);
    if (message) kept += message->dump() + '\n';
  }
  add("record.jsonl", "the last messages of the record", redactor_.known_out_of(std::move(kept)));
}

// What was asked for may be anything that anybody wrote on the local broker.
void Report::add_audit() {
  const auto text = config_ && config_->control.enabled ? end_of(config_->control.audit) : std::nullopt;
  if (!text) return;
  std::istringstream lines(*text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (Json::parse(line, nullptr, false).is_object()) kept += said(line) + '\n';
  }
  add("control.jsonl", "the last changes of settings and their outcomes", std::move(kept));
}

void Report::add_log() {
  if (auto text = end_of(options_.log)) add("log.txt", "the last lines of the log", said(*std::move(text)));
}

std::string Report::list() const {
  Table table({{"file", "File"}, {"bytes", "Bytes"}, {"what", "What"}});
  for (const ArchivedText& text : texts_) {
    table.add({text.name, static_cast<std::int64_t>(text.content.size()), text.what});
  }
  return table.text(colour_wanted());
}

}  // namespace

int report(const ReportOptions& options) {
  const std::string fault = fault_of_output(options.output, options.force || options.dry_run);
  if (!fault.empty()) return refuse(fault);
  const Report report(options, Environment::of_process());
  std::cout << report.list() << std::flush;
  if (options.dry_run) return kDone;
  if (!write_output(options.output, tar_gz(report.texts(), std::time(nullptr)))) return kFailed;
  std::cout << fmt::format("\nWrote {}. Look into it before you send it.\n", options.output.string());
  return kDone;
}

}  // namespace bluetti::gateway::cli
