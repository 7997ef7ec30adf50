// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <exception>
#include <functional>
#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/read_command_line.h"
#include "gateway/cli/validators.h"
#include "gateway/cli/version.h"
#include "gateway/suggestion.h"

namespace bluetti::gateway::cli {
namespace {

constexpr const char* kPasswordVariable = "BLUETTI_CERT_PASSWORD";

// The parser with the options it fills. Not movable: CLI11 keeps pointers to them.
class CommandLine {
 public:
  CommandLine() {
    app_.name("bluetti-gateway");
    app_.set_version_flag("--version", version_text());
    app_.footer(
        "Examples:\n"
        "  bluetti-gateway check --config gateway.toml\n"
        "  bluetti-gateway run --config gateway.toml\n"
        "'bluetti-gateway COMMAND --help' shows the options of a command.\n");
    add_run();
    add_check();
    add_health();
    add_decode();
    add_list();
    add_schema();
    add_simulate();
    add_login();
    add_reads();
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
  void add_health();
  void add_decode();
  void add_list();
  void add_schema();
  void add_schema_check(CLI::App& schema);
  void add_schema_coverage(CLI::App& schema);
  void add_simulate();
  void add_login();
  void add_reads();

  [[nodiscard]] const Command* chosen() const;
  [[nodiscard]] std::string unexpected() const;  // empty: nothing is
  int refuse(const std::string& message) const;
  int finish(const CLI::ParseError& error);

  CLI::App app_{"Brings BLUETTI power stations from the vendor's cloud to a local MQTT broker, for Home Assistant."};
  std::vector<Command> commands_;
  RunOptions run_;
  CheckOptions check_;
  HealthOptions health_;
  DecodeOptions decode_;
  ListOptions list_;
  std::string list_what_;
  SchemaCheckOptions schema_check_;
  SchemaCoverageOptions schema_coverage_;
  SimulateOptions simulate_;
  LoginOptions login_;
  ScanOptions scan_;
  RawOptions raw_;
  ListenOptions listen_;
};

CLI::App* CommandLine::add(CLI::App& parent, const char* name, const char* what, const char* examples,
                           std::function<int()> run) {
  CLI::App* command = parent.add_subcommand(name, what);
  command->footer(std::string(examples) + "\n");
  commands_.push_back({command, std::move(run)});
  return command;
}

void CommandLine::add_run() {
  CLI::App* command = add("run", "Run the gateway",
                          "Examples:\n"
                          "  bluetti-gateway run --config /etc/bluetti/gateway.toml\n"
                          "  bluetti-gateway run --once --log-level debug",
                          [this] { return cli::run(run_); });
  command->add_option("--config", run_.config, "Configuration file")->envname(kConfigVariable)->capture_default_str();
  command->add_flag("--once", run_.once, "Read everything once, publish it, and exit");
  command->add_option("--log-level", run_.log_level, "trace, debug, info, warning or error; over the file's")
      ->check(log_levels());
}

void CommandLine::add_check() {
  CLI::App* command = add("check", "Check the configuration and print the plan; no network",
                          "Examples:\n"
                          "  bluetti-gateway check\n"
                          "  bluetti-gateway check --config /etc/bluetti/gateway.toml --json",
                          [this] { return cli::check(check_); });
  command->add_option("--config", check_.config, "Configuration file")->envname(kConfigVariable)->capture_default_str();
  command->add_flag("--json", check_.json, "Print one JSON document");
}

void CommandLine::add_health() {
  CLI::App* command = add("health", "Tell whether the running gateway passes values on",
                          "Examples:\n"
                          "  bluetti-gateway health\n"
                          "  bluetti-gateway health --file /run/bluetti-gateway/health.json --json\n"
                          "Exit code 1 if it does not, or does not run.",
                          [this] { return cli::health(health_); });
  command->add_option("--config", health_.config, "Its configuration file")
      ->envname(kConfigVariable)
      ->capture_default_str();
  command->add_option("--file", health_.file, "Its health file, instead of looking it up in the configuration");
  command
      ->add_option("--max-silence", health_.max_silence,
                   "Seconds that an account may be without connection or messages; 0: for ever")
      ->check(between(0, 604800))
      ->capture_default_str();
  command->add_flag("--json", health_.json, "Print one JSON document");
}

void CommandLine::add_decode() {
  CLI::App* command = add("decode", "Decode registers, or payloads of the cloud broker, to values",
                          "Examples:\n"
                          "  bluetti-gateway decode --block 1300 --model AP300 '01f4 0000 0000'\n"
                          "  bluetti-gateway decode --block 1313 --json 'ff88 08fd'\n"
                          "  bluetti-gateway decode --frame --block 100 --json - < payloads.txt\n"
                          "Blanks and ':' between digits are ignored; '-' reads one input per line.",
                          [this] { return cli::decode(decode_); });
  command->add_option("--block", decode_.block, "Block, or the register at which the data begins")
      ->check(between(0, 65535));
  command->add_option("--model", decode_.model, "Model of the station")->capture_default_str();
  command->add_option("--protocol-version", decode_.protocol_version, "Protocol version, over the model's")
      ->check(between(0, 65535));
  command->add_option("--schemas", decode_.schemas, "Folder with schema files of your own")->allow_extra_args(false);
  command->add_flag("--frame", decode_.frame, "Inputs are whole payloads: envelope and Modbus frame");
  command->add_flag("--json", decode_.json, "Print one JSON object per input");
  command->add_option("HEX", decode_.inputs, "Hexadecimal data, or '-'")->required();
}

void CommandLine::add_list() {
  static constexpr std::array<const char*, 4> kWhat{"models", "blocks", "fields", "entities"};  // in the order of What
  CLI::App* command = add("list", "List models, blocks, fields or entities",
                          "Examples:\n"
                          "  bluetti-gateway list models\n"
                          "  bluetti-gateway list fields --block 1300\n"
                          "  bluetti-gateway list entities --model AP300 --json",
                          [this] { return cli::list(list_); });
  command->add_option("WHAT", list_what_, "models, blocks, fields or entities")
      ->required()
      ->check(one_of({kWhat.begin(), kWhat.end()}))
      ->each([this](const std::string& word) {
        const auto found = std::find(kWhat.begin(), kWhat.end(), word);
        list_.what = static_cast<ListOptions::What>(found - kWhat.begin());
      });
  command->add_option("--block", list_.block, "Only this block")->check(between(0, 65535));
  command->add_option("--model", list_.model, "Only what this model has, as it has it");
  command->add_option("--schemas", list_.schemas, "Folder with schema files of your own")->allow_extra_args(false);
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
  CLI::App* command = add(schema, "check", "Check schema files, laid over the built-in ones",
                          "Examples:\n"
                          "  bluetti-gateway schema check schemas.d\n"
                          "  bluetti-gateway schema check --json blocks/1300-grid.toml models/mine.toml\n"
                          "Exit code 1 if a file is refused; warnings do not count.",
                          [this] { return cli::schema_check(schema_check_); });
  command->add_flag("--json", schema_check_.json, "Print one JSON document");
  command->add_option("FILE", schema_check_.files, "Schema files, or folders of them")->required();
}

void CommandLine::add_schema_coverage(CLI::App& schema) {
  SchemaCoverageOptions& options = schema_coverage_;
  CLI::App* command = add(schema, "coverage", "Show which bytes of a block's data no field reads",
                          "Examples:\n"
                          "  bluetti-gateway schema coverage --block 1300 --model AP300 '01f4 0000 0000'\n"
                          "  bluetti-gateway schema coverage --block 1313 --schemas schemas.d --json 'ff88 08fd'",
                          [this] { return cli::schema_coverage(schema_coverage_); });
  command->add_option("--block", options.block, "Block, or the register at which the data begins")
      ->required()
      ->check(between(0, 65535));
  command->add_option("--model", options.model, "Model of the station")->capture_default_str();
  command->add_option("--schemas", options.schemas, "Folder with schema files of your own")->allow_extra_args(false);
  command->add_flag("--json", options.json, "Print one JSON document");
  command->add_option("HEX", options.input, "Register data, hexadecimal")->required();
}

void CommandLine::add_simulate() {
  constexpr std::uint64_t kMostSerial = 9999999999999;
  SimulateOptions& options = simulate_;
  CLI::App* command =
      add("simulate", "Be the stations, on a broker that plays the cloud's part",
          "Examples:\n"
          "  bluetti-gateway simulate --broker mqtt://127.0.0.1:1883 --model AP300,EL100V2 --stations 10\n"
          "  bluetti-gateway simulate --speed 60 --push-interval 0 --seed 7\n"
          "  bluetti-gateway simulate --replay report.jsonl --speed 10",
          [this] { return cli::simulate(simulate_); });
  command->add_option("--broker", options.broker, "Broker's URL")->capture_default_str();
  command->add_option("--ca", options.authorities, "CA certificates of the broker, PEM");
  command->add_option("--certificate", options.certificate, "Client certificate, PKCS#12");
  command->add_option("--password", options.certificate_password, "Its password")->envname(kPasswordVariable);
  command->add_option("--model", options.models, "Models, taken in turn; can be repeated")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command->add_option("--stations", options.stations, "How many")->check(between(1, 100000))->capture_default_str();
  command->add_option("--first-serial", options.first_serial, "Serial of the first; the others count up")
      ->check(between<std::uint64_t>(1, kMostSerial))
      ->capture_default_str();
  command->add_option("--seed", options.seed, "Of everything random")
      ->check(between<std::uint64_t>(0, std::numeric_limits<std::uint64_t>::max()))
      ->capture_default_str();
  command->add_option("--speed", options.speed, "Simulated seconds per second")
      ->check(between(0.001, 100000.0))
      ->capture_default_str();
  command
      ->add_option("--push-interval", options.push_interval, "Seconds between unasked messages of a station; 0: none")
      ->check(between(0.0, 86400.0))
      ->capture_default_str();
  CLI::Option* captures =
      command->add_option("--captures", options.captures, "Serve these register images instead of a simulated day");
  command->add_option("--replay", options.replay, "Be the stations of this record instead of simulated ones")
      ->excludes(captures);
  command->add_option("--schemas", options.schemas, "Folder with schema files of your own")->allow_extra_args(false);
  command->add_option("--log-level", options.log_level, "trace, debug, info, warning or error")->check(log_levels());
}

void CommandLine::add_login() {
  CLI::App* command =
      add("login", "Sign in to the vendor's account and list its stations (experimental)",
          "Examples:\n"
          "  bluetti-gateway login\n"
          "  bluetti-gateway login --config /etc/bluetti/gateway.toml --account home --json\n"
          "  bluetti-gateway login --email me@example.com\n"
          "Experimental: never run against the vendor's service. Stop `run` first: it is the same session.",
          [this] { return cli::login(login_); });
  command->add_option("--config", login_.config, "Configuration file")->envname(kConfigVariable)->capture_default_str();
  command->add_option("--account", login_.account, "Account, if several have an `email`");
  command->add_flag("--json", login_.json, "Print one JSON document");
  command->add_option("--email", login_.email, "E-mail address, instead of a configuration");
  command->add_option("--password", login_.password, "Its password; asked for if not given")
      ->envname("BLUETTI_ACCOUNT_PASSWORD");
  command->add_option("--app-key", login_.app_key, "Key of the vendor's app")->envname("BLUETTI_APP_KEY");
  command->add_option("--totp-shared-key", login_.totp_shared_key, "Key of its one-time passwords")
      ->envname("BLUETTI_TOTP_SHARED_KEY");
  command->add_option("--sign-in-url", login_.sign_in_url, "The HTTPS service")->capture_default_str();
  command->add_option("--sign-in-ca", login_.sign_in_ca, "Its CA certificates, PEM");
  command->add_option("--state", login_.state, "Where the session is remembered, with --email")->capture_default_str();
}

void CommandLine::add_reads() {
  add_scan_options(
      *add("scan", "Read blocks once and print their fields", kScanExamples, [this] { return scan(scan_); }), scan_);
  add_raw_options(*add("raw", "Read registers and print them as they are", kRawExamples, [this] { return raw(raw_); }),
                  raw_);
  add_listen_options(*add("listen", "Read again and again, and print what comes unasked too", kListenExamples,
                          [this] { return listen(listen_); }),
                     listen_);
}

// "bluetti-gateway schema check"
std::string full_name(const CLI::App& app) {
  return (app.get_parent() ? full_name(*app.get_parent()) + " " : "") + app.get_name();
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
  std::cerr << fmt::format("{}: {}\nTry '{} --help'.\n", name, message, name);
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
    std::cerr << "bluetti-gateway: standard output cannot be written\n";
  } catch (const std::exception& error) {
    std::cerr << "bluetti-gateway: " << error.what() << '\n';
  }
  return kFailed;
}

}  // namespace bluetti::gateway::cli
