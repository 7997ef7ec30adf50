// SPDX-License-Identifier: MIT
#include "gateway/sign_in/sign_in.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include "gateway/base/digests.h"
#include "gateway/sign_in/log_in_limit.h"
#include "gateway/sign_in/one_time_password.h"
#include "gateway/sign_in/vendor_api.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::hours kSparePart{24};  // a token is not used to its very end
constexpr std::uint16_t kBrokerPort = 18760;
constexpr std::size_t kDeviceBytes = 16;

// Part 0 and part 1 of the token, which is a list of texts with dots between.
struct TokenParts {
  std::string_view first;
  std::string_view sid;
};

std::optional<TokenParts> parts_of(std::string_view token) {
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view rest = token.substr(dot + 1);
  const TokenParts parts{token.substr(0, dot), rest.substr(0, rest.find('.'))};
  if (parts.first.empty() || parts.sid.empty()) return std::nullopt;
  return parts;
}

VendorProblem unusable(std::string message) {
  return {VendorTrouble::unusable, std::move(message)};
}

// The first device that names its broker and has a password for it, else the first that names its broker.
const VendorDevice* connecting(const std::vector<VendorDevice>& devices) {
  const VendorDevice* best = nullptr;
  for (const VendorDevice& device : devices) {
    if (!device.broker.empty() && !device.secret.empty()) return &device;
    if (!device.broker.empty() && best == nullptr) best = &device;
  }
  return best;
}

// The service's time a while after it was asked for. Only its own clock is trusted, ours only to measure the while.
ServiceTime later(ServiceTime time, WallTime::duration passed) {
  constexpr std::chrono::milliseconds kLongest{60'000};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(passed);
  time.utc_ms += static_cast<std::uint64_t>(std::clamp(ms, std::chrono::milliseconds(0), kLongest).count());
  return time;
}

class SignIn {
 public:
  SignIn(const SignInConfig& config, const HostPort& server, SignInState known, const WallClock& now)
      : config_(config), now_(now), state_(std::move(known)), api_(config_, server, state_.device) {}

  SignInResult run();

 private:
  using Outcome = std::variant<SignedIn, SignInError>;

  Outcome try_it();
  void forget_other_account();
  [[nodiscard]] std::optional<SignInError> have_token();
  [[nodiscard]] std::optional<SignInError> log_in();
  [[nodiscard]] SignInError too_often(WallTime next) const;
  [[nodiscard]] SignInError refuse(const std::string& why);
  [[nodiscard]] SignInError error_of(const VendorProblem& problem) const;

  // What comes after the token.
  struct Devices {
    std::vector<VendorDevice> list;
    std::string problem;
  };
  [[nodiscard]] VendorResult<SignedIn> fetch();
  [[nodiscard]] std::optional<VendorProblem> have_user();
  [[nodiscard]] VendorResult<Devices> devices();
  [[nodiscard]] VendorResult<protocol::TlsIdentity> certificate(const AppSession& session, const ServiceTime& time);
  [[nodiscard]] SignedIn connection(protocol::TlsIdentity identity, const TokenParts& token, const Devices& devices,
                                    const ServiceTime& time) const;
  [[nodiscard]] Secret broker_password(const TokenParts& token, const std::vector<VendorDevice>& devices,
                                       std::uint64_t utc_ms) const;

  const SignInConfig& config_;
  const WallClock& now_;
  SignInState state_;
  VendorApi api_;
  bool logged_in_ = false;  // just now
};

SignInResult SignIn::run() {
  try {
    auto outcome = try_it();
    return {std::move(outcome), std::move(state_)};
  } catch (const std::exception& error) {  // a system without memory files, or an OpenSSL without MD5
    return {SignInError{.message = error.what()}, std::move(state_)};
  }
}

SignIn::Outcome SignIn::try_it() {
  forget_other_account();
  if (!state_.refused.empty()) return refuse(state_.refused);
  if (auto error = have_token()) return *std::move(error);
  auto result = fetch();
  const auto* problem = std::get_if<VendorProblem>(&result);
  if (problem != nullptr && problem->trouble == VendorTrouble::token_expired && !logged_in_) {
    if (auto error = log_in()) return *std::move(error);
    result = fetch();
    problem = std::get_if<VendorProblem>(&result);
  }
  if (problem != nullptr) return error_of(*problem);
  return std::move(std::get<SignedIn>(result));
}

// Token and refusal belong to the e-mail and password they came from.
void SignIn::forget_other_account() {
  std::string credentials = slow_digest(config_.email + '\n' + config_.password.reveal(), state_.device);
  if (credentials == state_.refused_credentials) return;
  state_.refused_credentials = std::move(credentials);
  state_.refused.clear();
  state_.token = Secret();
  state_.user.clear();
}

// A token that is about to end is replaced in time, unless that may not be now.
std::optional<SignInError> SignIn::have_token() {
  const WallTime now = now_();
  const bool usable = !state_.token.empty() && now < state_.token_expires;
  state_.log_ins = log_ins_of_last_hour(std::move(state_.log_ins), now);
  const bool lasts = usable && now + kSparePart < state_.token_expires;
  if (!lasts && !(usable && next_log_in(state_.log_ins))) return log_in();
  api_.use(state_.token);
  return std::nullopt;
}

std::optional<SignInError> SignIn::log_in() {
  const WallTime now = now_();
  state_.log_ins = log_ins_of_last_hour(std::move(state_.log_ins), now);
  if (const auto next = next_log_in(state_.log_ins)) return too_often(*next);
  api_.use(Secret());
  bool was_sent = false;
  auto result = api_.log_in(was_sent);
  if (was_sent) state_.log_ins.push_back(now);
  if (const auto* problem = std::get_if<VendorProblem>(&result)) {
    if (problem->trouble == VendorTrouble::wrong_credentials) return refuse(problem->message);
    return error_of(*problem);
  }
  Token& token = std::get<Token>(result);
  state_.user.clear();
  state_.token = std::move(token.text);
  state_.token_expires = now + token.lifetime;
  logged_in_ = true;
  api_.use(state_.token);
  return std::nullopt;
}

SignInError SignIn::too_often(WallTime next) const {
  const auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(next));
  return {.message = fmt::format("{} log-ins within an hour, and the vendor may lock accounts that try too often: the "
                                 "next one is allowed at {:%Y-%m-%d %H:%M:%S} UTC",
                                 kMostLogInsAnHour, utc)};
}

SignInError SignIn::refuse(const std::string& why) {
  state_.refused = why;
  return {.message = fmt::format("the service refuses e-mail and password ({}); they will not be tried again: correct "
                                 "`email` or `password`",
                                 why),
          .final = true,
          .refused = true};
}

SignInError SignIn::error_of(const VendorProblem& problem) const {
  return {.message = problem.trouble == VendorTrouble::unreachable
                         ? problem.message
                         : fmt::format("{}: {}", config_.url, problem.message),
          .unreachable = problem.trouble == VendorTrouble::unreachable,
          .refused = problem.trouble == VendorTrouble::refused || problem.trouble == VendorTrouble::token_expired};
}

std::optional<VendorProblem> SignIn::have_user() {
  if (!state_.user.empty()) return std::nullopt;
  auto user = api_.user();
  if (auto* problem = std::get_if<VendorProblem>(&user)) return std::move(*problem);
  state_.user = std::move(std::get<std::string>(user));
  return std::nullopt;
}

VendorResult<protocol::TlsIdentity> SignIn::certificate(const AppSession& session, const ServiceTime& time) {
  const auto password = certificate_password(session, time.utc_ms, time.signature);
  if (!password) return unusable("the certificate's password cannot be read; check `app_key`");
  const auto otp = one_time_password(state_.user, state_.device, config_.totp_shared_key.reveal(), time.utc_ms);
  const auto file = api_.certificate(app_resource(session, otp, *password));
  if (const auto* problem = std::get_if<VendorProblem>(&file)) return *problem;
  const std::string& bytes = std::get<std::string>(file);
  auto opened = protocol::open_pkcs12(std::as_bytes(std::span(bytes)), password->reveal());
  if (const auto* error = std::get_if<protocol::IdentityError>(&opened)) {
    return unusable("the certificate cannot be opened: " + error->message);
  }
  return std::move(std::get<protocol::TlsIdentity>(opened));
}

VendorResult<SignIn::Devices> SignIn::devices() {
  auto result = api_.devices(state_.user);
  const auto* problem = std::get_if<VendorProblem>(&result);
  const bool can_do_without =
      problem != nullptr && (problem->trouble == VendorTrouble::unusable || problem->trouble == VendorTrouble::refused);
  if (can_do_without) return Devices{.problem = problem->message};
  if (problem != nullptr) return *problem;
  return Devices{.list = std::move(std::get<std::vector<VendorDevice>>(result))};
}

VendorResult<SignedIn> SignIn::fetch() {
  const auto parts = parts_of(state_.token.reveal());
  if (!parts) return unusable("log-in: a token of a form that nobody knows");
  if (auto problem = have_user()) return *std::move(problem);
  const auto devices = this->devices();
  if (const auto* problem = std::get_if<VendorProblem>(&devices)) return *problem;
  const auto time = api_.time();
  if (const auto* problem = std::get_if<VendorProblem>(&time)) return *problem;
  const WallTime asked_at = now_();
  auto identity = certificate({.app_key = config_.app_key.reveal(), .sid = parts->sid}, std::get<ServiceTime>(time));
  if (const auto* problem = std::get_if<VendorProblem>(&identity)) return *problem;
  return connection(std::move(std::get<protocol::TlsIdentity>(identity)), *parts, std::get<Devices>(devices),
                    later(std::get<ServiceTime>(time), now_() - asked_at));
}

SignedIn SignIn::connection(protocol::TlsIdentity identity, const TokenParts& token, const Devices& devices,
                            const ServiceTime& time) const {
  const VendorDevice* device = connecting(devices.list);
  const auto broker = parse_host_port(device ? device->broker : time.broker, kBrokerPort).value_or(HostPort{});
  SignedIn result{.identity = std::move(identity),
                  .host = broker.host,
                  .port = broker.port,
                  .username = fmt::format("tid:{}", token.sid),
                  .password = broker_password(token, devices.list, time.utc_ms),
                  .stations = {},
                  .stations_problem = devices.problem,
                  .token_expires = state_.token_expires};
  for (const VendorDevice& each : devices.list) result.stations.push_back(each.station);
  return result;
}

Secret SignIn::broker_password(const TokenParts& token, const std::vector<VendorDevice>& devices,
                               std::uint64_t utc_ms) const {
  const auto with_secret =
      std::ranges::find_if(devices, [](const VendorDevice& device) { return !device.secret.empty(); });
  if (with_secret != devices.end()) return Secret("rmt:" + with_secret->secret.reveal());
  return Secret(digits_of(one_time_password(token.sid, token.first, config_.totp_shared_key.reveal(), utc_ms)));
}

}  // namespace

SignInResult sign_in(const SignInConfig& config, SignInState known, const WallClock& now) {
  const auto server = parse_https_url(config.url);
  if (!server) {
    return {
        SignInError{.message = fmt::format("`sign_in_url`: '{}' is not https://host or https://host:port", config.url)},
        std::move(known)};
  }
  if (known.device.empty()) known.device = random_hex(kDeviceBytes);
  return SignIn(config, *server, std::move(known), now).run();
}

}  // namespace bluetti::gateway
