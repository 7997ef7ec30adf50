// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <exception>
#include <functional>
#include <iostream>

#include "gateway/cli/completion.h"
#include "gateway/cli/help_format.h"
#include "gateway/cli/help_tree.h"
#include "gateway/cli/man_page.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/subcommands.h"
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
    add(add_run(app_, run_), [this] { return cli::run(run_); });
    add(add_check(app_, check_), [this] { return cli::check(check_); });
    add(add_energy(app_, energy_), [this] { return cli::energy_dashboard(energy_); });
    add(add_health(app_, health_), [this] { return cli::health(health_); });
    add(add_decode(app_, decode_), [this] { return cli::decode(decode_); });
    add(add_list(app_, list_), [this] { return cli::list(list_); });
    add_schema();
    add(add_simulate(app_, simulate_), [this] { return cli::simulate(simulate_); });
    add(add_login(app_, login_), [this] { return cli::login(login_); });
    add(add_scan(app_, scan_), [this] { return cli::scan(scan_); });
    add(add_raw(app_, raw_), [this] { return cli::raw(raw_); });
    add(add_listen(app_, listen_), [this] { return cli::listen(listen_); });
    add(add_find(app_, find_), [this] { return cli::find(find_); });
    add(add_set(app_, set_), [this] { return cli::set(set_); });
    add(add_undo(app_, undo_), [this] { return cli::undo(undo_); });
    add(add_init(app_, init_), [this] { return cli::init(init_); });
    add(add_report(app_, report_), [this] { return cli::report(report_); });
    add_completion();
    add_man();
    add_help();
    add_version();
    app_.require_subcommand(0, 1);
  }
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  int run(int argc, const char* const* argv);

 private:
  struct Command {
    CLI::App* app;
    std::function<int()> run;
  };

  void add(CLI::App& command, std::function<int()> run) { commands_.push_back({&command, std::move(run)}); }
  void add_schema();
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

void CommandLine::add_schema() {
  CLI::App& schema = subcommand(app_, "schema", "Help with schema files",
                                "Examples:\n"
                                "  bluetti-gateway schema check schemas.d\n"
                                "  bluetti-gateway schema coverage --block 1300 --model AP300 '01f4 0000 0000'");
  add(schema, nullptr);
  add(add_schema_check(schema, schema_check_), [this] { return cli::schema_check(schema_check_); });
  add(add_schema_coverage(schema, schema_coverage_), [this] { return cli::schema_coverage(schema_coverage_); });
}

void CommandLine::add_completion() {
  CLI::App& command = subcommand(app_, "completion", "Print or install the completion script of a shell",
                                 "Examples:\n"
                                 "  bluetti-gateway completion --install\n"
                                 "  source <(bluetti-gateway completion bash)\n"
                                 "  bluetti-gateway completion zsh > ~/.zfunc/_bluetti-gateway");
  add(command, [this] { return completion(completion_, help_of(app_)); });
  choose(command.add_option("SHELL", completion_.shell, "Shell; with --install the one of the variable SHELL"),
         {kShells.begin(), kShells.end()});
  command.add_flag("--install", completion_.install, "Write it to where the shell looks for it");
}

void CommandLine::add_man() {
  add(subcommand(app_, "man", "Print the manual page",
                 "Examples:\n"
                 "  bluetti-gateway man | man -l -\n"
                 "  bluetti-gateway man > /usr/local/share/man/man1/bluetti-gateway.1"),
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
  CLI::App& command = subcommand(app_, "help", "Show the help of a command",
                                 "Examples:\n"
                                 "  bluetti-gateway help run\n"
                                 "  bluetti-gateway help schema check");
  add(command, [this] { return help(); });
  command.add_option("COMMAND", help_on_, "Command")->type_name("COMMAND");
}

void CommandLine::add_version() {
  add(subcommand(app_, "version", "Show the version and those of the libraries",
                 "Example:\n"
                 "  bluetti-gateway version"),
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
  return command->run();
}

}  // namespace

CLI::App& subcommand(CLI::App& parent, const char* name, const char* what, const char* examples) {
  CLI::App* command = parent.add_subcommand(name, what);
  command->group("Commands")->footer(std::string(examples) + "\n");
  return *command;
}

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
