// SPDX-License-Identifier: MIT
#include "gateway/http/access.h"

#include <arpa/inet.h>

#include <algorithm>

#include "gateway/base/digests.h"
#include "gateway/base/host_port.h"
#include "gateway/http/json_text.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kCookie = "bluetti_gateway=";

bool is_address_literal(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::string lower_cased(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// Takes as long for any two texts of one length.
bool is_equal(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]));
  }
  return difference == 0;
}

std::string_view cookie_of(std::string_view cookies) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view one = cookies.substr(0, end);
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with(kCookie)) return one.substr(kCookie.size());
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
  }
  return {};
}

}  // namespace

void WrongTokens::note(const std::string& address, TimePoint now) {
  ++count_;
  std::erase_if(tries_, [now](const auto& one) { return now >= one.second.since + kWait; });
  if (tries_.size() >= kMostAddresses && !tries_.contains(address)) return;
  Tries& tries = tries_.try_emplace(address, Tries{0, now}).first->second;
  ++tries.wrong;
  tries.since = now;
}

bool WrongTokens::must_wait(const std::string& address, TimePoint now) const {
  const auto found = tries_.find(address);
  return found != tries_.end() && found->second.wrong >= kMost && now < found->second.since + kWait;
}

Access::Access(const HttpConfig& config) : config_(config) {
  if (config_.token.empty()) return;
  token_digest_ = sha256_hex(config_.token.reveal());
  cookie_ = sha256_hex("bluetti-gateway cookie " + config_.token.reveal());
}

bool Access::is_ingress(const Request& request) const {
  return config_.ingress && request.peer.address == kSupervisor;
}

bool Access::is_known_host(const Request& request) const {
  const auto parsed = parse_host_port(request.headers.host, 80);
  if (!parsed) return false;
  const std::string host = lower_cased(parsed->host);
  return host == "localhost" || is_address_literal(host) ||
         std::ranges::find(config_.hosts, host) != config_.hosts.end();
}

bool Access::has_token(const Request& request) const {
  if (config_.token.empty()) return false;
  const std::string_view authorization = request.headers.authorization;
  if (authorization.starts_with(kBearer)) {
    return is_equal(sha256_hex(authorization.substr(kBearer.size())), token_digest_);
  }
  return is_equal(cookie_of(request.headers.cookie), cookie_);
}

bool Access::must_wait(const Request& request, TimePoint now) const {
  return wrong_tokens_.must_wait(request.peer.address, now);
}

std::optional<Answer> Access::refuse(const Request& request, bool is_public, TimePoint now) {
  if (is_ingress(request)) return std::nullopt;
  if (!is_known_host(request)) {
    return text_answer(421, "This name is not known here. Use the address, or add the name to `hosts` in [http].\n");
  }
  const bool is_local = request.peer.is_this_machine && request.headers.forwarded.empty();
  if (is_public || is_local) return std::nullopt;
  if (config_.token.empty()) return text_answer(403, "Only for this machine and Home Assistant.\n");
  if (must_wait(request, now)) {
    Answer answer = text_answer(429, "Too many wrong tokens from this address. Try again in a minute.\n");
    answer.headers.emplace_back("Retry-After", "60");
    return answer;
  }
  if (has_token(request)) return std::nullopt;
  if (!request.headers.authorization.empty()) wrong_tokens_.note(request.peer.address, now);
  Answer answer = text_answer(401, "A token is needed: `Authorization: Bearer TOKEN`, with the token of [http].\n");
  answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"bluetti-gateway\"");
  return answer;
}

std::optional<Answer> Access::refuse_cross_site(const Request& request) {
  const RequestHeaders& headers = request.headers;
  const bool is_ours = headers.origin.empty() || headers.origin == "http://" + headers.host ||
                       headers.origin == "https://" + headers.host;
  const bool is_same =
      headers.fetch_site.empty() || headers.fetch_site == "same-origin" || headers.fetch_site == "none";
  if (is_ours && is_same) return std::nullopt;
  return text_answer(403, "This request comes from another site.\n");
}

std::optional<Answer> Access::refuse_change(const Request& request, TimePoint now) {
  if (!config_.control) return text_answer(403, "Changes are off. Set `control = true` in [http].\n");
  if (auto refused = refuse_cross_site(request)) return refused;
  if (must_wait(request, now)) return text_answer(429, "Too many wrong tokens from this address.\n");
  if (has_token(request)) return std::nullopt;
  if (!request.headers.authorization.empty()) wrong_tokens_.note(request.peer.address, now);
  return text_answer(401, "Changes need the token of [http].\n");
}

std::optional<Answer> Access::refuse_setup(const Request& request, bool is_first_run, TimePoint now) {
  // Home Assistant's proxy has another name than the one that the browser knows.
  const bool is_of_ingress = is_ingress(request) && request.headers.fetch_site == "same-origin";
  if (request.method == "POST" && !is_of_ingress) {
    if (auto refused = refuse_cross_site(request)) return refused;
  }
  const bool is_local = request.peer.is_this_machine && request.headers.forwarded.empty();
  if (is_first_run && (is_local || is_ingress(request))) return std::nullopt;
  if (must_wait(request, now)) return text_answer(429, "Too many wrong tokens from this address.\n");
  if (has_token(request)) return std::nullopt;
  if (!request.headers.authorization.empty()) wrong_tokens_.note(request.peer.address, now);
  if (!offers_sign_in()) {
    return text_answer(403, "Setting up is for the first start; later it needs the token of [http].\n");
  }
  return text_answer(401, "Setting up needs the token of [http].\n");
}

std::optional<std::string> Access::sign_in(const Request& request, std::string_view token, TimePoint now) {
  if (config_.token.empty() || must_wait(request, now)) return std::nullopt;
  if (is_equal(sha256_hex(token), token_digest_)) return cookie_;
  wrong_tokens_.note(request.peer.address, now);
  return std::nullopt;
}

}  // namespace bluetti::gateway::http
