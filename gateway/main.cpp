// SPDX-License-Identifier: MIT
#include "gateway/cli/commands.h"

int main(int argc, char** argv) {
  return bluetti::gateway::cli::main(argc, argv);
}
