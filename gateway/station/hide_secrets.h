// SPDX-License-Identifier: MIT
// Registers are shown to people and sent over the local broker, and some hold passwords. Pure.
#pragma once

#include <vector>

#include "gateway/station/registers.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

// Where the secrets of a catalogue are: for who reads often.
class Secrets {
 public:
  explicit Secrets(const schemas::Catalog& catalog);

  // Makes zero what any block of the catalogue calls secret, in the registers and in the payloads, whose checksums are
  // wrong then, and says so in `hidden`. Of a group with a secret, all is hidden.
  void hide(const schemas::Model& model, RegisterData& data) const;

  // Bytes of the address space.
  struct Stretch {
    int begin = 0;
    int end = 0;
  };

 private:
  std::vector<Stretch> stretches_;
};

inline void hide_secrets(const schemas::Catalog& catalog, const schemas::Model& model, RegisterData& data) {
  Secrets(catalog).hide(model, data);
}

}  // namespace bluetti::gateway
