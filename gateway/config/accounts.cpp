// SPDX-License-Identifier: MIT
// [[account]].
#include <fmt/format.h>

#include <algorithm>

#include "gateway/config/parts.h"

namespace bluetti::gateway {
namespace {

constexpr std::string_view kCertificatePassword = "BLUETTI_CERT_PASSWORD";

bool is_id(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// `alone`: the only account. Then the variable wins over the file, as every variable does; with several accounts it can
// only stand in where the file has none.
void read_certificate_password(Section& section, const Environment& environment, bool alone, AccountConfig& account) {
  account.has_certificate_password = section.read_secret("certificate_password", account.certificate_password);
  if (account.has_certificate_password && !alone) return;
  if (auto password = environment.variable(kCertificatePassword)) {
    account.certificate_password = Secret(*std::move(password));
    account.has_certificate_password = true;
  }
}

AccountConfig read_account(const Table& table, bool alone, Reading& reading, std::vector<Section::Text>& taken) {
  AccountConfig account;
  Section section(reading, "account", &table);
  account.id = read_id(section, taken, "a name of your own for the account");
  if (!account.id.empty()) section.override_from_environment("account__" + account.id);

  if (auto url = section.url("url")) account.url = *std::move(url);
  section.read("certificate", account.certificate);
  read_certificate_password(section, reading.environment, alone, account);
  section.read("username", account.username);
  section.read_secret("password", account.password);
  section.read("client_id", account.client_id);
  read_tls(section, account.tls);
  section.read("answer_timeout", account.answer_timeout, 1, 600);
  section.read("reconnect_delay", account.reconnect_delay, 1, 3600);
  account.reconnect_delay_max = std::max(account.reconnect_delay_max, account.reconnect_delay);
  section.read("reconnect_delay_max", account.reconnect_delay_max, account.reconnect_delay.count(), 86400);

  if (account.url.tls && account.certificate.empty() && account.username.empty()) {
    section.require("certificate", "the PKCS#12 file (.pfx) of the vendor's account");
  }
  if (!account.password.empty() && account.username.empty()) {
    section.require("username", "MQTT has no password without a user name");
  }
  section.finish();
  return account;
}

}  // namespace

std::string read_id(Section& section, std::vector<Section::Text>& taken, std::string_view what) {
  auto id = section.text("id");
  if (!id) {
    section.require("id", what);
    return {};
  }
  if (!is_id(id->value)) {
    section.refuse(*id, fmt::format("'{}' may only hold a-z, 0-9 and _", id->value));
    return {};
  }
  const auto same =
      std::find_if(taken.begin(), taken.end(), [&](const auto& other) { return other.value == id->value; });
  if (same != taken.end()) {
    section.refuse(*id, fmt::format("'{}' is taken, in line {}", id->value, same->where.line));
    return {};
  }
  return taken.emplace_back(*std::move(id)).value;
}

void read_accounts(Section& root, Reading& reading, std::vector<AccountConfig>& accounts) {
  const auto tables = root.tables("account");
  std::vector<Section::Text> ids;
  for (const Table* table : tables) accounts.push_back(read_account(*table, tables.size() == 1, reading, ids));
}

}  // namespace bluetti::gateway
