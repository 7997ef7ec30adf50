// SPDX-License-Identifier: MIT
// The options of `scan`, `raw`, `listen` and `login`. What is filled must outlive the parser.
#pragma once

#include <CLI/CLI.hpp>

#include "gateway/cli/commands.h"
#include "gateway/cli/read_commands.h"

namespace bluetti::gateway::cli {

inline constexpr const char* kScanExamples =
    "Examples:\n"
    "  bluetti-gateway scan\n"
    "  bluetti-gateway scan --station living_room --blocks 100,1300,6000 --json\n"
    "  bluetti-gateway scan --lan 192.168.1.20\n"
    "  bluetti-gateway scan --serial 2345000000001 --model EL100V2 --certificate bluetti.pfx";
inline constexpr const char* kRawExamples =
    "Examples:\n"
    "  bluetti-gateway raw --block 1300\n"
    "  bluetti-gateway raw --block 22000 --count 16 --retries 1 --json";
inline constexpr const char* kListenExamples =
    "Examples:\n"
    "  bluetti-gateway listen --interval 5\n"
    "  bluetti-gateway listen --blocks 100,1300 --interval 2 --count 10 --json\n"
    "  bluetti-gateway listen --interval 0 --record report.jsonl";

void add_scan_options(CLI::App& command, ScanOptions& options);
void add_raw_options(CLI::App& command, RawOptions& options);
void add_listen_options(CLI::App& command, ListenOptions& options);

inline constexpr const char* kLoginExamples =
    "Examples:\n"
    "  bluetti-gateway login\n"
    "  bluetti-gateway login --config /etc/bluetti/gateway.toml --account home --json\n"
    "  bluetti-gateway login --email me@example.com --from ~/homeassistant --write\n"
    "Without options and an account in the configuration it asks on a terminal, step by step.\n"
    "Experimental: never run against the vendor's service. Stop `run` first: both use the same session.";
void add_login_options(CLI::App& command, LoginOptions& options);

}  // namespace bluetti::gateway::cli
