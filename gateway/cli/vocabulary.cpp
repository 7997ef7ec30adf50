// SPDX-License-Identifier: MIT
#include "gateway/cli/vocabulary.h"

#include <fmt/format.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "gateway/base/ascii.h"

namespace bluetti::gateway::cli {
namespace {

constexpr int kMostErrors = 134;        // of errno
constexpr int kMostVerifyErrors = 100;  // of certificates
// Between chunks; what stands between two of them is said or hidden as a whole.
constexpr std::string_view kSigns = " \t\r\n/,;()[]{}<>\"'`=|\\";
constexpr std::string_view kInChunk = ".:-_+%#*!?&~$";
// Characters of other alphabets that units and messages need.
constexpr std::array<std::string_view, 7> kOtherSigns{"…", "°", "Ω", "µ", "–", "·", "²"};

bool is_of_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_';
}

std::size_t digits_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, is_digit));
}

bool is_number(std::string_view chunk) {
  if (chunk.starts_with('+')) return false;  // a telephone number begins so
  return digits_in(chunk) > 0 &&
         std::ranges::all_of(chunk, [](char c) { return is_digit(c) || c == '.' || c == '-' || c == '+' || c == ':'; });
}

// Calls `take` with every longest run of such characters.
template <typename IsPart, typename Take>
void for_runs(std::string_view text, const IsPart& is_part, const Take& take) {
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_part(text[end])) ++end;
    if (end > begin) take(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

// The length of what a line of the log begins with: "2026-11-29 10:00:00.123 ", or the same in JSON, or as the audit
// has it. 0: no such time.
std::size_t length_of_time(std::string_view line) {
  constexpr std::array<std::string_view, 3> kForms{
      "0000-00-00 00:00:00.000 ", "{\"time\":\"0000-00-00T00:00:00.000Z\",", "{\"time\":\"0000-00-00T00:00:00Z\","};
  for (const std::string_view form : kForms) {
    if (line.size() < form.size()) continue;
    const bool fits = std::ranges::equal(form, line.substr(0, form.size()),
                                         [](char wanted, char c) { return wanted == '0' ? is_digit(c) : wanted == c; });
    if (fits) return form.size();
  }
  return 0;
}

std::string without_other_signs(std::string_view chunk) {
  std::string plain(chunk);
  for (const std::string_view sign : kOtherSigns) {
    for (std::size_t at = 0; (at = plain.find(sign, at)) != std::string::npos;) plain.replace(at, sign.size(), "-");
  }
  return plain;
}

}  // namespace

Vocabulary::Vocabulary(const schemas::Catalog& catalog) {
  for (const std::string_view word : own_words()) words_.emplace(word);
  for (int error = 1; error < kMostErrors; ++error) add_words(std::generic_category().message(error));
  for (int error = 0; error < kMostVerifyErrors; ++error) add_words(X509_verify_cert_error_string(error));
  const auto add_name = [this](std::string_view name) {
    add_words(name);
    for_runs(name, is_of_word, [this](std::string_view token) { names_.emplace(token); });
  };
  for (const auto& [name, model] : catalog.models()) {
    add_name(name);
    add_name(model.title);
  }
  for (const char* name : {"mqtt5", "sha256", "x509", "utf8", "utf16", "crc16", "pkcs12", "ipv4", "ipv6", "TLSv1"}) {
    names_.emplace(name);
  }
}

void Vocabulary::add_words(std::string_view text) {
  for_runs(text, is_letter, [this](std::string_view word) { words_.insert(lower_case(word)); });
}

std::string Vocabulary::only_known(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    take_line(text.substr(0, size), result);
    text.remove_prefix(size);
  }
  return result;
}

void Vocabulary::take_line(std::string_view line, std::string& to) {
  const std::size_t time = length_of_time(line);
  to.append(line, 0, time);
  line.remove_prefix(time);
  std::size_t digits_before = 0;  // of numbers right before this one
  while (!line.empty()) {
    const std::size_t begin = std::min(line.find_first_not_of(kSigns), line.size());
    const std::string_view signs = line.substr(0, begin);
    to += signs;
    line.remove_prefix(begin);
    const std::string_view chunk = line.substr(0, std::min(line.find_first_of(kSigns), line.size()));
    line.remove_prefix(chunk.size());
    const bool in_a_row = is_number(chunk) && (signs == " " || signs == ", ");
    digits_before = in_a_row ? digits_before + digits_in(chunk) : digits_in(chunk);
    // What touches a "<user>" of the redactor's is the rest of a name: "<user>s-house".
    const bool is_rest = signs.ends_with('>') || line.starts_with('<');
    if (!is_rest && is_sayable(chunk) && (!in_a_row || digits_before <= kMostDigits)) {
      to += chunk;
    } else {
      hide(chunk, to);
    }
    if (!is_number(chunk)) digits_before = 0;
  }
}

void Vocabulary::hide(std::string_view chunk, std::string& to) {
  if (chunk.empty()) return;
  const auto [found, added] = hidden_.try_emplace(std::string(chunk), hidden_.size() + 1);
  fmt::format_to(std::back_inserter(to), "<hidden {}>", found->second);
}

// Three dots or four colons make an address of numbers that are short enough each.
bool Vocabulary::is_sayable(std::string_view chunk) const {
  const std::string plain = without_other_signs(chunk);
  if (digits_in(plain) > kMostDigits) return false;
  if (digits_in(plain) > 0 && (std::ranges::count(plain, '.') > 2 || std::ranges::count(plain, ':') > 3)) return false;
  bool known =
      std::ranges::all_of(plain, [](char c) { return is_of_word(c) || kInChunk.find(c) != std::string_view::npos; });
  for_runs(plain, is_of_word, [&](std::string_view token) { known = known && is_known(token); });
  return known;
}

bool Vocabulary::is_known(std::string_view token) const {
  if (names_.contains(token)) return true;
  bool known = true;
  for_runs(
      token, [](char c) { return c != '_'; }, [&](std::string_view part) { known = known && is_known_part(part); });
  return known;
}

bool Vocabulary::is_known_part(std::string_view part) const {
  if (names_.contains(part) || std::ranges::all_of(part, is_digit)) return true;
  return std::ranges::all_of(part, is_letter) && words_.contains(lower_case(part));
}

}  // namespace bluetti::gateway::cli
