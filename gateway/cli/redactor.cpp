// SPDX-License-Identifier: MIT
#include "gateway/cli/redactor.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/base/ascii.h"
#include "gateway/cli/table.h"

namespace bluetti::gateway::cli {
namespace {

constexpr std::size_t kLongNumber = 10;
constexpr std::size_t kToken = 24;

bool is_of_mail_address(char c) {
  return is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '@';
}

bool is_of_token(char c) {
  return is_digit(c) || is_letter(c) || c == '+' || c == '-' || c == '=';
}

// Replaces every longest run of such letters for which `what` gives something.
template <typename IsPart, typename What>
std::string replace_runs(const std::string& text, const IsPart& is_part, const What& what) {
  std::string result;
  for (auto begin = text.begin(); begin != text.end();) {
    const auto end = std::find_if_not(begin, text.end(), is_part);
    if (begin == end) {
      result += *begin++;
      continue;
    }
    const std::string_view run(&*begin, static_cast<std::size_t>(end - begin));
    const std::string_view instead = what(run);
    result += instead.empty() ? run : instead;
    begin = end;
  }
  return result;
}

std::string_view mail_address(std::string_view run) {
  const std::size_t at = run.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < run.size() ? "<e-mail>" : "";
}

std::string_view token(std::string_view run) {
  const bool mixed = std::ranges::any_of(run, is_digit) && std::ranges::any_of(run, is_letter);
  return run.size() >= kToken && mixed ? "<token>" : "";
}

std::string_view long_number(std::string_view run) {
  return run.size() >= kLongNumber ? "<number>" : "";
}

}  // namespace

void Redactor::hide(std::string_view secret, const std::string& what) {
  if (secret.size() < kLeast) return;
  const std::string in_json = json_text(secret);
  const std::string_view escaped = std::string_view(in_json).substr(1, in_json.size() - 2);
  for (const std::string_view form : {secret, escaped}) {
    const auto longer = [&](const auto& known) { return known.first.size() > form.size(); };
    hidden_.emplace(std::ranges::partition_point(hidden_, longer), std::string(form), what);
    if (escaped == secret) return;
  }
}

void Redactor::hide(const Config& config) {
  hide(config.local.password.reveal(), "<password>");
  hide(config.local.username, "<user>");
  for (const AccountConfig& account : config.accounts) {
    hide(account.password.reveal(), "<password>");
    hide(account.certificate_password.reveal(), "<password>");
    hide(account.username, "<user>");
    hide(account.client_id, "<client id>");
    if (!account.sign_in) continue;
    hide(account.sign_in->email, "<e-mail>");
    hide(account.sign_in->password.reveal(), "<password>");
    hide(account.sign_in->app_key.reveal(), "<key>");
    hide(account.sign_in->totp_shared_key.reveal(), "<key>");
  }
  for (std::size_t index = 0; index < config.stations.size(); ++index) {
    const StationConfig& station = config.stations[index];
    hide(station.serial, fmt::format("<serial {}>", index + 1));
    if (station.name != schemas::title_of(station.id)) hide(station.name, fmt::format("<name {}>", index + 1));
  }
}

void Redactor::hide(const State& state) {
  hide(state.installation, "<installation>");
  for (const auto& [id, account] : state.accounts) {
    hide(account.client_id, "<client id>");
    hide(account.sign_in.token.reveal(), "<token>");
    hide(account.sign_in.user, "<user>");
    hide(account.sign_in.device, "<device>");
  }
  for (const auto& [serial, station] : state.stations) hide(serial, "<serial>");
}

std::string Redactor::known_out_of(std::string text) const {
  for (const auto& [secret, what] : hidden_) {
    for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += what.size()) {
      text.replace(at, secret.size(), what);
    }
  }
  return text;
}

std::string Redactor::all_out_of(std::string text) const {
  text = replace_runs(known_out_of(std::move(text)), is_of_mail_address, mail_address);
  text = replace_runs(text, is_of_token, token);
  return replace_runs(text, is_digit, long_number);
}

}  // namespace bluetti::gateway::cli
