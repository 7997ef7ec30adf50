// SPDX-License-Identifier: MIT
#include "gateway/setup/app_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/base/private_file.h"
#include "gateway/base/read_file.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;

// As they are called by thierrycoopman/battery-ha (APP_ID, before that APP_KEY), mvadim-/bluetti-venus-gateway and us.
constexpr std::array<std::string_view, 5> kAppKeyNames{"APP_ID", "APP_KEY", "DEFAULT_X_APP_KEY", "BLUETTI_X_APP_KEY",
                                                       "BLUETTI_APP_KEY"};
constexpr std::array<std::string_view, 3> kTotpNames{"SHARED_PRIVATE_KEY", "BLUETTI_SHARED_PRIVATE_KEY",
                                                     "BLUETTI_TOTP_SHARED_KEY"};

constexpr std::array<std::string_view, 6> kFolders{
    "", "custom_components/bluetti_cloud", "bluetti_cloud", "src/bluetti_venus_gateway", "bluetti_venus_gateway", ".."};
constexpr std::array<std::string_view, 9> kFiles{"const.py",
                                                 "api/totp.py",
                                                 "totp.py",
                                                 "bluetti/auth.py",
                                                 "auth.py",
                                                 "bluetti-gateway.env",
                                                 ".env",
                                                 "config/bluetti-gateway.env",
                                                 "venus/config/bluetti-gateway.env"};

constexpr std::size_t kShortest = 4;
constexpr std::size_t kLongest = 128;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Of a literal that stands alone: what is put together from parts is none, and no key either.
std::string_view literal(std::string_view text) {
  if (text.empty()) return {};
  if (text.front() != '"' && text.front() != '\'') return text.substr(0, text.find(" #"));
  const std::size_t end = text.find(text.front(), 1);
  if (end == std::string_view::npos) return {};
  const std::string_view rest = trimmed(text.substr(end + 1));
  return rest.empty() || rest.front() == '#' ? text.substr(1, end - 1) : std::string_view();
}

// Empty: it can be one.
std::string fault_of(std::string_view value) {
  const auto is_of_a_key = [](char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '\'' && c != '\\' && c != '(' && c != '$';
  };
  if (value.empty()) return "it is empty, or not one text in quotes";
  if (!std::ranges::all_of(value, is_of_a_key)) return "it has characters that are in no key";
  if (value.size() >= kShortest && value.size() <= kLongest) return {};
  return fmt::format("it has {} characters, and a key {} to {}", value.size(), kShortest, kLongest);
}

void take_line(std::string_view line, AppValues& values) {
  constexpr std::string_view kExport = "export ";
  line = trimmed(line);
  if (line.starts_with(kExport)) line.remove_prefix(kExport.size());
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || line.front() == '#') return;
  const std::string_view name = trimmed(line.substr(0, std::min(equals, line.find(':'))));
  const auto is_one_of = [name](const auto& names) { return std::ranges::find(names, name) != names.end(); };
  const bool is_app_key = is_one_of(kAppKeyNames);
  if (!is_app_key && !is_one_of(kTotpNames)) return;
  Secret& to = is_app_key ? values.app_key : values.totp_shared_key;
  if (!to.empty()) return;
  const std::string_view value = trimmed(literal(trimmed(line.substr(equals + 1))));
  if (const std::string fault = fault_of(value); !fault.empty()) {
    return values.refused.push_back(
        fmt::format("{} as {} is not taken: {}", is_app_key ? "app_key" : "totp_shared_key", name, fault));
  }
  to = Secret(std::string(value));
}

bool is_complete(const AppValues& values) {
  return !values.app_key.empty() && !values.totp_shared_key.empty();
}

std::vector<fs::path> candidates(const fs::path& place) {
  std::error_code error;
  if (!fs::is_directory(place, error)) return {place};
  std::vector<fs::path> files;
  for (const std::string_view folder : kFolders) {
    for (const std::string_view file : kFiles) files.push_back((place / folder / file).lexically_normal());
  }
  return files;
}

}  // namespace

void take_app_values(std::string_view text, AppValues& values) {
  while (!text.empty() && !is_complete(values)) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take_line(text.substr(0, end), values);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::variant<AppValues, std::string> app_values_in(const fs::path& place) {
  AppValues values;
  std::vector<std::string> notes;
  for (const fs::path& file : candidates(place)) {
    if (is_foreign_link(file)) {
      notes.push_back(fmt::format("{} is a symbolic link of another user", file.string()));
      continue;
    }
    auto content = read_file(file, kMostAppFileBytes);
    if (auto* text = std::get_if<std::string>(&content)) {
      const Secret whole(std::move(*text));  // wiped with the rest
      take_app_values(whole.reveal(), values);
      for (const std::string& why : std::exchange(values.refused, {})) {
        notes.push_back(fmt::format("{}: {}", file.string(), why));
      }
    } else if (const auto error = std::get<std::error_code>(content);
               error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
      notes.push_back(fmt::format("{}: {}", file.string(), error.message()));
    } else if (file == place) {
      notes.push_back(fmt::format("{}: there is no such file or folder", place.string()));
    }
    if (is_complete(values)) return values;
  }
  const std::string missing = values.app_key.empty() && values.totp_shared_key.empty()
                                  ? "neither app_key nor totp_shared_key"
                                  : (values.app_key.empty() ? "no app_key" : "no totp_shared_key");
  return fmt::format(
      "{}: {} found{}{}; name the folder of battery-ha (custom_components/bluetti_cloud), of "
      "bluetti-venus-gateway, or an env file",
      place.string(), missing, notes.empty() ? "" : " (",
      notes.empty() ? "" : fmt::format("{})", fmt::join(notes, "; ")));
}

}  // namespace bluetti::gateway
