// SPDX-License-Identifier: MIT
#include "gateway/cli/commands.h"
#include "gateway/daemon/private_process.h"

int main(int argc, char** argv) {
  bluetti::gateway::keep_memory_private();
  return bluetti::gateway::cli::main(argc, argv);
}
