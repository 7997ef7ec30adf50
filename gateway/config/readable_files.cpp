// SPDX-License-Identifier: MIT
#include "gateway/config/readable_files.h"

#include <fmt/format.h>

#include "gateway/base/read_file.h"

namespace bluetti::gateway {
namespace {

void check(const std::string& whose, const std::filesystem::path& file, std::vector<std::string>& messages) {
  if (file.empty() || !others_can_read(file)) return;
  messages.push_back(
      fmt::format("[{}] others can read the private key in {}; chmod 600 {}", whose, file.string(), file.string()));
}

}  // namespace

std::vector<std::string> readable_keys(const Config& config) {
  std::vector<std::string> messages;
  check("local", config.local.key, messages);
  for (const AccountConfig& account : config.accounts) {
    check("cloud " + account.id, account.key.empty() ? account.certificate : account.key, messages);
  }
  return messages;
}

}  // namespace bluetti::gateway
