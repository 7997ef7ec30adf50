// SPDX-License-Identifier: MIT
// Blocks compiled for models, shared by all stations of a model, of one catalogue. A compiled block never changes; the
// rows beside it are scratch, in which one message is decoded and compared before the next one comes. The loop's thread
// only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>

#include "gateway/station/changes.h"
#include "schemas/catalog.h"
#include "schemas/decoder.h"

namespace bluetti::gateway {

struct Scratch {
  schemas::Row incoming;  // of the message at hand
  schemas::Row known;     // what the packed row holds that lies at `known_of`
  const std::byte* known_of = nullptr;
};

// Both live on with whoever holds them, also when the cache and the catalogue are gone.
struct SharedDecoder {
  std::shared_ptr<const schemas::Decoder> decoder;
  std::shared_ptr<Scratch> scratch;
};

class DecoderCache {
 public:
  // The catalogue must outlive the cache; after a new one was read, start a new cache.
  explicit DecoderCache(const schemas::Catalog& catalog) : catalog_(&catalog) {}

  [[nodiscard]] const std::shared_ptr<Changes>& changes() const { return changes_; }

  // The block must be one of the catalogue.
  [[nodiscard]] SharedDecoder of(std::uint16_t block, const schemas::Model& model, int instance = 1);

 private:
  const schemas::Catalog* catalog_;
  std::shared_ptr<Changes> changes_ = std::make_shared<Changes>();
  std::map<std::tuple<const schemas::Model*, std::uint16_t, int>, SharedDecoder> decoders_;
};

}  // namespace bluetti::gateway
