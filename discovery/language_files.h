// SPDX-License-Identifier: MIT
// The files of discovery/languages/, as CMake put them into the binary. Private to this folder.
#pragma once

#include <span>

#include "schemas/catalog.h"

namespace bluetti::discovery {

[[nodiscard]] std::span<const schemas::EmbeddedFile> embedded_files();

}  // namespace bluetti::discovery
