// SPDX-License-Identifier: MIT
// What browsers and programs post: fields of a form, or members of a JSON object. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bluetti::gateway::http {

using Fields = std::map<std::string, std::string, std::less<>>;

// application/x-www-form-urlencoded. Nothing: it is none.
[[nodiscard]] std::optional<Fields> parse_form(std::string_view body);
// multipart/form-data, as `content_type` names its boundary; a file is its content.
[[nodiscard]] std::optional<Fields> parse_multipart(std::string_view content_type, std::string_view body);
// One flat object; numbers and booleans as text, true and false as ON and OFF.
[[nodiscard]] std::optional<Fields> parse_json_fields(std::string_view body);

}  // namespace bluetti::gateway::http
