// SPDX-License-Identifier: MIT
#include <algorithm>

#include "schemas/catalog.h"

namespace bluetti::schemas {
namespace {

constexpr std::size_t kSlips = 2;  // letters that anybody gets wrong

// Damerau-Levenshtein, restricted: insertions, deletions, replacements and exchanges of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  // A third of the letters may be wrong; beyond that a suggestion misleads more than it helps.
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string_view result;
  for (const std::string_view candidate : known) {
    const std::size_t wrong = distance(word, candidate);
    if (wrong >= best || wrong >= candidate.size()) continue;
    best = wrong;
    result = candidate;
  }
  if (!result.empty() && best <= kSlips) return result;
  // "ac_eco_mode" for "ac_eco": a word too many is no question of spelling.
  std::string_view beginning;
  for (const std::string_view candidate : known) {
    const bool begins = word.starts_with(candidate) && word.substr(candidate.size()).starts_with('_');
    if (begins && candidate.size() > beginning.size()) beginning = candidate;
  }
  return beginning.empty() ? result : beginning;
}

}  // namespace bluetti::schemas
