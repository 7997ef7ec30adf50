// SPDX-License-Identifier: MIT
// From the envelope a model's schema names to the one the wire uses: the two rooms do not know each other.
#pragma once

#include "protocol/envelope.h"
#include "schemas/schema.h"

namespace bluetti::gateway {

[[nodiscard]] constexpr protocol::Envelope envelope_of(schemas::EnvelopeKind kind) {
  switch (kind) {
    case schemas::EnvelopeKind::bare:
      return protocol::Envelope::bare;
    case schemas::EnvelopeKind::v1_0:
      return protocol::Envelope::v1_0;
    case schemas::EnvelopeKind::v1_2:
      return protocol::Envelope::v1_2;
  }
  return protocol::Envelope::bare;
}

}  // namespace bluetti::gateway
