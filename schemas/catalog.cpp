// SPDX-License-Identifier: MIT
#include "schemas/catalog.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "schemas/parse.h"
#include "schemas/text_limits.h"

namespace bluetti::schemas {
namespace {

// Names are compared without case, blanks, '-' and '_': "Elite 200 V2" is ELITE200V2.
std::string comparable(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    if (letter == ' ' || letter == '-' || letter == '_') continue;
    result += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return result;
}

bool is_block(const Node& document) {
  return find(document, "id") != nullptr || find(document, "fields") != nullptr || find(document, "group") != nullptr;
}

// What is wrong; empty: nothing. A pipe would be waited for, a device never ends.
std::string read_regular_file(const std::filesystem::path& path, std::string& text) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return "is not a regular file";
  std::ifstream file(path, std::ios::binary);
  text.resize(kMostSchemaBytes + 1);  // one more than may be, which is then refused for its size
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return file.bad() || (!file.eof() && file.fail()) ? "cannot be read" : std::string();
}

std::vector<std::string> own_names(const Model& model) {
  std::vector<std::string> names = model.aliases;
  names.push_back(model.title);
  return names;
}

}  // namespace

std::vector<std::filesystem::path> schema_files(const std::filesystem::path& folder, std::error_code& error) {
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".toml") files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Catalog Catalog::built_in() {
  return load({});
}

Catalog Catalog::load(std::span<const std::filesystem::path> folders) {
  Catalog catalog;
  for (const EmbeddedFile& file : embedded_files()) catalog.add(file.path, file.text);
  for (const auto& folder : folders) {
    catalog.begin_layer();
    catalog.add_folder(folder);
  }
  catalog.begin_layer();
  catalog.finish();
  return catalog;
}

void Catalog::add_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const auto files = schema_files(folder, error);
  if (error) {
    Problem problem;
    problem.where.file = folder.string();
    problem.message = "cannot be read: " + error.message();
    problems_.push_back(std::move(problem));
  }
  problems_of_files_ = problems_.size();
  for (const auto& path : files) {
    std::string text;
    const std::string fault = read_regular_file(path, text);
    if (fault.empty()) {
      add(path.string(), text);
    } else if (!std::filesystem::is_directory(path, error)) {  // which was walked into
      problems_.push_back({{path.string(), 0, 0}, fault});
      problems_of_files_ = problems_.size();
    }
  }
}

bool Catalog::add(std::string_view file_name, std::string_view text) {
  problems_.resize(problems_of_files_);
  const auto document = read_document(file_name, text, problems_);
  const bool taken = document && (is_block(*document) ? add_block(*document) : add_model(*document));
  problems_of_files_ = problems_.size();
  return taken;
}

bool Catalog::add_block(const Node& document) {
  auto block = read_block(document, problems_);
  if (!block) return false;
  const auto same_layer = block_layers_.find(block->id);
  if (same_layer != block_layers_.end() && same_layer->second == layer_) {
    const std::string& other = blocks_[block->id].where.file;
    problems_.push_back({block->where, "block " + std::to_string(block->id) + " is already in " + other});
    return false;
  }
  for (const auto& [id, other] : blocks_) {
    if (id == block->id || other.name != block->name) continue;
    problems_.push_back(
        {block->where, "block " + std::to_string(id) + " has the name " + in_quotes(block->name) + " too"});
    return false;
  }
  if (same_layer != block_layers_.end()) {
    replaced_[block->id].push_back({std::move(blocks_[block->id]), same_layer->second});
  }
  block_layers_[block->id] = layer_;
  blocks_[block->id] = std::move(*block);
  return true;
}

bool Catalog::add_model(const Node& document) {
  const auto model = read_model(document, Model(), problems_);
  if (!model) return false;
  auto& sources = model_sources_[comparable(model->name)];
  if (!sources.empty() && sources.back().layer == layer_) {
    const std::string& other = sources.back().document->where.file;
    problems_.push_back({model->where, "model " + in_quotes(model->name) + " is already in " + other});
    return false;
  }
  sources.push_back({std::make_shared<const Node>(document), model->extends, layer_});
  return true;
}

void Catalog::finish() {
  do resolve_models();
  while (refuse_clashing_block());
  index_names();
}

void Catalog::resolve_models() {
  problems_.resize(problems_of_files_);
  shared_ids_ = SharedIds(blocks_);
  models_.clear();
  resolved_.clear();
  for (const auto& [key, sources] : model_sources_) {
    std::vector<std::string> chain;
    if (const Model* model = resolve(key, chain)) models_[model->name] = *model;
  }
}

// Of the first two blocks found; finish() comes back for others.
bool Catalog::refuse_clashing_block() {
  for (const auto& [name, model] : models_) {
    const auto clash = clash_in(model);
    if (!clash) continue;
    problems_.resize(problems_of_files_);
    problems_.push_back({blocks_.at(clash->second).where, "block " + std::to_string(clash->second) + " would publish " +
                                                              in_quotes(clash->id) + " of the model " +
                                                              in_quotes(name) + ", as block " +
                                                              std::to_string(clash->first) + " does"});
    ++problems_of_files_;
    withdraw(clash->second);
    return true;
  }
  return false;
}

void Catalog::withdraw(std::uint16_t id) {
  auto& replaced = replaced_[id];
  blocks_.erase(id);
  block_layers_.erase(id);
  if (replaced.empty()) return;
  block_layers_[id] = replaced.back().layer;
  blocks_[id] = std::move(replaced.back().block);
  replaced.pop_back();
}

// The second of the two is the one that was laid later.
std::optional<Clash> Catalog::clash_in(const Model& model) const {
  auto clash = shared_ids_.clash(model.blocks);
  if (!clash) clash = shared_ids_.clash(model.lan.blocks);  // by another way, the same place is meant
  if (clash && block_layers_.at(clash->first) > block_layers_.at(clash->second)) std::swap(clash->first, clash->second);
  return clash;
}

// A model that puts together blocks of earlier layers is to blame itself.
void Catalog::check_clashes(const ModelSource& source, const Model& model) {
  const auto clash = clash_in(model);
  if (!clash || block_layers_.at(clash->second) >= source.layer) return;
  problems_.push_back({place_of(*source.document, "blocks"),
                       "blocks " + std::to_string(clash->first) + " and " + std::to_string(clash->second) +
                           " would both publish " + in_quotes(clash->id) + " of the model " + in_quotes(model.name)});
}

const Model* Catalog::resolve(const std::string& key, std::vector<std::string>& chain) {
  const auto known = resolved_.find(key);
  if (known != resolved_.end()) return known->second ? &*known->second : nullptr;
  chain.push_back(key);
  std::optional<Model> model;
  const auto& sources = model_sources_.at(key);
  for (auto source = sources.rbegin(); !model && source != sources.rend(); ++source) model = resolve(*source, chain);
  chain.pop_back();
  auto& kept = resolved_[key] = std::move(model);
  return kept ? &*kept : nullptr;
}

std::optional<Model> Catalog::resolve(const ModelSource& source, std::vector<std::string>& chain) {
  Model base;
  if (!source.extends.empty()) {
    const std::string key = comparable(source.extends);
    const bool circle = std::find(chain.begin(), chain.end(), key) != chain.end();
    const bool known = model_sources_.contains(key);
    const Model* parent = known && !circle ? resolve(key, chain) : nullptr;
    if (parent == nullptr) {
      const std::string reason = circle  ? "extends itself in the end, by way of "
                                 : known ? "extends a model that was refused, "
                                         : "extends an unknown model, ";
      problems_.push_back({place_of(*source.document, "extends"),
                           reason + in_quotes(source.extends) + (known ? std::string() : similar_model(key))});
      return std::nullopt;
    }
    base = *parent;
  }
  const std::size_t before = problems_.size();
  auto model = read_model(*source.document, base, problems_);
  if (model) check_model(*source.document, *model, blocks_, problems_);
  if (model) check_clashes(source, *model);
  if (problems_.size() != before) return std::nullopt;
  return model;
}

std::string Catalog::similar_model(std::string_view key) const {
  std::vector<std::string_view> names;
  for (const auto& [name, sources] : model_sources_) names.push_back(name);
  return suggestion(key, names);
}

void Catalog::index_names() {
  names_.clear();
  for (const auto& [name, model] : models_) names_[comparable(name)] = name;
  for (auto entry = models_.begin(); entry != models_.end();) {
    const Model& model = entry->second;
    std::string taken;
    for (const std::string& name : own_names(model)) {
      const auto [known, added] = names_.try_emplace(comparable(name), model.name);
      if (!added && known->second != model.name) taken = name;
    }
    if (taken.empty()) {
      ++entry;
      continue;
    }
    problems_.push_back(
        {model.where, in_quotes(taken) + " already names the model " + in_quotes(names_[comparable(taken)])});
    std::erase_if(names_, [&model](const auto& item) { return item.second == model.name; });
    entry = models_.erase(entry);
  }
}

const Block* Catalog::block(std::uint16_t id) const {
  const auto found = blocks_.find(id);
  return found == blocks_.end() ? nullptr : &found->second;
}

const Block* Catalog::block_at(std::uint16_t address) const {
  auto after = blocks_.upper_bound(address);
  while (after != blocks_.begin()) {
    const Block& candidate = std::prev(after)->second;
    if (candidate.id == address || address < candidate.id + candidate.registers) return &candidate;
    --after;
  }
  return nullptr;
}

const Model* Catalog::model(std::string_view name) const {
  const auto known = names_.find(comparable(name));
  if (known == names_.end()) return nullptr;
  const auto found = models_.find(known->second);
  return found == models_.end() ? nullptr : &found->second;
}

}  // namespace bluetti::schemas
