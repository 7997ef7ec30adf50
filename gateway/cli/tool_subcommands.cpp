// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <limits>

#include "gateway/cli/subcommands.h"
#include "gateway/cli/validators.h"

namespace bluetti::gateway::cli {

CLI::App& add_decode(CLI::App& parent, DecodeOptions& options) {
  CLI::App& command = subcommand(parent, "decode", "Decode registers or cloud payloads to values",
                                 "Examples:\n"
                                 "  bluetti-gateway decode --block 1300 --model AP300 '01f4 0000 0000'\n"
                                 "  bluetti-gateway decode --block 1313 --json 'ff88 08fd'\n"
                                 "  bluetti-gateway decode --frame --block 100 --json - < payloads.txt\n"
                                 "Blanks and ':' between digits are ignored; '-' reads one input per line.");
  command.add_option("--block", options.block, "Block number, or the first register of the data")
      ->type_name("NUMBER")
      ->check(between(0, 65535));
  command.add_option("--model", options.model, "Model of the station (default: any that has these registers)")
      ->type_name("MODEL");
  command.add_option("--protocol-version", options.protocol_version, "Protocol version (default: the model's)")
      ->type_name("NUMBER")
      ->check(between(0, 65535));
  add_schemas(command, options.schemas);
  command.add_flag("--frame", options.frame, "Inputs are whole payloads: envelope and Modbus frame");
  command.add_flag("--json", options.json, "Print one JSON object per input");
  command.add_option("HEX", options.inputs, "Hexadecimal data, or '-'")->type_name("HEX")->required();
  command.parse_complete_callback([&options] {
    if (options.block || options.frame) return;
    throw CLI::ValidationError("--block is required: the data does not say which registers it holds");
  });
  return command;
}

CLI::App& add_list(CLI::App& parent, ListOptions& options) {
  static constexpr std::array<const char*, 5> kWhat{"models", "blocks", "fields", "entities",
                                                    "settings"};  // in the order of What
  CLI::App& command = subcommand(parent, "list", "List models, blocks, fields, entities or settings",
                                 "Examples:\n"
                                 "  bluetti-gateway list models\n"
                                 "  bluetti-gateway list fields --block 1300\n"
                                 "  bluetti-gateway list entities --model AP300 --json\n"
                                 "  bluetti-gateway list settings --model AP300");
  const auto take = [&options](const std::string& word) {
    const auto found = std::find(kWhat.begin(), kWhat.end(), word);
    options.what = static_cast<ListOptions::What>(found - kWhat.begin());
  };
  choose(command.add_option_function<std::string>("WHAT", take, "What to list"), {kWhat.begin(), kWhat.end()})
      ->required();
  command.add_option("--block", options.block, "Only this block")->type_name("NUMBER")->check(between(0, 65535));
  command.add_option("--model", options.model, "Only this model")->type_name("MODEL");
  add_schemas(command, options.schemas);
  CLI::Option* json = command.add_flag("--json", options.json, "Print one JSON document");
  command.add_flag("--markdown", options.markdown, "Print a Markdown table")->excludes(json);
  return command;
}

CLI::App& add_schema_check(CLI::App& parent, SchemaCheckOptions& options) {
  CLI::App& command = subcommand(parent, "check", "Check schema files together with the built-in ones",
                                 "Examples:\n"
                                 "  bluetti-gateway schema check schemas.d\n"
                                 "  bluetti-gateway schema check --json blocks/1300-grid.toml models/mine.toml\n"
                                 "Exit code 1 if a file is refused; warnings are allowed.");
  command.add_flag("--json", options.json, "Print one JSON document");
  command.add_option("FILE", options.files, "Schema files, or folders of them")->type_name("FILE")->required();
  return command;
}

CLI::App& add_schema_coverage(CLI::App& parent, SchemaCoverageOptions& options) {
  CLI::App& command =
      subcommand(parent, "coverage", "Show which bytes of a block's data no field reads",
                 "Examples:\n"
                 "  bluetti-gateway schema coverage --block 1300 --model AP300 '01f4 0000 0000'\n"
                 "  bluetti-gateway schema coverage --block 1313 --schemas schemas.d --json 'ff88 08fd'");
  command.add_option("--block", options.block, "Block number, or the first register of the data")
      ->type_name("NUMBER")
      ->required()
      ->check(between(0, 65535));
  command.add_option("--model", options.model, "Model of the station")->type_name("MODEL")->capture_default_str();
  add_schemas(command, options.schemas);
  command.add_flag("--json", options.json, "Print one JSON document");
  command.add_option("HEX", options.input, "Register data, hexadecimal")->type_name("HEX")->required();
  return command;
}

CLI::App& add_simulate(CLI::App& parent, SimulateOptions& options) {
  constexpr std::uint64_t kMostSerial = 9999999999999;
  CLI::App& command =
      subcommand(parent, "simulate", "Simulate stations on a test broker",
                 "Examples:\n"
                 "  bluetti-gateway simulate --broker mqtt://127.0.0.1:1883 --model AP300,EL100V2 --stations 10\n"
                 "  bluetti-gateway simulate --speed 60 --push-interval 0 --seed 7\n"
                 "  bluetti-gateway simulate --lan 127.0.0.1:1502 --model Balco260\n"
                 "  bluetti-gateway simulate --replay report.jsonl --speed 10");
  CLI::Option* broker =
      command.add_option("--broker", options.broker, "URL of the test broker")->type_name("URL")->capture_default_str();
  command
      .add_option("--lan", options.lan,
                  "Simulate Modbus TCP stations, the first on this port; no broker unless --broker is given")
      ->check(not_empty())
      ->type_name("[HOST:]PORT");
  command.parse_complete_callback([broker, &options] { options.has_broker = broker->count() > 0; });
  command.add_option("--ca", options.authorities, "CA certificates of the broker, PEM")->type_name("FILE");
  command.add_option("--certificate", options.certificate, "Client certificate, PKCS#12")->type_name("FILE");
  command.add_option("--password", options.certificate_password, "Its password")->envname(kPasswordVariable);
  command.add_option("--model", options.models, "Models, assigned in turn; can be repeated")
      ->type_name("MODEL")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command.add_option("--stations", options.stations, "Number of stations")
      ->type_name("NUMBER")
      ->check(between(1, 100000))
      ->capture_default_str();
  command.add_option("--first-serial", options.first_serial, "Serial number of the first station; the others count up")
      ->type_name("NUMBER")
      ->check(between<std::uint64_t>(1, kMostSerial))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Seed of all random numbers")
      ->type_name("NUMBER")
      ->check(between<std::uint64_t>(0, std::numeric_limits<std::uint64_t>::max()))
      ->capture_default_str();
  command.add_option("--speed", options.speed, "Simulated seconds per second")
      ->type_name("NUMBER")
      ->check(between(0.001, 100000.0))
      ->capture_default_str();
  command
      .add_option("--push-interval", options.push_interval,
                  "Seconds between unsolicited messages of a station; 0: none")
      ->type_name("NUMBER")
      ->check(between(0.0, 86400.0))
      ->capture_default_str();
  CLI::Option* captures =
      command.add_option("--captures", options.captures, "Serve these register images")->type_name("FILE");
  command.add_option("--replay", options.replay, "Replay the stations of this record")
      ->type_name("FILE")
      ->excludes(captures);
  add_schemas(command, options.schemas);
  add_log_level(command, options.log_level, "Log level");
  return command;
}

}  // namespace bluetti::gateway::cli
