// SPDX-License-Identifier: MIT
// What the gateway remembers from one run to the next. Plain values; StateFile brings them to disk. The loop's thread
// owns the one State of a run.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/base/secret.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

// A session with the vendor's HTTPS service. The private key of the certificate is not part of it: it is fetched again.
struct SignInState {
  Secret token;
  WallTime token_expires{};
  std::string user;                 // the service's id of the user, part of the one-time passwords
  std::string device;               // what this client calls itself: any text, but always the same
  std::vector<WallTime> log_ins;    // of the last hour, so that restarts cannot make a storm
  std::string refused;              // why the service refused email and password; empty: it did not
  std::string refused_credentials;  // digest of what was refused: other ones may be tried
};

struct AccountState {
  std::string client_id;           // made once
  std::string pinned_certificate;  // PEM, of `verify = "pinned"`; empty: none seen yet
  SignInState sign_in;
};

// Texts that many stations have alike. Equal ones are written once and shared after loading.
using SharedTexts = std::shared_ptr<const std::vector<std::string>>;

struct StationState {
  std::string base;  // topics are <base>/<id>/<path>
  std::string id;
  SharedTexts paths;                                    // of the retained topics that were published; nullptr: none
  std::map<std::string, SharedTexts> documents;         // discovery topic -> components, as "platform:id"
  std::map<std::string, SharedTexts> buried;            // discovery topic -> components taken away of late
  std::map<std::string, double, std::less<>> counters;  // slot id -> what it last stood at
  std::map<std::string, std::string, std::less<>>
      values_before;  // path of a setting -> what it was before its last change
};

struct State {
  std::string installation;  // 16 hexadecimal digits, made once; tells two gateways apart
  std::map<std::string, AccountState, std::less<>> accounts;  // by account id
  std::map<std::string, StationState, std::less<>> stations;  // by serial
  std::set<std::string, std::less<>> clears = {};             // retained topics that are still to be emptied
  std::map<std::string, SharedTexts> departed = {};           // discovery topic -> components, of devices gone of late
};

// The account's entry. If it is new, its client id is made: the cloud's clients share one broker, so that the id must
// be unique in the world, stable, and not tell a serial.
[[nodiscard]] AccountState& known_account(State& state, const std::string& account);

}  // namespace bluetti::gateway
