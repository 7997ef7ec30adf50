// SPDX-License-Identifier: MIT
#include "gateway/cli/announcements.h"

#include <arpa/inet.h>

#include <algorithm>

#include "gateway/base/ascii.h"
#include "protocol/mbap.h"
#include "schemas/utf8.h"

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

// "Bluetti\032HEMS": a backslash and the byte's value, or a backslash and the character itself.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '\\') {
      result += text[index];
      continue;
    }
    const std::string_view digits = text.substr(std::min(index + 1, text.size()), 3);
    if (digits.size() == 3 && std::ranges::all_of(digits, is_digit)) {
      const int code = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
      if (code <= 255) result += static_cast<char>(code);
      index += 3;
    } else if (++index < text.size()) {
      result += text[index];
    }
  }
  return result;
}

// It is printed on a terminal.
std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const schemas::Character character = schemas::first_character(text);
    const bool is_control = character.code < U' ' || (character.code >= U'\x7f' && character.code < U'\xa0');
    if (character.valid && !is_control) result += text.substr(0, character.size);
    text.remove_prefix(character.size);
  }
  return result;
}

// Link-local ones need an interface beside them.
bool is_usable_address(const std::string& text) {
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return true;
  return inet_pton(AF_INET6, text.c_str(), &six) == 1 && !IN6_IS_ADDR_LINKLOCAL(&six);
}

}  // namespace

std::vector<Announced> announced_in(std::string_view browsed) {
  std::vector<Announced> all;
  for (const std::string_view line : split(browsed, '\n')) {
    const auto fields = split(line, ';');
    if (fields.size() < kFields || fields[0] != "=") continue;
    const std::string name = printable(unescaped(fields[kName]));
    const bool is_station = fields[kType].find("_bluetti._tcp") != std::string_view::npos ||
                            lower_case(name).find("bluetti") != std::string::npos;
    const std::string host(fields[kAddress]);
    if (!is_station || !is_usable_address(host)) continue;
    const auto same = std::ranges::find_if(
        all, [&](const Announced& other) { return other.at.host == host || (!name.empty() && other.name == name); });
    if (same == all.end()) {
      if (all.size() < kMostAnnounced) all.push_back({{host, protocol::kModbusTcpPort}, name});
    } else if (same->at.host.find(':') != std::string::npos && host.find(':') == std::string::npos) {
      same->at.host = host;
    }
  }
  return all;
}

std::optional<AnnouncedIdentity> identity_in(std::string_view name, const schemas::Catalog& catalog) {
  constexpr std::size_t kLeastDigits = 10;  // of a serial number
  // "Balco2601234567890123": of a name that ends in digits, as much as makes the name of a model.
  for (std::size_t length = name.size(); length > 0; --length) {
    const std::string_view serial = name.substr(length);
    if (!std::ranges::all_of(serial, is_digit)) break;
    const schemas::Model* model = serial.size() < kLeastDigits ? nullptr : catalog.model(name.substr(0, length));
    if (model && !model->lan.blocks.empty() && !model->is_abstract) return {{model, std::string(serial)}};
  }
  return std::nullopt;
}

}  // namespace bluetti::gateway::cli
