// SPDX-License-Identifier: MIT
// Schemas of the application's own, beside the built-in ones. What is built in cannot be replaced, nor what was
// registered before: a conflict is an error and changes nothing. A value: copies are independent of each other.
#pragma once

#include <bluetti/block_schema.h>
#include <bluetti/error.h>
#include <bluetti/export.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bluetti {

class BLUETTI_API SchemaRegistry {
 public:
  SchemaRegistry();
  SchemaRegistry(const SchemaRegistry&);
  SchemaRegistry(SchemaRegistry&&) noexcept;
  SchemaRegistry& operator=(const SchemaRegistry&);
  SchemaRegistry& operator=(SchemaRegistry&&) noexcept;
  ~SchemaRegistry();

  // A block or a model as in a schema file (docs/custom-schemas.md); `name` is for messages.
  Result<Done> add(std::string name, std::string text);
  Result<Done> add(const BlockSchema& schema);
  Result<Done> add_file(const std::filesystem::path& file);
  // Every *.toml below it, all or none: the blocks and models of a vendor.
  Result<Done> add_folder(const std::filesystem::path& folder);

  // With the built-in ones.
  [[nodiscard]] std::vector<std::uint16_t> blocks() const;
  [[nodiscard]] std::vector<std::string> models() const;

  struct Contents;  // internal
  [[nodiscard]] const std::shared_ptr<const Contents>& contents() const { return contents_; }

 private:
  Result<Done> add_all(std::vector<std::pair<std::string, std::string>> files);

  std::shared_ptr<const Contents> contents_;  // nullptr: only what is built in
};

}  // namespace bluetti
