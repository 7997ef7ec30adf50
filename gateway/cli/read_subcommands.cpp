// SPDX-License-Identifier: MIT
#include <string>

#include "gateway/cli/subcommands.h"
#include "gateway/cli/validators.h"
#include "gateway/local/request_json.h"

namespace bluetti::gateway::cli {
namespace {

constexpr int kLastRegister = 65535;
constexpr double kLongestWait = 3600;  // seconds
constexpr double kShortestWait = 0.001;

void add_connection(CLI::App& command, ReadOptions& options) {
  constexpr const char* kGroup = "Connection (overrides the configuration)";
  const auto add = [&](const char* name, auto& to, const char* what) {
    return command.add_option(name, to, what)->group(kGroup);
  };
  // As a function: an empty text would leave an optional empty, and so read the configuration's station.
  command
      .add_option_function<std::string>(
          "--serial", [&options](const std::string& serial) { options.serial = serial; },
          "Serial number of the station; no configuration is read")
      ->group(kGroup);
  add("--model", options.model, "Model of the station")->type_name("MODEL");
  add("--cloud-model", options.cloud_model, "Model name in the cloud's topics");
  add("--broker", options.broker, "URL of the cloud broker, mqtts://host:port")->type_name("URL");
  add("--certificate", options.certificate, "Client certificate, PKCS#12 or PEM")->type_name("FILE");
  add("--key", options.key, "Private key of a PEM certificate")->type_name("FILE");
  add("--password", options.password, "Password of the certificate, overrides BLUETTI_CERT_PASSWORD");
  add("--ca", options.authorities, "CA certificates of the broker, PEM")->type_name("FILE");
  choose(add("--verify", options.verify, "How the broker's certificate is verified"),
         {"full", "chain", "pinned", "none"});
  add("--fingerprint", options.fingerprint, "SHA-256 of the broker's certificate, with --verify pinned");
  add("--security-level", options.security_level, "OpenSSL security level; 0 accepts short keys")
      ->type_name("NUMBER")
      ->check(between(0, 5));
  add("--username", options.username, "User name, if the broker requires one");
  add("--broker-password", options.broker_password, "Its password")->envname("BLUETTI_BROKER_PASSWORD");
  add_schemas(command, options.schemas)->group(kGroup);
}

void add_retries(CLI::App& command, ReadOptions& options) {
  command.add_option("--retries", options.attempts, "Number of attempts")
      ->type_name("NUMBER")
      ->check(between(1, 100))
      ->capture_default_str();
  command.add_option("--retry-initial-delay", options.first_delay, "Seconds before the second attempt")
      ->type_name("NUMBER")
      ->check(between(kShortestWait, kLongestWait))
      ->capture_default_str();
  command.add_option("--retry-factor", options.delay_factor, "Factor of each further delay")
      ->type_name("NUMBER")
      ->check(between(1, 10))
      ->capture_default_str();
  command.add_option("--retry-max-delay", options.longest_delay, "Maximum seconds between attempts")
      ->type_name("NUMBER")
      ->check(between(kShortestWait, kLongestWait))
      ->capture_default_str();
  command.add_option("--timeout", options.answer_timeout, "Seconds to wait for an answer")
      ->type_name("NUMBER")
      ->check(between(kShortestWait, kLongestWait));
}

void add_common(CLI::App& command, ReadOptions& options) {
  add_config(command, options.config);
  command.add_option("--station", options.station, "Id or serial number of a station of the configuration");
  command.add_flag("--direct", options.direct, "Connect directly; this disconnects a running gateway");
  command.add_flag("--json", options.json, "Print JSON");
  add_retries(command, options);
  add_connection(command, options);
}

// Names of groups are looked up when the model is known.
std::string fault_of_block(const std::string& text) {
  const bool is_name = !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
  const auto number = parse_number<int>(text);
  if (is_name || (number && *number >= 0 && *number <= kLastRegister)) return {};
  return fmt::format("'{}' is neither a number between 0 and {} nor the name of a group", text, kLastRegister);
}

void add_blocks(CLI::App& command, std::vector<std::string>& blocks, const char* what) {
  command.add_option("--blocks", blocks, what)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NUMBER|GROUP")
      ->check(CLI::Validator(fault_of_block, "", "block"));
}

}  // namespace

CLI::App& add_scan(CLI::App& parent, ScanOptions& options) {
  CLI::App& command =
      subcommand(parent, "scan", "Read blocks once and print their fields",
                 "Examples:\n"
                 "  bluetti-gateway scan\n"
                 "  bluetti-gateway scan --station living_room --blocks 100,1300,6000 --json\n"
                 "  bluetti-gateway scan --lan 192.168.1.20\n"
                 "  bluetti-gateway scan --serial 2345000000001 --model EL100V2 --certificate bluetti.pfx");
  add_blocks(command, options.blocks, "Blocks to read, by number or group (default: all that are polled)");
  // As a function, as above: an empty text must not mean another way.
  command
      .add_option_function<std::string>(
          "--lan", [&options](const std::string& lan) { options.lan = lan; },
          "Read a station on the local network over Modbus TCP, without configuration")
      ->type_name("HOST[:PORT]");
  add_common(command, options);
  return command;
}

CLI::App& add_raw(CLI::App& parent, RawOptions& options) {
  CLI::App& command = subcommand(parent, "raw", "Read registers and print them undecoded",
                                 "Examples:\n"
                                 "  bluetti-gateway raw --block 1300\n"
                                 "  bluetti-gateway raw --block 22000 --count 16 --retries 1 --json");
  command.add_option("--block", options.block, "Block number, or the first register")
      ->required()
      ->type_name("NUMBER")
      ->check(between(0, kLastRegister));
  command.add_option("--count", options.count, "Number of registers (default: the block's)")
      ->type_name("NUMBER")
      ->check(between(1, read::kMostRegisters));
  command.add_flag("--decode", options.decode, "Also print the values, as far as the registers are described");
  add_common(command, options);
  return command;
}

CLI::App& add_listen(CLI::App& parent, ListenOptions& options) {
  CLI::App& command = subcommand(parent, "listen", "Poll, and print unsolicited messages too",
                                 "Examples:\n"
                                 "  bluetti-gateway listen --interval 5\n"
                                 "  bluetti-gateway listen --blocks 100,1300 --interval 2 --count 10 --json\n"
                                 "  bluetti-gateway listen --interval 0 --record report.jsonl");
  add_blocks(command, options.blocks, "Blocks to read, by number or group (default: those polled most often)");
  command.add_option("--interval", options.interval, "Seconds between reads; 0: unsolicited messages only")
      ->type_name("NUMBER")
      ->check(between(0.0, 86400.0))
      ->capture_default_str();
  command
      .add_option("--count", options.count,
                  "Number of rounds, or of messages with --interval 0 (default: until Ctrl-C)")
      ->type_name("NUMBER")
      ->check(between(1, 1'000'000'000));
  command.add_option("--record", options.record, "Record messages to this file, anonymized (docs/record.md)")
      ->type_name("FILE");
  add_common(command, options);
  return command;
}

CLI::App& add_find(CLI::App& parent, FindOptions& options) {
  CLI::App& command =
      subcommand(parent, "find", "Find stations on the local network that answer Modbus TCP",
                 "Examples:\n"
                 "  bluetti-gateway find\n"
                 "  bluetti-gateway find 192.168.1.20 fridge.lan:502 --json\n"
                 "Lists the stations that announce themselves by mDNS (with avahi-browse, if it is\n"
                 "installed), and the hosts that are named. The network is not scanned. Prints a [[station]]\n"
                 "for the configuration. How a station is prepared: docs/lan.md.");
  command.add_option("HOST", options.hosts, "Hosts to look at, HOST or HOST:PORT")->type_name("HOST");
  command.add_flag("!--no-mdns", options.announced, "Do not look for stations that announce themselves");
  command.add_option("--timeout", options.answer_timeout, "Seconds to wait for an answer")
      ->type_name("NUMBER")
      ->check(between(0.1, 60.0))
      ->capture_default_str();
  command.add_flag("--json", options.json, "Print JSON");
  add_schemas(command, options.schemas);
  return command;
}

}  // namespace bluetti::gateway::cli
