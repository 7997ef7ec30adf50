// SPDX-License-Identifier: MIT
// All blocks and models: the built-in files, with folders of the user laid over them. Immutable once loaded.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "schemas/clashes.h"
#include "schemas/schema.h"

namespace bluetti::schemas {

struct Node;

// A file built into the binary.
struct EmbeddedFile {
  std::string_view path;  // "blocks/1300-grid.toml"
  std::string_view text;
};
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

// Every *.toml below the folder, in the order of their names.
[[nodiscard]] std::vector<std::filesystem::path> schema_files(const std::filesystem::path& folder,
                                                              std::error_code& error);

class Catalog {
 public:
  // The built-in files only.
  [[nodiscard]] static Catalog built_in();

  // The built-in files with every *.toml below each folder laid over them, later folders over earlier ones. A block
  // file replaces the block of the same id, a model file the model of the same name. A file that is wrong is refused as
  // a whole, told in problems(), and the rest goes on, with what the file would have replaced.
  [[nodiscard]] static Catalog load(std::span<const std::filesystem::path> folders);

  // Adds one file's text, a block if it has an `id` or rows, else a model. True if it was taken.
  // Two files of the same layer may not define the same thing; a file of a later layer replaces it.
  bool add(std::string_view file_name, std::string_view text);
  void begin_layer() { ++layer_; }

  // Resolves `extends` and checks models against blocks. Where two blocks of a model would publish a value at the same
  // place, the file laid last is refused: the model's if it came after both, else the later block's. Called by load()
  // and built_in(); call it after the last add().
  void finish();

  [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

  [[nodiscard]] const Block* block(std::uint16_t id) const;
  // The block with this id, else the one whose registers contain this address: for data that starts in mid-block.
  [[nodiscard]] const Block* block_at(std::uint16_t address) const;
  [[nodiscard]] const std::map<std::uint16_t, Block>& blocks() const { return blocks_; }

  // By name, title or alias, without regard to case, blanks, '-' and '_'. nullptr: unknown.
  [[nodiscard]] const Model* model(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, Model, std::less<>>& models() const { return models_; }

 private:
  // A model waits as a document for finish(), when its base is known.
  struct ModelSource {
    std::shared_ptr<const Node> document;
    std::string extends;
    int layer = 0;
  };

  struct Replaced {
    Block block;
    int layer = 0;
  };

  bool add_block(const Node& document);
  bool add_model(const Node& document);
  void add_folder(const std::filesystem::path& folder);
  void resolve_models();
  bool refuse_clashing_block();
  void withdraw(std::uint16_t id);
  [[nodiscard]] std::optional<Clash> clash_in(const Model& model) const;
  void check_clashes(const ModelSource& source, const Model& model);
  const Model* resolve(const std::string& key, std::vector<std::string>& chain);
  std::optional<Model> resolve(const ModelSource& source, std::vector<std::string>& chain);
  [[nodiscard]] std::string similar_model(std::string_view key) const;
  void index_names();

  std::map<std::uint16_t, Block> blocks_;
  std::map<std::uint16_t, int> block_layers_;
  std::map<std::uint16_t, std::vector<Replaced>> replaced_;  // by later layers, the last at the back
  SharedIds shared_ids_;
  std::map<std::string, std::vector<ModelSource>> model_sources_;  // by comparable name, later layers last
  std::map<std::string, std::optional<Model>> resolved_;           // by comparable name; empty: refused
  std::map<std::string, Model, std::less<>> models_;
  std::map<std::string, std::string> names_;  // comparable name, title or alias to the model's name
  std::vector<Problem> problems_;
  std::size_t problems_of_files_ = 0;  // the first so many come from add(), the rest from finish()
  int layer_ = 0;
};

// One file's text to a block or model; problems are appended and the result is empty if there were any.
[[nodiscard]] std::optional<Block> parse_block(std::string_view file_name, std::string_view text,
                                               std::vector<Problem>&);
[[nodiscard]] std::optional<Model> parse_model(std::string_view file_name, std::string_view text,
                                               std::vector<Problem>&);

// The nearest of `known` if it is near enough to be what was meant; empty otherwise. For "did you mean ...".
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace bluetti::schemas
