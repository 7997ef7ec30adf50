// SPDX-License-Identifier: MIT
// What somebody has chosen while setting up, and the tables and files that bring it into a configuration. Pure.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/setup/station_snippet.h"

namespace bluetti::gateway {

// One of the three ways: e-mail and password, a certificate, or, with neither, the local network.
struct Proposal {
  std::optional<SignInConfig> sign_in;
  Secret certificate;  // what is in the file
  Secret certificate_password;
  std::string local_url;  // of the user's broker; empty: the configuration names it, or the default is right
  std::vector<ProposedStation> stations;
};

// What is there already, and must not be there twice.
struct KnownConfiguration {
  std::filesystem::path state_file;
  bool names_broker = false;                  // or an environment variable does
  std::map<std::string, std::string> emails;  // of accounts that sign in, and their ids
  std::set<std::string> accounts;             // ids
  std::set<std::string> stations;             // ids
  std::set<std::string> serials;
};
[[nodiscard]] KnownConfiguration known_from(const Config& config);

struct SecretFile {
  std::string name;  // beside the configuration
  Secret content;
};

struct Addition {
  std::string account;            // id; empty: the stations need none
  std::vector<std::string> ids;   // of the stations that are new
  std::string tables;             // TOML, to be appended; without any secret
  std::vector<SecretFile> files;  // that the tables name
};
[[nodiscard]] Addition addition_of(const Proposal& proposal, KnownConfiguration known);

}  // namespace bluetti::gateway
