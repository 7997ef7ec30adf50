// SPDX-License-Identifier: MIT
#include "gateway/cli/subcommands.h"
#include "gateway/cli/validators.h"

namespace bluetti::gateway::cli {

CLI::App& add_run(CLI::App& parent, DaemonOptions& options) {
  CLI::App& command = subcommand(parent, "run", "Run the gateway",
                                 "Examples:\n"
                                 "  bluetti-gateway run --config /etc/bluetti/gateway.toml\n"
                                 "  bluetti-gateway run --once --log-level debug");
  add_config(command, options.config);
  command.add_flag("--once", options.once, "Read everything once, publish it, and exit");
  add_log_level(command, options.log_level, "Log level for all areas, overrides the configuration");
  return command;
}

CLI::App& add_check(CLI::App& parent, CheckOptions& options) {
  CLI::App& command = subcommand(parent, "check", "Check the configuration and print the plan; no network",
                                 "Examples:\n"
                                 "  bluetti-gateway check\n"
                                 "  bluetti-gateway check --verbose\n"
                                 "  bluetti-gateway check --config /etc/bluetti/gateway.toml --json");
  add_config(command, options.config);
  command.add_flag("-v,--verbose", options.verbose, "Show every connection, poll, setting, file and value");
  command.add_flag("--topics", options.topics, "List the topics of the stations");
  command.add_flag("--entities", options.entities, "List the entities in Home Assistant");
  command.add_flag("--defaults", options.defaults, "Include default values");
  command.add_flag("--json", options.json, "Print one JSON document");
  return command;
}

CLI::App& add_energy(CLI::App& parent, EnergyOptions& options) {
  CLI::App& command =
      subcommand(parent, "energy-dashboard", "List entities for Home Assistant's energy dashboard; no network",
                 "Examples:\n"
                 "  bluetti-gateway energy-dashboard\n"
                 "  bluetti-gateway energy-dashboard --config /etc/bluetti/gateway.toml --json");
  add_config(command, options.config);
  command.add_flag("--json", options.json, "Print the settings as Home Assistant's API takes them");
  return command;
}

CLI::App& add_health(CLI::App& parent, HealthOptions& options) {
  CLI::App& command = subcommand(parent, "health", "Check whether the running gateway publishes values",
                                 "Examples:\n"
                                 "  bluetti-gateway health\n"
                                 "  bluetti-gateway health --file /run/bluetti-gateway/health.json --json\n"
                                 "Exit code 1 if it does not, or is not running.");
  add_config(command, options.config);
  command.add_option("--file", options.file, "Health file (default: the configuration's)")->type_name("FILE");
  command
      .add_option("--max-silence", options.max_silence,
                  "Maximum seconds without connection or messages of an account; 0: unlimited")
      ->type_name("NUMBER")
      ->check(between(0, 604800))
      ->capture_default_str();
  command.add_flag("--alive", options.alive, "Only check that the process works, not that values flow");
  command.add_flag("--json", options.json, "Print one JSON document");
  return command;
}

CLI::App& add_set(CLI::App& parent, SetOptions& options) {
  CLI::App& command =
      subcommand(parent, "set", "Change settings of a station and verify each by reading it back",
                 "Examples:\n"
                 "  bluetti-gateway set living_room soc_high_limit=80\n"
                 "  bluetti-gateway set living_room ac_eco=ON --dry-run\n"
                 "  bluetti-gateway set garage time_slot/1='charge 01:00-05:00' --probe --json\n"
                 "Goes through the running gateway, which needs `enabled = true` in [control]. What can be\n"
                 "changed: bluetti-gateway list settings. Exit code 1 unless every change was confirmed.");
  add_config(command, options.config);
  command.add_flag("--dry-run", options.dry_run, "Validate and show the frame; write nothing");
  command.add_flag("--probe", options.probe,
                   "Write the present value first, to test whether the station accepts writes");
  command.add_flag("--json", options.json, "Print one JSON document");
  command.add_option("STATION", options.station, "Id of the station")->type_name("STATION")->required();
  command.add_option("PATH=VALUE", options.arguments, "Settings and their new values")
      ->type_name("PATH=VALUE")
      ->required();
  return command;
}

CLI::App& add_undo(CLI::App& parent, SetOptions& options) {
  CLI::App& command =
      subcommand(parent, "undo", "Restore the values before the last change",
                 "Examples:\n"
                 "  bluetti-gateway undo living_room\n"
                 "  bluetti-gateway undo living_room soc_high_limit\n"
                 "Goes through the running gateway, which remembers the value before each last change.");
  add_config(command, options.config);
  command.add_flag("--json", options.json, "Print one JSON document");
  command.add_option("STATION", options.station, "Id of the station")->type_name("STATION")->required();
  command.add_option("PATH", options.arguments, "Only these settings")->type_name("PATH");
  return command;
}

CLI::App& add_report(CLI::App& parent, ReportOptions& options) {
  CLI::App& command = subcommand(parent, "report", "Collect data for a bug report, without names and secrets",
                                 "Examples:\n"
                                 "  bluetti-gateway report --dry-run\n"
                                 "  bluetti-gateway report --log /var/log/bluetti-gateway.log --output report.tar.gz");
  add_config(command, options.config);
  command.add_option("--log", options.log, "Log file; its last lines are included")->type_name("FILE");
  command.add_option("--output", options.output, "Archive to write")->type_name("FILE")->capture_default_str();
  command.add_flag("--dry-run", options.dry_run, "List the contents; write nothing");
  command.add_flag("--force", options.force, "Overwrite an existing file");
  return command;
}

}  // namespace bluetti::gateway::cli
