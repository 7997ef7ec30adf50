// SPDX-License-Identifier: MIT
// The JSON form of a configuration, in which only the file is known as a place. `null` counts as not given. See
// document.h.
#pragma once

#include "gateway/config/document.h"

namespace bluetti::gateway {

[[nodiscard]] std::variant<Table, schemas::Problem> parse_json_document(std::string_view text,
                                                                        const std::string& file_name);

}  // namespace bluetti::gateway
