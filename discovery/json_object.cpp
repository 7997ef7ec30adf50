// SPDX-License-Identifier: MIT
#include "discovery/json_object.h"

namespace bluetti::discovery {

std::string& JsonObject::member(std::string_view name) {
  out_ += is_empty_ ? "\"" : ",\"";
  is_empty_ = false;
  return out_.append(name).append("\":");
}

void JsonObject::put_joined(std::string_view name, std::initializer_list<std::string_view> parts) {
  std::string& out = member(name);
  out += '"';
  for (const std::string_view part : parts) schemas::append_inside_json_text(part, out);
  out += '"';
}

}  // namespace bluetti::discovery
