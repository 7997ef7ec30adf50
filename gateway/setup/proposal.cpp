// SPDX-License-Identifier: MIT
#include "gateway/setup/proposal.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::string_view kDefaultAccount = "home";

// The vendor's broker has a certificate of its own authority with a short key: docs/own-certificate.md.
constexpr std::string_view kServerCheck =
    "verify = \"pinned\"     # the server's certificate that is seen first is trusted, and no other\n"
    "security_level = 0    # its key is short\n";

std::string free_account_id(const std::set<std::string>& taken) {
  std::string id(kDefaultAccount);
  for (int number = 2; taken.contains(id); ++number) id = fmt::format("{}_{}", kDefaultAccount, number);
  return id;
}

// `secret`_file = "..." for the table, and the file itself.
void add_secret(Addition& addition, std::string_view key, const Secret& content, std::string_view ending) {
  addition.files.push_back({.name = addition.account + '.' + std::string(ending), .content = content});
  addition.tables += fmt::format("{} = {}\n", key, toml_string(addition.files.back().name));
}

void add_sign_in(Addition& addition, const SignInConfig& sign_in) {
  addition.tables += fmt::format("email = {}\n", toml_string(sign_in.email));
  add_secret(addition, "password_file", sign_in.password, "password");
  add_secret(addition, "app_key_file", sign_in.app_key, "app-key");
  add_secret(addition, "totp_shared_key_file", sign_in.totp_shared_key, "totp-shared-key");
  if (sign_in.url != SignInConfig{}.url) addition.tables += fmt::format("sign_in_url = {}\n", toml_string(sign_in.url));
  if (!sign_in.authorities.empty()) {
    addition.tables += fmt::format("sign_in_ca = {}\n", toml_string(sign_in.authorities.string()));
  }
}

void add_certificate(Addition& addition, const Proposal& proposal) {
  add_secret(addition, "certificate", proposal.certificate, "pfx");
  if (proposal.certificate_password.empty()) {
    addition.tables += "certificate_password = \"\"\n";
    return;
  }
  add_secret(addition, "certificate_password_file", proposal.certificate_password, "certificate-password");
}

void add_account(Addition& addition, const Proposal& proposal, const KnownConfiguration& known) {
  if (!proposal.sign_in && proposal.certificate.empty()) return;
  if (proposal.sign_in) {
    const auto same = known.emails.find(proposal.sign_in->email);
    if (same != known.emails.end()) return void(addition.account = same->second);
  }
  addition.account = free_account_id(known.accounts);
  addition.tables += fmt::format("\n[[account]]\nid = {}\n", toml_string(addition.account));
  proposal.sign_in ? add_sign_in(addition, *proposal.sign_in) : add_certificate(addition, proposal);
  addition.tables += kServerCheck;
}

}  // namespace

KnownConfiguration known_from(const Config& config) {
  KnownConfiguration known;
  known.state_file = config.state_file;
  known.names_broker = std::ranges::any_of(config.settings, [](const Setting& setting) {
    return setting.name == "local.url" && !setting.where.file.empty();
  });
  for (const AccountConfig& account : config.accounts) {
    known.accounts.insert(account.id);
    if (account.sign_in) known.emails.emplace(account.sign_in->email, account.id);
  }
  for (const StationConfig& station : config.stations) {
    known.stations.insert(station.id);
    known.serials.insert(station.serial);
  }
  return known;
}

Addition addition_of(const Proposal& proposal, KnownConfiguration known) {
  Addition addition;
  if (!known.names_broker && !proposal.local_url.empty()) {
    addition.tables = fmt::format("\n[local]\nurl = {}\n", toml_string(proposal.local_url));
  }
  const bool has_others = !known.accounts.empty();
  add_account(addition, proposal, known);
  const bool is_alone = !has_others || (known.accounts.size() == 1 && known.accounts.contains(addition.account));
  for (const ProposedStation& station : proposal.stations) {
    if (!known.serials.insert(station.serial).second) continue;
    addition.ids.push_back(free_station_id(station.name, station.model, known.stations));
    addition.tables += '\n' + station_table(station, addition.ids.back(),
                                            station.lan || is_alone ? std::string_view() : addition.account);
  }
  return addition;
}

}  // namespace bluetti::gateway
