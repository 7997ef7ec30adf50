// SPDX-License-Identifier: MIT
#include "gateway/cli/announcements.h"

#include <algorithm>
#include <array>

#include "gateway/base/ascii.h"
#include "protocol/mbap.h"

namespace bluetti::gateway::cli {
namespace {

constexpr std::size_t kName = 3;
constexpr std::size_t kType = 4;
constexpr std::size_t kAddress = 7;
constexpr std::size_t kFields = 9;

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// "Bluetti\032HEMS": a backslash and the letter's code.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const auto is_digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    if (text[index] == '\\' && is_digit(index + 1) && is_digit(index + 2) && is_digit(index + 3)) {
      const int code = (text[index + 1] - '0') * 100 + (text[index + 2] - '0') * 10 + text[index + 3] - '0';
      result += static_cast<char>(code);
      index += 3;
    } else if (text[index] != '\\') {
      result += text[index];
    }
  }
  return result;
}

}  // namespace

std::vector<Announced> announced_in(std::string_view browsed) {
  std::vector<Announced> all;
  for (const std::string_view line : split(browsed, '\n')) {
    const auto fields = split(line, ';');
    if (fields.size() < kFields || fields[0] != "=") continue;
    const std::string name = unescaped(fields[kName]);
    const bool is_station = fields[kType].find("_bluetti._tcp") != std::string_view::npos ||
                            lower_case(name).find("bluetti") != std::string::npos;
    const std::string host(fields[kAddress]);
    const bool is_link_local = host.starts_with("fe80:");  // which needs an interface beside it
    const auto same = [&host](const Announced& other) { return other.at.host == host; };
    if (!is_station || host.empty() || is_link_local || std::ranges::any_of(all, same)) continue;
    all.push_back({{host, protocol::kModbusTcpPort}, name});
  }
  return all;
}

}  // namespace bluetti::gateway::cli
