// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <exception>
#include <functional>
#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/completion.h"
#include "gateway/cli/help_format.h"
#include "gateway/cli/help_tree.h"
#include "gateway/cli/lan_commands.h"
#include "gateway/cli/man_page.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/read_command_line.h"
#include "gateway/cli/read_commands.h"
#include "gateway/cli/validators.h"
#include "gateway/cli/version.h"
#include "gateway/config/suggestion.h"

namespace bluetti::gateway::cli {
namespace {

// The parser with the options it fills. Not movable: CLI11 keeps pointers to them.
class CommandLine {
 public:
  CommandLine() {
    app_.name("bluetti-gateway");
    app_.formatter(std::make_shared<HelpFormat>());
    app_.set_help_flag("-h,--help", "Show this help and exit");
    app_.set_version_flag("-V,--version", version_text(), "Show the version and exit");
    app_.footer(
        "Examples:\n"
        "  bluetti-gateway init\n"
        "  bluetti-gateway check --config gateway.toml\n"
        "  bluetti-gateway run --config gateway.toml\n"
        "'bluetti-gateway help COMMAND' shows the options of a command.\n");
    add_run();
    add_check();
    add_energy();
    add_health();
    add_decode();
    add_list();
    add_schema();
    add_simulate();
    add_login();
    add_reads();
    add_find();
    add_set();
    add_undo();
    app_.require_subcommand(0, 1);
    add_init();
    add_report();
    add_completion();
    add_man();
    add_help();
    add_version();
  }
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  int run(int argc, const char* const* argv);

 private:
  struct Command {
    CLI::App* app;
    std::function<int()> run;
  };

  CLI::App* add(const char* name, const char* what, const char* examples, std::function<int()> run) {
    return add(app_, name, what, examples, std::move(run));
  }
  CLI::App* add(CLI::App& parent, const char* name, const char* what, const char* examples, std::function<int()> run);
  void add_run();
  void add_check();
  void add_energy();
  void add_health();
  void add_decode();
  void add_list();
  void add_schema();
  void add_schema_check(CLI::App& schema);
  void add_schema_coverage(CLI::App& schema);
  void add_simulate();
  void add_login();
  void add_reads();
  void add_find();
  void add_set();
  void add_undo();
  void add_init();
  void add_report();
  void add_completion();
  void add_man();
  void add_help();
  void add_version();
  int help() const;

  [[nodiscard]] const Command* chosen() const;
  [[nodiscard]] std::string unexpected() const;  // empty: nothing is
  int refuse(const std::string& message) const;
  int finish(const CLI::ParseError& error);

  CLI::App app_{"Brings BLUETTI power stations from the vendor's cloud to a local MQTT broker, for Home Assistant."};
  std::vector<Command> commands_;
  DaemonOptions run_;
  CheckOptions check_;
  EnergyOptions energy_;
  HealthOptions health_;
  DecodeOptions decode_;
  ListOptions list_;
  std::string list_what_;
  SchemaCheckOptions schema_check_;
  SchemaCoverageOptions schema_coverage_;
  SimulateOptions simulate_;
  LoginOptions login_;
  InitOptions init_;
  ReportOptions report_;
  CompletionOptions completion_;
  std::vector<std::string> help_on_;
  ScanOptions scan_;
  FindOptions find_;
  RawOptions raw_;
  ListenOptions listen_;
  SetOptions set_;
  SetOptions undo_;
};

CLI::App* CommandLine::add(CLI::App& parent, const char* name, const char* what, const char* examples,
                           std::function<int()> run) {
  CLI::App* command = parent.add_subcommand(name, what);
  command->group("Commands")->footer(std::string(examples) + "\n");
  commands_.push_back({command, std::move(run)});
  return command;
}

void CommandLine::add_run() {
  CLI::App* command = add("run", "Run the gateway",
                          "Examples:\n"
                          "  bluetti-gateway run --config /etc/bluetti/gateway.toml\n"
                          "  bluetti-gateway run --once --log-level debug",
                          [this] { return cli::run(run_); });
  add_config(*command, run_.config);
  command->add_flag("--once", run_.once, "Read everything once, publish it, and exit");
  add_log_level(*command, run_.log_level, "Log level for all areas, overrides the configuration");
}

void CommandLine::add_check() {
  CLI::App* command = add("check", "Check the configuration and print the plan; no network",
                          "Examples:\n"
                          "  bluetti-gateway check\n"
                          "  bluetti-gateway check --verbose\n"
                          "  bluetti-gateway check --config /etc/bluetti/gateway.toml --json",
                          [this] { return cli::check(check_); });
  add_config(*command, check_.config);
  command->add_flag("-v,--verbose", check_.verbose, "Show every connection, poll, setting, file and value");
  command->add_flag("--topics", check_.topics, "List the topics of the stations");
  command->add_flag("--entities", check_.entities, "List the entities in Home Assistant");
  command->add_flag("--defaults", check_.defaults, "Include default values");
  command->add_flag("--json", check_.json, "Print one JSON document");
}

void CommandLine::add_energy() {
  CLI::App* command = add("energy-dashboard", "List entities for Home Assistant's energy dashboard; no network",
                          "Examples:\n"
                          "  bluetti-gateway energy-dashboard\n"
                          "  bluetti-gateway energy-dashboard --config /etc/bluetti/gateway.toml --json",
                          [this] { return cli::energy_dashboard(energy_); });
  add_config(*command, energy_.config);
  command->add_flag("--json", energy_.json, "Print the settings as Home Assistant's API takes them");
}

void CommandLine::add_health() {
  CLI::App* command = add("health", "Check whether the running gateway publishes values",
                          "Examples:\n"
                          "  bluetti-gateway health\n"
                          "  bluetti-gateway health --file /run/bluetti-gateway/health.json --json\n"
                          "Exit code 1 if it does not, or is not running.",
                          [this] { return cli::health(health_); });
  add_config(*command, health_.config);
  command->add_option("--file", health_.file, "Health file (default: the configuration's)")->type_name("FILE");
  command
      ->add_option("--max-silence", health_.max_silence,
                   "Maximum seconds without connection or messages of an account; 0: unlimited")
      ->type_name("NUMBER")
      ->check(between(0, 604800))
      ->capture_default_str();
  command->add_flag("--alive", health_.alive, "Only check that the process works, not that values flow");
  command->add_flag("--json", health_.json, "Print one JSON document");
}

void CommandLine::add_decode() {
  CLI::App* command = add("decode", "Decode registers or cloud payloads to values",
                          "Examples:\n"
                          "  bluetti-gateway decode --block 1300 --model AP300 '01f4 0000 0000'\n"
                          "  bluetti-gateway decode --block 1313 --json 'ff88 08fd'\n"
                          "  bluetti-gateway decode --frame --block 100 --json - < payloads.txt\n"
                          "Blanks and ':' between digits are ignored; '-' reads one input per line.",
                          [this] { return cli::decode(decode_); });
  command->add_option("--block", decode_.block, "Block number, or the first register of the data")
      ->type_name("NUMBER")
      ->check(between(0, 65535));
  command->add_option("--model", decode_.model, "Model of the station (default: any that has these registers)")
      ->type_name("MODEL");
  command->add_option("--protocol-version", decode_.protocol_version, "Protocol version (default: the model's)")
      ->type_name("NUMBER")
      ->check(between(0, 65535));
  add_schemas(*command, decode_.schemas);
  command->add_flag("--frame", decode_.frame, "Inputs are whole payloads: envelope and Modbus frame");
  command->add_flag("--json", decode_.json, "Print one JSON object per input");
  command->add_option("HEX", decode_.inputs, "Hexadecimal data, or '-'")->type_name("HEX")->required();
}

void CommandLine::add_list() {
  static constexpr std::array<const char*, 5> kWhat{"models", "blocks", "fields", "entities",
                                                    "settings"};  // in the order of What
  CLI::App* command = add("list", "List models, blocks, fields, entities or settings",
                          "Examples:\n"
                          "  bluetti-gateway list models\n"
                          "  bluetti-gateway list fields --block 1300\n"
                          "  bluetti-gateway list entities --model AP300 --json\n"
                          "  bluetti-gateway list settings --model AP300",
                          [this] { return cli::list(list_); });
  choose(command->add_option("WHAT", list_what_, "What to list"), {kWhat.begin(), kWhat.end()})
      ->required()
      ->each([this](const std::string& word) {
        const auto found = std::find(kWhat.begin(), kWhat.end(), word);
        list_.what = static_cast<ListOptions::What>(found - kWhat.begin());
      });
  command->add_option("--block", list_.block, "Only this block")->type_name("NUMBER")->check(between(0, 65535));
  command->add_option("--model", list_.model, "Only this model")->type_name("MODEL");
  add_schemas(*command, list_.schemas);
  CLI::Option* json = command->add_flag("--json", list_.json, "Print one JSON document");
  command->add_flag("--markdown", list_.markdown, "Print a Markdown table")->excludes(json);
}

void CommandLine::add_schema() {
  CLI::App* schema = add("schema", "Help with schema files",
                         "Examples:\n"
                         "  bluetti-gateway schema check schemas.d\n"
                         "  bluetti-gateway schema coverage --block 1300 --model AP300 '01f4 0000 0000'",
                         nullptr);
  add_schema_check(*schema);
  add_schema_coverage(*schema);
}

void CommandLine::add_schema_check(CLI::App& schema) {
  CLI::App* command = add(schema, "check", "Check schema files together with the built-in ones",
                          "Examples:\n"
                          "  bluetti-gateway schema check schemas.d\n"
                          "  bluetti-gateway schema check --json blocks/1300-grid.toml models/mine.toml\n"
                          "Exit code 1 if a file is refused; warnings are allowed.",
                          [this] { return cli::schema_check(schema_check_); });
  command->add_flag("--json", schema_check_.json, "Print one JSON document");
  command->add_option("FILE", schema_check_.files, "Schema files, or folders of them")->type_name("FILE")->required();
}

void CommandLine::add_schema_coverage(CLI::App& schema) {
  SchemaCoverageOptions& options = schema_coverage_;
  CLI::App* command = add(schema, "coverage", "Show which bytes of a block's data no field reads",
                          "Examples:\n"
                          "  bluetti-gateway schema coverage --block 1300 --model AP300 '01f4 0000 0000'\n"
                          "  bluetti-gateway schema coverage --block 1313 --schemas schemas.d --json 'ff88 08fd'",
                          [this] { return cli::schema_coverage(schema_coverage_); });
  command->add_option("--block", options.block, "Block number, or the first register of the data")
      ->type_name("NUMBER")
      ->required()
      ->check(between(0, 65535));
  command->add_option("--model", options.model, "Model of the station")->type_name("MODEL")->capture_default_str();
  add_schemas(*command, options.schemas);
  command->add_flag("--json", options.json, "Print one JSON document");
  command->add_option("HEX", options.input, "Register data, hexadecimal")->type_name("HEX")->required();
}

void CommandLine::add_simulate() {
  constexpr std::uint64_t kMostSerial = 9999999999999;
  SimulateOptions& options = simulate_;
  CLI::App* command =
      add("simulate", "Simulate stations on a test broker",
          "Examples:\n"
          "  bluetti-gateway simulate --broker mqtt://127.0.0.1:1883 --model AP300,EL100V2 --stations 10\n"
          "  bluetti-gateway simulate --speed 60 --push-interval 0 --seed 7\n"
          "  bluetti-gateway simulate --lan 127.0.0.1:1502 --model Balco260\n"
          "  bluetti-gateway simulate --replay report.jsonl --speed 10",
          [this] { return cli::simulate(simulate_); });
  CLI::Option* broker = command->add_option("--broker", options.broker, "URL of the test broker")
                            ->type_name("URL")
                            ->capture_default_str();
  command
      ->add_option("--lan", options.lan,
                   "Simulate Modbus TCP stations, the first on this port; no broker unless --broker is given")
      ->check(not_empty())
      ->type_name("[HOST:]PORT");
  command->parse_complete_callback([broker, &options] { options.has_broker = broker->count() > 0; });
  command->add_option("--ca", options.authorities, "CA certificates of the broker, PEM")->type_name("FILE");
  command->add_option("--certificate", options.certificate, "Client certificate, PKCS#12")->type_name("FILE");
  command->add_option("--password", options.certificate_password, "Its password")->envname(kPasswordVariable);
  command->add_option("--model", options.models, "Models, assigned in turn; can be repeated")
      ->type_name("MODEL")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command->add_option("--stations", options.stations, "Number of stations")
      ->type_name("NUMBER")
      ->check(between(1, 100000))
      ->capture_default_str();
  command->add_option("--first-serial", options.first_serial, "Serial number of the first station; the others count up")
      ->type_name("NUMBER")
      ->check(between<std::uint64_t>(1, kMostSerial))
      ->capture_default_str();
  command->add_option("--seed", options.seed, "Seed of all random numbers")
      ->type_name("NUMBER")
      ->check(between<std::uint64_t>(0, std::numeric_limits<std::uint64_t>::max()))
      ->capture_default_str();
  command->add_option("--speed", options.speed, "Simulated seconds per second")
      ->type_name("NUMBER")
      ->check(between(0.001, 100000.0))
      ->capture_default_str();
  command
      ->add_option("--push-interval", options.push_interval,
                   "Seconds between unsolicited messages of a station; 0: none")
      ->type_name("NUMBER")
      ->check(between(0.0, 86400.0))
      ->capture_default_str();
  CLI::Option* captures =
      command->add_option("--captures", options.captures, "Serve these register images")->type_name("FILE");
  command->add_option("--replay", options.replay, "Replay the stations of this record")
      ->type_name("FILE")
      ->excludes(captures);
  add_schemas(*command, options.schemas);
  add_log_level(*command, options.log_level, "Log level");
}

void CommandLine::add_login() {
  add_login_options(*add("login", "Set up step by step, or sign in to the account (experimental)", kLoginExamples,
                         [this] { return cli::login(login_); }),
                    login_);
}

void CommandLine::add_reads() {
  add_scan_options(
      *add("scan", "Read blocks once and print their fields", kScanExamples, [this] { return scan(scan_); }), scan_);
  add_raw_options(*add("raw", "Read registers and print them undecoded", kRawExamples, [this] { return raw(raw_); }),
                  raw_);
  add_listen_options(
      *add("listen", "Poll, and print unsolicited messages too", kListenExamples, [this] { return listen(listen_); }),
      listen_);
}

void CommandLine::add_find() {
  CLI::App* command = add("find", "Find stations on the local network that answer Modbus TCP",
                          "Examples:\n"
                          "  bluetti-gateway find\n"
                          "  bluetti-gateway find 192.168.1.20 fridge.lan:502 --json\n"
                          "Lists the stations that announce themselves by mDNS (with avahi-browse, if it is\n"
                          "installed), and the hosts that are named. The network is not scanned. Prints a [[station]]\n"
                          "for the configuration. How a station is prepared: docs/lan.md.",
                          [this] { return cli::find(find_); });
  command->add_option("HOST", find_.hosts, "Hosts to look at, HOST or HOST:PORT")->type_name("HOST");
  command->add_flag("!--no-mdns", find_.announced, "Do not look for stations that announce themselves");
  command->add_option("--timeout", find_.answer_timeout, "Seconds to wait for an answer")
      ->type_name("NUMBER")
      ->check(between(0.1, 60.0))
      ->capture_default_str();
  command->add_flag("--json", find_.json, "Print JSON");
  add_schemas(*command, find_.schemas);
}

void CommandLine::add_set() {
  CLI::App* command = add("set", "Change settings of a station and verify each by reading it back",
                          "Examples:\n"
                          "  bluetti-gateway set living_room soc_high_limit=80\n"
                          "  bluetti-gateway set living_room ac_eco=ON --dry-run\n"
                          "  bluetti-gateway set garage time_slot/1='charge 01:00-05:00' --probe --json\n"
                          "Goes through the running gateway, which needs `enabled = true` in [control]. What can be\n"
                          "changed: bluetti-gateway list settings. Exit code 1 unless every change was confirmed.",
                          [this] { return cli::set(set_); });
  add_config(*command, set_.config);
  command->add_flag("--dry-run", set_.dry_run, "Validate and show the frame; write nothing");
  command->add_flag("--probe", set_.probe, "Write the present value first, to test whether the station accepts writes");
  command->add_flag("--json", set_.json, "Print one JSON document");
  command->add_option("STATION", set_.station, "Id of the station")->type_name("STATION")->required();
  command->add_option("PATH=VALUE", set_.arguments, "Settings and their new values")
      ->type_name("PATH=VALUE")
      ->required();
}

void CommandLine::add_undo() {
  CLI::App* command = add("undo", "Restore the values before the last change",
                          "Examples:\n"
                          "  bluetti-gateway undo living_room\n"
                          "  bluetti-gateway undo living_room soc_high_limit\n"
                          "Goes through the running gateway, which remembers the value before each last change.",
                          [this] { return cli::undo(undo_); });
  add_config(*command, undo_.config);
  command->add_flag("--json", undo_.json, "Print one JSON document");
  command->add_option("STATION", undo_.station, "Id of the station")->type_name("STATION")->required();
  command->add_option("PATH", undo_.arguments, "Only these settings")->type_name("PATH");
}

void CommandLine::add_init() {
  CLI::App* command = add("init", "Write a commented starter configuration",
                          "Examples:\n"
                          "  bluetti-gateway init\n"
                          "  bluetti-gateway init --serial 2345000000001 --model EL100V2 --certificate bluetti.pfx\n"
                          "  bluetti-gateway init --lan 192.168.1.20 --serial 2345000000001 --model Balco260\n"
                          "Asks on a terminal unless a serial number is given. Writes no password.",
                          [this] { return cli::init(init_); });
  add_config(*command, init_.config);
  command->add_flag("--force", init_.force, "Overwrite an existing file");
  command->add_option("--local-url", init_.local_url, "Your MQTT broker")->type_name("URL")->capture_default_str();
  command->add_option("--local-username", init_.local_username, "User name on that broker")->type_name("NAME");
  command->add_option("--certificate", init_.certificate, "Certificate of the vendor's account, PKCS#12")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("--model", init_.model, "Model of the stations")->type_name("MODEL")->capture_default_str();
  command
      ->add_option("--serial", init_.serials,
                   "Serial number of a station, its digits or its whole label; can be repeated")
      ->type_name("NUMBER")
      ->allow_extra_args(false);
  command
      ->add_option("--lan", init_.lan,
                   "Where the station answers on the local network, without the cloud; one for each --serial")
      ->type_name("HOST[:PORT]")
      ->allow_extra_args(false);
}

void CommandLine::add_report() {
  CLI::App* command = add("report", "Collect data for a bug report, without names and secrets",
                          "Examples:\n"
                          "  bluetti-gateway report --dry-run\n"
                          "  bluetti-gateway report --log /var/log/bluetti-gateway.log --output report.tar.gz",
                          [this] { return cli::report(report_); });
  add_config(*command, report_.config);
  command->add_option("--log", report_.log, "Log file; its last lines are included")->type_name("FILE");
  command->add_option("--output", report_.output, "Archive to write")->type_name("FILE")->capture_default_str();
  command->add_flag("--dry-run", report_.dry_run, "List the contents; write nothing");
  command->add_flag("--force", report_.force, "Overwrite an existing file");
}

void CommandLine::add_completion() {
  CLI::App* command = add("completion", "Print or install the completion script of a shell",
                          "Examples:\n"
                          "  bluetti-gateway completion --install\n"
                          "  source <(bluetti-gateway completion bash)\n"
                          "  bluetti-gateway completion zsh > ~/.zfunc/_bluetti-gateway",
                          [this] { return completion(completion_, help_of(app_)); });
  choose(command->add_option("SHELL", completion_.shell, "Shell; with --install the one of the variable SHELL"),
         {kShells.begin(), kShells.end()});
  command->add_flag("--install", completion_.install, "Write it to where the shell looks for it");
}

void CommandLine::add_man() {
  add("man", "Print the manual page",
      "Examples:\n"
      "  bluetti-gateway man | man -l -\n"
      "  bluetti-gateway man > /usr/local/share/man/man1/bluetti-gateway.1",
      [this] {
        std::cout << man_page(help_of(app_), GATEWAY_VERSION);
        return int{kDone};
      });
}

// "bluetti-gateway schema check"
std::string full_name(const CLI::App& app) {
  return (app.get_parent() ? full_name(*app.get_parent()) + " " : "") + app.get_name();
}

void CommandLine::add_help() {
  CLI::App* command = add("help", "Show the help of a command",
                          "Examples:\n"
                          "  bluetti-gateway help run\n"
                          "  bluetti-gateway help schema check",
                          [this] { return help(); });
  command->add_option("COMMAND", help_on_, "Command")->type_name("COMMAND");
}

void CommandLine::add_version() {
  add("version", "Show the version and those of the libraries",
      "Example:\n"
      "  bluetti-gateway version",
      [] {
        std::cout << version_text() << '\n';
        return int{kDone};
      });
}

int CommandLine::help() const {
  const CLI::App* app = &app_;
  for (const std::string& name : help_on_) {
    const auto below = app->get_subcommands({});
    if (app != &app_ && below.empty()) break;  // an argument of this command: "help list models"
    const auto found = std::ranges::find(below, name, &CLI::App::get_name);
    if (found == below.end()) {
      std::vector<std::string> known;
      for (const CLI::App* each : below) known.push_back(each->get_name());
      return refuse(fmt::format("unknown command '{}'{}", name, suggestion(name, known)));
    }
    app = *found;
  }
  if (app == &app_) {  // whose help() would be that of the command which was given: this one
    std::cout << app_.get_formatter()->make_help(&app_, app_.get_name(), CLI::AppFormatMode::Normal);
  } else {
    std::cout << app->help(full_name(*app->get_parent()));
  }
  return kDone;
}

// The deepest: commands stand behind those they belong to.
const CommandLine::Command* CommandLine::chosen() const {
  const auto found =
      std::find_if(commands_.rbegin(), commands_.rend(), [](const Command& command) { return command.app->parsed(); });
  return found == commands_.rend() ? nullptr : &*found;
}

std::string CommandLine::unexpected() const {
  const Command* command = chosen();
  const CLI::App& app = command ? *command->app : app_;
  const auto rest = app.remaining();
  if (rest.empty()) return {};
  const std::string& word = rest.front();
  std::vector<std::string> known;
  if (word.starts_with('-')) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    return fmt::format("unknown option '{}'{}", word, suggestion(word, known));
  }
  for (const CLI::App* other : app.get_subcommands({})) known.push_back(other->get_name());
  if (known.empty()) return fmt::format("unexpected argument '{}'", word);
  return fmt::format("unknown command '{}'{}", word, suggestion(word, known));
}

int CommandLine::refuse(const std::string& message) const {
  const Command* command = chosen();
  const std::string name = full_name(command ? *command->app : app_);
  print_error(message);
  std::cerr << fmt::format("Try '{} --help'.\n", name);
  return kUsage;
}

int CommandLine::finish(const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app_.exit(error, std::cout, std::cerr);
  // What CLI11 missed first may only be the other half of a misspelt option.
  const std::string surplus = unexpected();
  return refuse(surplus.empty() ? error.what() : surplus);
}

int CommandLine::run(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return finish(error);
  }
  const Command* command = chosen();
  if (!command || !command->run) {
    std::cerr << (command ? command->app : &app_)->help();
    return kUsage;
  }
  if (command->app->get_name() == "decode" && !decode_.block && !decode_.frame) {
    return refuse("--block is required: the data does not say which registers it holds");
  }
  return command->run();
}

}  // namespace

int main(int argc, const char* const* argv) {
  std::ios::sync_with_stdio(false);
  try {
    const int code = CommandLine().run(argc, argv);
    std::cout.flush();
    if (std::cout) return code;
    print_error("standard output cannot be written");
  } catch (const std::exception& error) {
    print_error(error.what());
  }
  return kFailed;
}

}  // namespace bluetti::gateway::cli
