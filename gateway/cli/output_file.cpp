// SPDX-License-Identifier: MIT
#include "gateway/cli/output_file.h"

#include <fmt/format.h>

#include <iostream>

#include "gateway/base/private_file.h"

namespace bluetti::gateway::cli {

std::string fault_of_output(const std::filesystem::path& file, bool force) {
  std::error_code missing;
  if (force || !std::filesystem::exists(file, missing)) return {};
  return fmt::format("{} is there already; --force replaces it", file.string());
}

bool write_output(const std::filesystem::path& file, std::string_view content) {
  const std::error_code error = replace_private_file(file, content);
  if (!error) return true;
  std::cerr << fmt::format("{} could not be written: {}; {}\n", file.string(), error.message(),
                           remedy_for(error, file));
  return false;
}

}  // namespace bluetti::gateway::cli
