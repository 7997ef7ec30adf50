// SPDX-License-Identifier: MIT
// JSON objects written as text, for documents of some hundred entities, of which there may be as many as stations.
// Members are added in the order of their names, so that equal devices give equal bytes. Private to this folder.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "schemas/json_text.h"

namespace bluetti::discovery {

// From `{` at its beginning to `}` at its end.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  ~JsonObject() { out_ += '}'; }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  // Where the member's value is to be written.
  std::string& member(std::string_view name);
  void put(std::string_view name, std::string_view text) { schemas::append_json_text(text, member(name)); }
  void put_joined(std::string_view name, std::initializer_list<std::string_view> parts);
  // Home Assistant refuses the whole document for an empty text it did not expect: what is unknown is left out.
  void put_known(std::string_view name, std::string_view text) {
    if (!text.empty()) put(name, text);
  }

 private:
  std::string& out_;
  bool is_empty_ = true;
};

// An object by itself: `fill` adds its members. `size`: about how long it will be, 0: not known.
template <typename Fill>
std::string json_object(std::size_t size, const Fill& fill) {
  std::string text;
  text.reserve(size);
  {
    JsonObject object(text);
    fill(object);
  }
  return text;
}

}  // namespace bluetti::discovery
