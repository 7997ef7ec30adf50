// SPDX-License-Identifier: MIT
#include "gateway/cli/completion_file.h"

#include <algorithm>

#include "gateway/cli/completion.h"

namespace bluetti::gateway::cli {
namespace {

namespace fs = std::filesystem;

// A folder that a variable names, or the usual one in the user's home.
fs::path folder_of(const Environment& environment, std::string_view variable, const fs::path& usual) {
  if (const auto named = environment.variable(variable); named && !named->empty()) return *named;
  const auto home = environment.variable("HOME");
  return home && !home->empty() ? fs::path(*home) / usual : fs::path();
}

fs::path below(const fs::path& folder, const fs::path& file) {
  return folder.empty() ? folder : folder / file;
}

}  // namespace

CompletionFile completion_file(std::string_view shell, bool is_root, const Environment& environment) {
  const fs::path system = "/usr/local/share";
  if (shell == "bash") {
    const fs::path folder = is_root ? system : folder_of(environment, "XDG_DATA_HOME", ".local/share");
    return {.path = below(folder, "bash-completion/completions/bluetti-gateway"), .also = {}};
  }
  if (shell == "fish") {
    if (is_root) return {.path = system / "fish/vendor_completions.d/bluetti-gateway.fish", .also = {}};
    return {
        .path = below(folder_of(environment, "XDG_CONFIG_HOME", ".config"), "fish/completions/bluetti-gateway.fish"),
        .also = {}};
  }
  if (is_root) return {.path = system / "zsh/site-functions/_bluetti-gateway", .also = {}};
  return {.path = below(folder_of(environment, "ZDOTDIR", ""), ".zfunc/_bluetti-gateway"),
          .also = "put 'fpath+=(~/.zfunc)' before compinit into ~/.zshrc"};
}

std::string users_shell(const Environment& environment) {
  const std::string name = fs::path(environment.variable("SHELL").value_or("")).filename().string();
  return std::ranges::find(kShells, name) == kShells.end() ? std::string() : name;
}

}  // namespace bluetti::gateway::cli
