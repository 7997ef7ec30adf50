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
    section.tell_secret("certificate_password", account.certificate_password,
                        {std::string(kCertificatePassword), 0, 0});
    account.has_certificate_password = true;
  }
}

// The vendor's account. Its keys, `password` among them, mean nothing without `email`.
void read_sign_in(Section& section, AccountConfig& account) {
  SignInConfig sign_in;
  section.read("email", sign_in.email);
  section.read("sign_in_url", sign_in.url);
  section.read("sign_in_ca", sign_in.authorities);
  section.read_secret("app_key", sign_in.app_key);
  section.read_secret("totp_shared_key", sign_in.totp_shared_key);
  if (sign_in.email.empty()) return;
  section.read_secret("password", sign_in.password);
  if (sign_in.password.empty()) section.require("password", "the password of the vendor's account");
  if (sign_in.app_key.empty()) section.require("app_key", "the vendor's app has it; see docs/sign-in.md");
  if (sign_in.totp_shared_key.empty())
    section.require("totp_shared_key", "the vendor's app has it; see docs/sign-in.md");
  for (const std::string_view key : {"certificate", "username"}) {
    if (const auto given = section.text(key))
      section.refuse(*given, "not together with 'email', which gets it by itself");
  }
  account.sign_in = std::move(sign_in);
}

void read_fingerprint(Section& section, TlsConfig& tls) {
  const auto given = section.text("fingerprint");
  if (!given) return;
  auto digits = parse_fingerprint(given->value);
  if (!digits) return section.refuse(*given, "must be a SHA-256 fingerprint, 64 hexadecimal digits");
  if (tls.verify != Verify::pinned) return section.refuse(*given, "belongs to verify = \"pinned\"");
  tls.fingerprint = *std::move(digits);
  section.tell("fingerprint", tls.fingerprint, given->where);
}

void read_login(Section& section, AccountConfig& account) {
  section.read("username", account.username);
  section.read_secret("password", account.password);
  if (!account.password.empty() && account.username.empty()) {
    section.require("username", "MQTT has no password without a user name");
  }
}

void read_certificate(Section& section, const Environment& environment, bool alone, AccountConfig& account) {
  section.read("certificate", account.certificate);
  section.read("key", account.key);
  read_certificate_password(section, environment, alone, account);
  if (!account.key.empty() && account.certificate.empty()) section.require("certificate", "'key' belongs to one");
  if (account.url.tls && !account.sign_in && account.certificate.empty() && account.username.empty()) {
    section.require("certificate", "the PKCS#12 file (.pfx) of the vendor's account");
  }
}

AccountConfig read_account(const Table& table, bool alone, Reading& reading, std::vector<Section::Text>& taken) {
  AccountConfig account;
  Section section(reading, "account", &table);
  account.id = read_id(section, taken, "a name of your own for the account");
  section.call("account." + account.id);
  if (auto url = section.url("url")) {
    account.url = *std::move(url);
    account.has_url = true;
  }
  section.tell_default("url", account.url.text());
  read_sign_in(section, account);
  if (!account.sign_in) read_login(section, account);
  read_certificate(section, reading.environment, alone, account);
  section.read("client_id", account.client_id);
  read_tls(section, account.tls, kVerifyNames);
  read_fingerprint(section, account.tls);
  section.read("offline_after", account.offline_after, 0, 3600);
  section.read("answer_timeout", account.answer_timeout, 1, 600);
  section.read("reconnect_delay", account.reconnect_delay, 1, 3600);
  account.reconnect_delay_max = std::max(account.reconnect_delay_max, account.reconnect_delay);
  section.read("reconnect_delay_max", account.reconnect_delay_max, account.reconnect_delay.count(), 86400);
  section.read("backoff_factor", account.backoff_factor, 1.0, 10.0);
  if (const auto most = section.integer("requests_per_minute", 1, 1'000'000)) {
    account.requests_per_minute = static_cast<int>(*most);
  }
  section.tell_default("requests_per_minute", fmt::format("{}", account.requests_per_minute));
  section.finish();
  return account;
}

}  // namespace

std::optional<std::string> parse_fingerprint(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  std::string digits;
  for (const char c : text) {
    if (c == ':') continue;
    digits += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (digits.size() != kDigits || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  return digits;
}

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
