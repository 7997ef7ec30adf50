// SPDX-License-Identifier: MIT
// States as people write them: topics say `grid_connected`, Home Assistant shows "Grid connected", in the language of
// the configuration. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discovery/language.h"

namespace bluetti::discovery {

struct Label {
  std::string code;
  std::string text;
};

// In English: "Grid connected". Home Assistant takes the state "None" for an unknown one: that code is "Nothing".
[[nodiscard]] std::string label_of(std::string_view code);
[[nodiscard]] std::vector<Label> labels_of(const std::vector<std::string>& codes, const Language& language);

// A JSON list of the texts, each once. `otherwise`: what a code without a label is shown as, if anything.
[[nodiscard]] std::string options_of(const std::vector<Label>& labels, const std::string& otherwise = {});

// From the code, found by the template expression `value`, to its text; without `otherwise` others are unknown.
[[nodiscard]] std::string label_template(const std::vector<Label>& labels, std::string_view value,
                                         const std::string& otherwise = {});
// Back, for a command.
[[nodiscard]] std::string code_template(const std::vector<Label>& labels);

}  // namespace bluetti::discovery
