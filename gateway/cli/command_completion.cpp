// SPDX-License-Identifier: MIT
// `completion`: the completion script of a shell, printed or put to where the shell looks for it.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <iostream>

#include "gateway/base/private_file.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/completion.h"
#include "gateway/cli/completion_file.h"
#include "gateway/cli/problems.h"

namespace bluetti::gateway::cli {

int completion(const CompletionOptions& options, const CommandHelp& program) {
  const Environment environment = Environment::of_process();
  const std::string shell = options.shell.empty() && options.install ? users_shell(environment) : options.shell;
  if (shell.empty()) {
    const std::string users = environment.variable("SHELL").value_or("");
    return refuse(fmt::format("{}name one of {}, as in 'bluetti-gateway completion bash{}'",
                              !options.install ? ""
                              : users.empty()  ? "the variable SHELL is not set: "
                                               : fmt::format("there is no completion for {}: ", users),
                              fmt::join(kShells, ", "), options.install ? " --install" : ""));
  }
  const std::string script = shell == "bash"  ? bash_completion(program)
                             : shell == "zsh" ? zsh_completion(program)
                                              : fish_completion(program);
  if (!options.install) {
    std::cout << script;
    return kDone;
  }
  const CompletionFile file = completion_file(shell, geteuid() == 0, environment);
  if (file.path.empty()) return refuse("the variable HOME is not set");
  std::error_code error;
  std::filesystem::create_directories(file.path.parent_path(), error);
  if (!error) error = replace_passing_file(file.path, script);
  if (error) {
    print_error(fmt::format("{} could not be written: {}", file.path.string(), error.message()));
    return kFailed;
  }
  std::cout << fmt::format("Wrote {}; new shells complete{}\n", file.path.string(),
                           file.also.empty() ? "" : fmt::format(" once you {}", file.also));
  return kDone;
}

}  // namespace bluetti::gateway::cli
