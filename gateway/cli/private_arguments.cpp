// SPDX-License-Identifier: MIT
#include "gateway/cli/private_arguments.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace bluetti::gateway::cli {
namespace {

constexpr std::array<std::string_view, 3> kSecretOptions{"--password", "--app-key", "--totp-shared-key"};

// The length stays to be seen: what the kernel takes for the command line cannot be made shorter without privileges.
void overwrite(char* text) {
  std::fill_n(text, std::strlen(text), '\0');
}

}  // namespace

Arguments take_arguments(int count, char** values) {
  Arguments arguments{.all = {values, values + count}, .secret_options = {}};
  for (int at = 0; at < count; ++at) {
    const std::string_view word = arguments.all[static_cast<std::size_t>(at)];
    const std::string_view name = word.substr(0, word.find('='));
    if (std::ranges::find(kSecretOptions, name) == kSecretOptions.end()) continue;
    arguments.secret_options.emplace_back(name);
    if (name.size() < word.size()) {
      overwrite(values[at] + name.size() + 1);
    } else if (at + 1 < count) {
      overwrite(values[++at]);
    }
  }
  return arguments;
}

}  // namespace bluetti::gateway::cli
