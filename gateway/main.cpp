// SPDX-License-Identifier: MIT
#include <iostream>

#include "gateway/base/allocation_limit.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/private_arguments.h"
#include "gateway/daemon/private_process.h"

int main(int argc, char** argv) {
  namespace cli = bluetti::gateway::cli;
  if (const std::string fault = bluetti::gateway::give_up_root(); !fault.empty()) {
    std::cerr << "bluetti-gateway: " << fault << '\n';
    return cli::kUsage;
  }
  bluetti::gateway::keep_memory_private();
  bluetti::gateway::limit_allocations();
  const cli::Arguments arguments = cli::take_arguments(argc, argv);
  for (const std::string& option : arguments.secret_options) {
    std::cerr << "warning: " << option
              << ": other users could read its value while the program started, and shells remember it; an environment "
                 "variable or a prompt keeps it private (--help names the variable)\n";
  }
  std::vector<const char*> words;
  for (const std::string& word : arguments.all) words.push_back(word.c_str());
  words.push_back(nullptr);
  return cli::main(argc, words.data());
}
