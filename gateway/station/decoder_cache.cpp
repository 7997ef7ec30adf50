// SPDX-License-Identifier: MIT
#include "gateway/station/decoder_cache.h"

namespace bluetti::gateway {

SharedDecoder DecoderCache::of(std::uint16_t block, const schemas::Model& model, int instance) {
  SharedDecoder& shared = decoders_[{&model, block, instance}];
  if (!shared.decoder) {
    shared.decoder = std::make_shared<const schemas::Decoder>(*catalog_->block(block), model, instance);
    shared.scratch =
        std::make_shared<Scratch>(Scratch{.incoming = shared.decoder->make_row(), .known = shared.decoder->make_row()});
  }
  return shared;
}

}  // namespace bluetti::gateway
