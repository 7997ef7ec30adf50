// SPDX-License-Identifier: MIT
// Texts as JSON, for values that are shown and for documents of some hundred entities. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace bluetti::schemas {

// In quotes. What is no UTF-8 becomes U+FFFD: the user's words may be any bytes.
void append_json_text(std::string_view text, std::string& out);
// The same without the quotes, for one that is put together of parts.
void append_inside_json_text(std::string_view text, std::string& out);

}  // namespace bluetti::schemas
