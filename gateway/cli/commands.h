// SPDX-License-Identifier: MIT
// The commands of the program, each a function from its options to an exit code. Results go to standard output, logs
// and errors to standard error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/daemon/daemon.h"

namespace bluetti::gateway::cli {

enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2, kUnreachable = 3 };

int run(const DaemonOptions& options);

struct CheckOptions {
  std::filesystem::path config = "gateway.toml";
  bool verbose = false;   // all tables
  bool topics = false;    // list them
  bool entities = false;  // list them
  bool defaults = false;  // default values too
  bool json = false;
};
int check(const CheckOptions& options);

struct EnergyOptions {
  std::filesystem::path config = "gateway.toml";
  bool json = false;  // as Home Assistant's API takes it
};
int energy_dashboard(const EnergyOptions& options);

struct HealthOptions {
  std::filesystem::path config = "gateway.toml";
  std::filesystem::path file;  // empty: where the configuration says
  int max_silence = 900;       // seconds; 0: for ever
  bool alive = false;          // only whether the process works
  bool json = false;
};
int health(const HealthOptions& options);

struct InitOptions {
  std::filesystem::path config = "gateway.toml";  // to be written
  bool force = false;                             // also over a file
  std::string local_url = "mqtt://127.0.0.1:1883";
  std::string local_username;
  std::string certificate = "bluetti.pfx";
  std::string model = "auto";
  std::vector<std::string> serials;  // none: asked for
  std::vector<std::string> lan;      // HOST or HOST:PORT of each; none: through the cloud
};
int init(const InitOptions& options);

struct CommandHelp;
struct CompletionOptions {
  std::string shell;     // one of kShells; empty with `install`: the one of the variable SHELL
  bool install = false;  // write it to where the shell looks for it, else print it
};
int completion(const CompletionOptions& options, const CommandHelp& program);

struct ReportOptions {
  std::filesystem::path config = "gateway.toml";
  std::filesystem::path log;  // its end goes in; empty: none
  std::filesystem::path output = "bluetti-gateway-report.tar.gz";
  bool dry_run = false;  // only list
  bool force = false;    // over a file
};
int report(const ReportOptions& options);

struct DecodeOptions {
  std::optional<std::uint16_t> block;   // needed unless the frames name their registers
  std::string model;                    // empty: any station of the generation that has the registers
  std::optional<int> protocol_version;  // over the model's
  std::vector<std::filesystem::path> schemas;
  bool frame = false;  // inputs are whole payloads, not register data
  bool json = false;
  std::vector<std::string> inputs;  // hex; "-": lines of standard input
};
int decode(const DecodeOptions& options);

struct ListOptions {
  enum class What : std::uint8_t { models, blocks, fields, entities, settings } what = What::models;
  std::optional<std::uint16_t> block;
  std::string model;  // needed for entities
  std::vector<std::filesystem::path> schemas;
  bool json = false;
  bool markdown = false;
};
int list(const ListOptions& options);

struct SchemaCheckOptions {
  std::vector<std::filesystem::path> files;  // and folders, all laid over the built-in files as one layer
  bool json = false;
};
int schema_check(const SchemaCheckOptions& options);

struct SchemaCoverageOptions {
  std::uint16_t block = 0;  // or the register at which the data begins
  std::string model = "v2";
  std::vector<std::filesystem::path> schemas;
  bool json = false;
  std::string input;  // hex
};
int schema_coverage(const SchemaCoverageOptions& options);

struct SimulateOptions {
  std::string broker = "mqtt://127.0.0.1:1883";
  std::string lan;                    // [HOST:]PORT of the first station as a Modbus TCP server; empty: none
  bool has_broker = false;            // given, not the default: with `lan` it is left out otherwise
  std::filesystem::path authorities;  // PEM; the broker's CA
  std::filesystem::path certificate;  // PKCS#12
  std::string certificate_password;
  std::vector<std::string> models{"AP300"};  // taken in turn by the stations
  int stations = 1;
  std::uint64_t first_serial = 2345000000001;
  std::uint64_t seed = 1;
  double speed = 1;                // simulated seconds per second
  double push_interval = 10;       // seconds between unasked pushes of one station; 0: none
  std::filesystem::path captures;  // serve these register images instead of a simulated day
  std::filesystem::path replay;    // be the stations of this record instead
  std::vector<std::filesystem::path> schemas;
  std::optional<std::string> log_level;
};
int simulate(const SimulateOptions& options);

// Experimental, as gateway/sign_in/ is.
struct LoginOptions {
  std::filesystem::path config = "gateway.toml";
  std::string account;  // its id; empty: the only one with an e-mail address
  bool json = false;
  // With an e-mail address the configuration says only where the state is.
  std::string email;
  std::string password;  // empty: asked for on the terminal
  std::string app_key;
  std::string totp_shared_key;
  std::filesystem::path from;  // another integration's folder, which has the two keys
  bool write = false;          // the stations into the configuration; else they are printed
  std::string sign_in_url = "https://gw.bluettipower.com";
  std::filesystem::path sign_in_ca;  // empty: the system's
  std::filesystem::path state;       // empty: where `run` looks for it
};
int login(const LoginOptions& options);

struct SetOptions {
  std::filesystem::path config = "gateway.toml";
  std::string station;                 // its id
  std::vector<std::string> arguments;  // of `set`: PATH=VALUE; of `undo`: PATH, none: all
  bool dry_run = false;
  bool probe = false;
  bool json = false;
};
int set(const SetOptions& options);
int undo(const SetOptions& options);

// Parses the command line and runs the command.
int main(int argc, const char* const* argv);

}  // namespace bluetti::gateway::cli
