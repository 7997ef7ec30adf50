// SPDX-License-Identifier: MIT
#include "discovery/labels.h"

#include <algorithm>

#include "schemas/json_text.h"
#include "schemas/schema.h"

namespace bluetti::discovery {
namespace {

// `{"idle": "Idle"}`, which is JSON and Jinja alike.
std::string dictionary(const std::vector<Label>& labels, std::string Label::*from, std::string Label::*to) {
  std::string text = "{";
  for (const Label& label : labels) {
    if (text.size() > 1) text += ", ";
    schemas::append_json_text(label.*from, text);
    schemas::append_json_text(label.*to, text.append(": "));
  }
  return text += '}';
}

}  // namespace

std::string label_of(std::string_view code) {
  return code == "none" ? "Nothing" : schemas::title_of(code);
}

std::vector<Label> labels_of(const std::vector<std::string>& codes, const Language& language) {
  std::vector<Label> labels;
  for (const std::string& code : codes) {
    if (std::ranges::find(labels, code, &Label::code) != labels.end()) continue;
    labels.push_back({code, language(label_of(code))});
  }
  return labels;
}

std::string options_of(const std::vector<Label>& labels, const std::string& otherwise) {
  std::vector<std::string_view> texts;
  for (const Label& label : labels) texts.push_back(label.text);
  if (!otherwise.empty()) texts.push_back(otherwise);
  std::string list = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (std::find(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(i), texts[i]) !=
        texts.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;
    }
    schemas::append_json_text(texts[i], list.append(list.size() > 1 ? "," : ""));
  }
  return list += ']';
}

std::string label_template(const std::vector<Label>& labels, std::string_view value, const std::string& otherwise) {
  std::string text = "{% set names = " + dictionary(labels, &Label::code, &Label::text) + " %}{{ names.get(";
  text.append(value);
  if (!otherwise.empty()) schemas::append_json_text(otherwise, text.append(", "));
  text += ')';
  if (!otherwise.empty()) text.append(" if ").append(value).append(" else None");
  return text += " }}";
}

std::string code_template(const std::vector<Label>& labels) {
  return "{% set codes = " + dictionary(labels, &Label::text, &Label::code) + " %}{{ codes.get(value, value) }}";
}

}  // namespace bluetti::discovery
