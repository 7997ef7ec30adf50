// SPDX-License-Identifier: MIT
#include <bluetti/schema_registry.h>
#include <fmt/format.h>

#include <mutex>
#include <optional>
#include <variant>

#include "gateway/base/read_file.h"
#include "gateway/client/contents.h"

namespace bluetti {
namespace {

using Problems = std::vector<schemas::Problem>;

std::shared_ptr<const SchemaRegistry::Contents> built_in() {
  static std::mutex mutex;
  static std::weak_ptr<const SchemaRegistry::Contents> known;
  const std::lock_guard lock(mutex);
  auto contents = known.lock();
  if (!contents) {
    contents = std::make_shared<const SchemaRegistry::Contents>(schemas::Catalog::built_in());
    known = contents;
  }
  return contents;
}

Error refusal(std::string message) {
  return {.kind = ErrorClass::schema, .message = std::move(message)};
}

std::string text_of(const Problems& problems, std::size_t first) {
  std::string text;
  for (std::size_t index = first; index < problems.size(); ++index) {
    text += (text.empty() ? "" : "; ") + problems[index].text();
  }
  return text;
}

// What the text defines that is there already; empty: nothing.
std::string conflict(const schemas::Catalog& catalog, const std::string& name, const std::string& text) {
  Problems ignored;
  if (const auto block = schemas::parse_block(name, text, ignored)) {
    const schemas::Block* other = catalog.block(block->id);
    if (other) return fmt::format("{}: block {} is already defined by {}", name, block->id, other->where.file);
  } else if (const auto model = schemas::parse_model(name, text, ignored)) {
    const schemas::Model* other = catalog.model(model->name);
    if (other) return fmt::format("{}: model {} is already defined by {}", name, model->name, other->where.file);
  }
  return {};
}

}  // namespace

std::shared_ptr<const SchemaRegistry::Contents> contents_of(const SchemaRegistry& registry) {
  return registry.contents() ? registry.contents() : built_in();
}

SchemaRegistry::SchemaRegistry() = default;
SchemaRegistry::SchemaRegistry(const SchemaRegistry&) = default;
SchemaRegistry::SchemaRegistry(SchemaRegistry&&) noexcept = default;
SchemaRegistry& SchemaRegistry::operator=(const SchemaRegistry&) = default;
SchemaRegistry& SchemaRegistry::operator=(SchemaRegistry&&) noexcept = default;
SchemaRegistry::~SchemaRegistry() = default;

Result<Done> SchemaRegistry::add(std::string name, std::string text) {
  return add_all({{std::move(name), std::move(text)}});
}

Result<Done> SchemaRegistry::add(const BlockSchema& schema) {
  return add(schema.name(), schema.toml());
}

Result<Done> SchemaRegistry::add_file(const std::filesystem::path& file) {
  auto text = gateway::read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&text)) {
    return refusal(fmt::format("{}: cannot be read: {}", file.string(), error->message()));
  }
  return add(file.string(), std::get<std::string>(std::move(text)));
}

Result<Done> SchemaRegistry::add_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& file : schemas::schema_files(folder, error)) {
    auto text = gateway::read_file(file);
    if (const auto* fault = std::get_if<std::error_code>(&text)) {
      return refusal(fmt::format("{}: cannot be read: {}", file.string(), fault->message()));
    }
    files.emplace_back(file.string(), std::get<std::string>(std::move(text)));
  }
  if (error) return refusal(fmt::format("{}: cannot be read: {}", folder.string(), error.message()));
  if (files.empty()) return refusal(fmt::format("{}: no *.toml below it", folder.string()));
  return add_all(std::move(files));
}

Result<Done> SchemaRegistry::add_all(std::vector<std::pair<std::string, std::string>> files) {
  const auto before = contents_of(*this);
  auto after = std::make_shared<Contents>(*before);
  const std::size_t known = before->catalog.problems().size();
  for (const auto& [name, text] : files) {
    if (std::string taken = conflict(after->catalog, name, text); !taken.empty()) return refusal(std::move(taken));
    if (!after->catalog.add(name, text)) return refusal(text_of(after->catalog.problems(), known));
  }
  after->catalog.finish();
  if (after->catalog.problems().size() > known) return refusal(text_of(after->catalog.problems(), known));
  contents_ = std::move(after);
  return Done{};
}

std::vector<std::uint16_t> SchemaRegistry::blocks() const {
  std::vector<std::uint16_t> ids;
  const auto contents = contents_of(*this);
  for (const auto& [id, block] : contents->catalog.blocks()) ids.push_back(id);
  return ids;
}

std::vector<std::string> SchemaRegistry::models() const {
  std::vector<std::string> names;
  const auto contents = contents_of(*this);
  for (const auto& [name, model] : contents->catalog.models()) names.push_back(name);
  return names;
}

}  // namespace bluetti
