// SPDX-License-Identifier: MIT
// The commands as the parser knows them: what help says of each, and its options. What is filled must outlive the
// parser. For the files that build the command line only.
#pragma once

#include <CLI/CLI.hpp>

#include "gateway/cli/commands.h"
#include "gateway/cli/lan_commands.h"
#include "gateway/cli/read_commands.h"

namespace bluetti::gateway::cli {

CLI::App& subcommand(CLI::App& parent, const char* name, const char* what, const char* examples);

CLI::App& add_run(CLI::App& parent, DaemonOptions& options);
CLI::App& add_check(CLI::App& parent, CheckOptions& options);
CLI::App& add_energy(CLI::App& parent, EnergyOptions& options);
CLI::App& add_health(CLI::App& parent, HealthOptions& options);
CLI::App& add_set(CLI::App& parent, SetOptions& options);
CLI::App& add_undo(CLI::App& parent, SetOptions& options);
CLI::App& add_report(CLI::App& parent, ReportOptions& options);

CLI::App& add_decode(CLI::App& parent, DecodeOptions& options);
CLI::App& add_list(CLI::App& parent, ListOptions& options);
CLI::App& add_schema_check(CLI::App& parent, SchemaCheckOptions& options);
CLI::App& add_schema_coverage(CLI::App& parent, SchemaCoverageOptions& options);
CLI::App& add_simulate(CLI::App& parent, SimulateOptions& options);

CLI::App& add_scan(CLI::App& parent, ScanOptions& options);
CLI::App& add_raw(CLI::App& parent, RawOptions& options);
CLI::App& add_listen(CLI::App& parent, ListenOptions& options);
CLI::App& add_find(CLI::App& parent, FindOptions& options);

CLI::App& add_login(CLI::App& parent, LoginOptions& options);
CLI::App& add_init(CLI::App& parent, InitOptions& options);

}  // namespace bluetti::gateway::cli
