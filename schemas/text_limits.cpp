// SPDX-License-Identifier: MIT
#include "schemas/text_limits.h"

#include <algorithm>

namespace bluetti::schemas {
namespace {

enum class Language : unsigned char { toml, json };

std::optional<TextFault> fault_of_size(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return std::nullopt;
  return TextFault{
      0, "has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(most_bytes) + " are read"};
}

// Follows brackets and dots outside of strings and comments. A text that is broken otherwise is the parser's to refuse.
class Scanner {
 public:
  Scanner(std::string_view text, Language language) : text_(text), language_(language) {}

  std::optional<TextFault> scan() {
    while (at_ < text_.size()) {
      step();
      if (open_ > kMostNesting) return fault("nested deeper than " + std::to_string(kMostNesting) + " levels");
      if (dots_ >= kMostKeyParts) return fault("a key of more than " + std::to_string(kMostKeyParts) + " parts");
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] TextFault fault(std::string message) const {
    const auto lines = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    return {static_cast<std::size_t>(lines) + 1, std::move(message)};
  }

  void step() {
    const char c = text_[at_];
    if (c == '"' || (c == '\'' && language_ == Language::toml)) return skip_string(c);
    if (c == '#' && language_ == Language::toml) return void(at_ = std::min(text_.find('\n', at_), text_.size()));
    ++at_;
    if (c == '.' && language_ == Language::toml) ++dots_;
    if (c == '\n' || c == '=' || c == ',' || c == '[' || c == '{') dots_ = 0;
    if (c == '[' || c == '{') ++open_;
    if ((c == ']' || c == '}') && open_ > 0) --open_;
  }

  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool is_long = language_ == Language::toml && text_.substr(at_).starts_with(three);
    at_ += is_long ? 3 : 1;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\' && quote == '"') {
        ++at_;
      } else if (is_long ? text_.substr(at_).starts_with(three) : text_[at_] == quote || text_[at_] == '\n') {
        break;
      }
    }
    at_ = std::min(at_ + (is_long ? 3 : 1), text_.size());
  }

  std::string_view text_;
  Language language_;
  std::size_t at_ = 0;
  std::size_t open_ = 0;
  std::size_t dots_ = 0;
};

std::optional<TextFault> fault_of(std::string_view text, std::size_t most_bytes, Language language) {
  if (auto fault = fault_of_size(text, most_bytes)) return fault;
  return Scanner(text, language).scan();
}

}  // namespace

std::optional<TextFault> fault_of_toml(std::string_view text, std::size_t most_bytes) {
  return fault_of(text, most_bytes, Language::toml);
}

std::optional<TextFault> fault_of_json(std::string_view text, std::size_t most_bytes) {
  return fault_of(text, most_bytes, Language::json);
}

}  // namespace bluetti::schemas
