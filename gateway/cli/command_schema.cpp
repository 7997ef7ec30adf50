// SPDX-License-Identifier: MIT
// `schema`: for those who write schema files: what is wrong with them, and which bytes they leave unexplained.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "gateway/base/read_file.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/decode_input.h"
#include "gateway/cli/find_block.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/schema_lint.h"
#include "gateway/cli/table.h"
#include "schemas/coverage.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Block;
using schemas::Catalog;
using schemas::Model;
using schemas::Problem;

std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

Problem unreadable(const std::filesystem::path& path, const std::error_code& error) {
  return {.where = {.file = path.string()}, .message = "cannot be read: " + error.message()};
}

// The files the arguments stand for, laid over the built-in ones.
class SchemaCheck {
 public:
  explicit SchemaCheck(const std::vector<std::filesystem::path>& arguments) {
    for (const schemas::EmbeddedFile& file : schemas::embedded_files()) catalog_.add(file.path, file.text);
    catalog_.begin_layer();
    for (const auto& argument : arguments) add(argument);
    catalog_.begin_layer();
    catalog_.finish();
    const auto& refused = catalog_.problems();
    errors_.insert(errors_.end(), refused.begin(), refused.end());
    warnings_ = lint(catalog_, {files_.begin(), files_.end()});
    for (const auto& [id, block] : catalog_.blocks()) blocks_[block.where.file] = &block;
    for (const auto& [name, model] : catalog_.models()) models_[model.where.file] = &model;
  }

  void print_text() const;
  void print_json() const;
  [[nodiscard]] bool failed() const { return !errors_.empty(); }

 private:
  void add(const std::filesystem::path& argument) {
    std::error_code error;
    if (!std::filesystem::is_directory(argument, error)) return add_file(argument);
    for (const auto& file : schemas::schema_files(argument, error)) add_file(file);
    if (error) errors_.push_back(unreadable(argument, error));
  }

  void add_file(const std::filesystem::path& path) {
    const auto content = read_file(path);
    if (const auto* error = std::get_if<std::error_code>(&content)) return errors_.push_back(unreadable(path, *error));
    files_.push_back(path.string());
    catalog_.add(files_.back(), std::get<std::string>(content));
  }

  Catalog catalog_;
  std::vector<std::string> files_;  // that could be read
  std::vector<Problem> errors_;
  std::vector<Problem> warnings_;
  std::map<std::string, const Block*> blocks_;  // by file; also of files that are not ours
  std::map<std::string, const Model*> models_;
};

void SchemaCheck::print_text() const {
  for (const Problem& error : errors_) std::cerr << error.text() << '\n';
  for (const auto& [where, message] : warnings_) std::cerr << Problem{where, "warning: " + message}.text() << '\n';
  for (const std::string& file : files_) {
    if (const auto block = blocks_.find(file); block != blocks_.end()) {
      const Block& it = *block->second;
      std::cout << fmt::format("{}: block {} {}, {}, {}\n", file, it.id, it.name, counted(count_fields(it), "field"),
                               name_of(it.evidence));
    } else if (const auto model = models_.find(file); model != models_.end()) {
      const Model& it = *model->second;
      std::cout << fmt::format("{}: model {}, {}, {}\n", file, it.name, counted(it.blocks.size(), "block"),
                               name_of(it.evidence));
    }
  }
}

void SchemaCheck::print_json() const {
  Table models({{"file", ""}, {"name", ""}, {"blocks", ""}, {"evidence", ""}});
  Table blocks({{"file", ""}, {"id", ""}, {"name", ""}, {"fields", ""}, {"evidence", ""}});
  for (const std::string& file : files_) {
    if (const auto block = blocks_.find(file); block != blocks_.end()) {
      const Block& it = *block->second;
      blocks.add({file, std::int64_t{it.id}, it.name, static_cast<std::int64_t>(count_fields(it)),
                  std::string(name_of(it.evidence))});
    } else if (const auto model = models_.find(file); model != models_.end()) {
      const Model& it = *model->second;
      models.add({file, it.name, std::vector<std::int64_t>(it.blocks.begin(), it.blocks.end()),
                  std::string(name_of(it.evidence))});
    }
  }
  std::cout << R"({"blocks":)" << blocks.json() << R"(,"models":)" << models.json() << R"(,"errors":)"
            << json_of(errors_) << R"(,"warnings":)" << json_of(warnings_) << "}\n";
}

// A secret is not printed, though it came from the user: what is printed gets pasted.
std::string hex_of(const schemas::CoveredRange& range) {
  const bool secret = std::ranges::any_of(range.owners, [](const schemas::Slot* slot) { return slot->field->secret; });
  std::string hex;
  for (std::size_t i = 0; i < range.bytes.size(); ++i) {
    if (i > 0 && (range.offset + static_cast<int>(i)) % 2 == 0) hex += ' ';
    hex += secret ? "**" : fmt::format("{:02x}", static_cast<unsigned>(range.bytes[i]));
  }
  return hex;
}

std::string registers_of(const schemas::CoveredRange& range, int block) {
  const int first = block + range.offset / 2;
  const int last = block + (range.offset + static_cast<int>(range.bytes.size()) - 1) / 2;
  return first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
}

std::vector<std::string> paths_of(const schemas::CoveredRange& range) {
  std::vector<std::string> paths;
  for (const schemas::Slot* slot : range.owners) paths.push_back(slot->path);
  return paths;
}

bool is_unexplained(const schemas::CoveredRange& range) {
  return range.owners.empty() && !range.zero;
}

void print_text(const schemas::Coverage& coverage, const Block& block) {
  Table table({{"", "Registers"}, {"", "Offset"}, {"", "Bytes"}, {"", "Claimed by"}, {"", ""}});
  std::size_t bytes = 0;
  for (const schemas::CoveredRange& range : coverage.ranges) {
    bytes += range.bytes.size();
    Cell owners = paths_of(range);
    if (range.owners.empty()) owners = std::string("-");
    table.add({registers_of(range, block.id), std::int64_t{range.offset}, hex_of(range), std::move(owners),
               std::string(is_unexplained(range) ? "<- not zero" : "")});
  }
  std::cout << fmt::format("Block {} ({})\n", block.id, block.name) << table.text(colour_wanted())
            << fmt::format("{} of {} bytes claimed, {} unclaimed and not zero\n", coverage.claimed, bytes,
                           coverage.unclaimed_not_zero);
}

void print_json(const schemas::Coverage& coverage, const Block& block) {
  Table table({{"register", ""}, {"offset", ""}, {"hex", ""}, {"fields", ""}, {"zero", ""}});
  std::size_t bytes = 0;
  for (const schemas::CoveredRange& range : coverage.ranges) {
    bytes += range.bytes.size();
    table.add({std::int64_t{block.id + range.offset / 2}, std::int64_t{range.offset}, hex_of(range), paths_of(range),
               range.zero});
  }
  std::cout << fmt::format(R"({{"block":{},"name":{},"bytes":{},"claimed":{},"unclaimed_not_zero":{},"ranges":{}}})",
                           block.id, json_text(block.name), bytes, coverage.claimed, coverage.unclaimed_not_zero,
                           table.json())
            << '\n';
}

}  // namespace

int schema_check(const SchemaCheckOptions& options) {
  const SchemaCheck check(options.files);
  options.json ? check.print_json() : check.print_text();
  return check.failed() ? kFailed : kDone;
}

int schema_coverage(const SchemaCoverageOptions& options) {
  const Catalog catalog = Catalog::load(options.schemas);
  print_problems(catalog.problems());
  const Model* model = catalog.model(options.model);
  if (!model) return refuse(unknown_model(options.model, catalog));
  const Block* block = find_block(catalog, *model, options.block);
  if (!block) return refuse(unknown_block(options.block, catalog));
  std::vector<std::byte> data;
  if (const auto refused = parse_hex(options.input, data)) return refuse(refused->reason);

  const schemas::Decoder decoder(*block, *model);
  const auto coverage = schemas::coverage_of(decoder, data, (options.block - block->id) * 2);
  options.json ? print_json(coverage, *block) : print_text(coverage, *block);
  return kDone;
}

}  // namespace bluetti::gateway::cli
