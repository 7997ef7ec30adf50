// SPDX-License-Identifier: MIT
// Registers are shown to people and sent over the local broker, and some hold passwords. Pure.
#pragma once

#include "gateway/station/registers.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

// Makes zero what any block of the catalogue calls secret, in the registers and in the payloads, whose checksums are
// wrong then, and says so in `hidden`. Of a group with a secret, all is hidden.
void hide_secrets(const schemas::Catalog& catalog, const schemas::Model& model, RegisterData& data);

}  // namespace bluetti::gateway
