// SPDX-License-Identifier: MIT
// `scan`, `raw` and `listen`: what a person can say to them. Each is a function from its options to an exit code, as
// the others are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bluetti::gateway::cli {

inline constexpr const char* kPasswordVariable = "BLUETTI_CERT_PASSWORD";  // of the certificate

// Which station, how to reach it, and how hard to try.
struct ReadOptions {
  std::filesystem::path config = "gateway.toml";
  std::string station;  // of the configuration, by id or serial; empty: its only one
  bool direct = false;  // with a session of its own, whether a gateway runs or not
  // With a serial no configuration is read; otherwise what is given here is over what stands there.
  std::optional<std::string> serial;
  std::string model;
  std::string cloud_model;
  std::string broker;
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::optional<std::string> password;  // of the certificate
  std::filesystem::path authorities;
  std::string verify;
  std::string fingerprint;
  std::optional<int> security_level;
  std::string username;
  std::optional<std::string> broker_password;
  std::vector<std::filesystem::path> schemas;

  int attempts = 3;
  double first_delay = 0.5;  // seconds
  double delay_factor = 2;
  double longest_delay = 5.0;
  std::optional<double> answer_timeout;  // seconds
  bool json = false;
};

struct ScanOptions : ReadOptions {
  std::optional<std::string> lan;   // HOST or HOST:PORT of a station on the local network; none: through the cloud
  std::vector<std::string> blocks;  // by number or by group; empty: all that are polled
};
int scan(const ScanOptions& options);

struct RawOptions : ReadOptions {
  std::uint16_t block = 0;   // or any register
  std::optional<int> count;  // empty: as many as the block has
  bool decode = false;       // also what the registers mean, as far as somebody has described them
};
int raw(const RawOptions& options);

struct ListenOptions : ReadOptions {
  std::vector<std::string> blocks;  // empty: those that are polled most often
  double interval = 10;             // seconds between reads; 0: none, only what comes unasked
  std::optional<int> count;         // rounds, or messages where nothing is read; empty: until interrupted
  std::filesystem::path record;     // empty: none
};
int listen(const ListenOptions& options);

}  // namespace bluetti::gateway::cli
