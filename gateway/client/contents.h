// SPDX-License-Identifier: MIT
// What a SchemaRegistry holds. Internal; immutable.
#pragma once

#include <bluetti/schema_registry.h>

#include <memory>

#include "schemas/catalog.h"

namespace bluetti {

struct SchemaRegistry::Contents {
  schemas::Catalog catalog;
};

// Also of a registry to which nothing was added: then the built-in catalogue, which all share while somebody has it.
[[nodiscard]] std::shared_ptr<const SchemaRegistry::Contents> contents_of(const SchemaRegistry& registry);

}  // namespace bluetti
