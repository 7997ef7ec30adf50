// SPDX-License-Identifier: MIT
// The words of the pages, in English and German. Titles of values come from discovery/languages. Pure.
#pragma once

#include <string>
#include <string_view>

#include "discovery/language.h"

namespace bluetti::gateway::http {

class Words {
 public:
  explicit Words(std::string_view code);  // "en" or "de"

  [[nodiscard]] std::string_view operator()(std::string_view english) const;  // what is not known stays English
  [[nodiscard]] std::string_view code() const { return is_german_ ? "de" : "en"; }
  [[nodiscard]] bool has_comma() const { return is_german_; }
  [[nodiscard]] const discovery::Language& titles() const { return titles_; }

 private:
  bool is_german_;
  discovery::Language titles_;
};

}  // namespace bluetti::gateway::http
