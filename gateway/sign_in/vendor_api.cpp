// SPDX-License-Identifier: MIT
#include "gateway/sign_in/vendor_api.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

constexpr std::string_view kHidden = "***";
constexpr const char* kLogIn = "/accessToken";
constexpr const char* kUser = "/api/bluuc/uc/v1/basic/get";
constexpr const char* kDevicesOfUser = "/api/blusmartprod/device/group/v3/findDevicePage?userId=";
constexpr const char* kDevice = "/api/blusmartprod/device/basic/v1/deviceRemoteSearch?deviceSn=";
constexpr const char* kHomeDevices = "/api/blusmartprod/device/group/v1/homeDevices";

VendorProblem problem_of(const HttpsError& error) {
  return {error.unreachable ? VendorTrouble::unreachable : VendorTrouble::unusable, error.message};
}

template <typename T>
const VendorProblem* problem_in(const VendorResult<T>& result) {
  return std::get_if<VendorProblem>(&result);
}

// The service answered, only not with this.
bool is_worth_another_way(const VendorProblem& problem) {
  return problem.trouble == VendorTrouble::unusable || problem.trouble == VendorTrouble::refused;
}

}  // namespace

HttpHeaders VendorApi::headers() const {
  HttpHeaders headers{{"x-app-key", config_.app_key.reveal()},
                      {"x-os", std::string(kAppSystem)},
                      {"x-app-ver", std::string(kAppVersion)},
                      {"x-os-ver", std::string(kAppSystemVersion)},
                      {"x-device-id", device_},
                      {"accept-language", "en-US"}};
  if (!token_.empty()) headers.emplace_back("authorization", token_.reveal());
  return headers;
}

std::variant<HttpsAnswer, HttpsError> VendorApi::get(std::string path) {
  return client_.send({.path = std::move(path), .headers = headers(), .body = {}});
}

// Hidden first and cut then: what is cut in the middle would no longer be found.
VendorProblem VendorApi::without_secrets(VendorProblem problem) const {
  constexpr std::size_t kLongest = 200;
  const std::string& password = config_.password.reveal();
  for (const std::string& hidden : {password, password_hash(password), pass_open(password), config_.app_key.reveal(),
                                    config_.totp_shared_key.reveal(), token_.reveal()}) {
    for (auto at = problem.message.find(hidden); !hidden.empty() && at != std::string::npos;
         at = problem.message.find(hidden, at)) {
      problem.message.replace(at, hidden.size(), kHidden);
      at += kHidden.size();
    }
  }
  if (problem.message.size() > kLongest) problem.message.replace(kLongest, std::string::npos, "...");
  return problem;
}

VendorResult<Token> VendorApi::log_in(bool& was_sent) {
  const std::string& password = config_.password.reveal();
  HttpsRequest request{.method = HttpsRequest::Method::post, .path = kLogIn, .headers = headers(), .body = {}};
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  request.body = "username=" + percent_encoded(config_.email) + "&password=" + password_hash(password) +
                 "&passOpen=" + pass_open(password) + "&encryptedpwd=&authType=&phoneCountry=&verifyCode=&country=";
  const auto answer = client_.send(request);
  if (const auto* error = std::get_if<HttpsError>(&answer)) {
    was_sent = error->was_sent;
    return problem_of(*error);
  }
  was_sent = true;
  const auto& [status, ignored, body] = std::get<HttpsAnswer>(answer);
  auto token = read_token(status, body);
  if (const auto* problem = problem_in(token)) return without_secrets(*problem);
  return token;
}

VendorResult<std::string> VendorApi::user() {
  const auto answer = get(kUser);
  if (const auto* error = std::get_if<HttpsError>(&answer)) return problem_of(*error);
  const auto& [status, ignored, body] = std::get<HttpsAnswer>(answer);
  auto user = read_user(status, body);
  if (const auto* problem = problem_in(user)) return without_secrets(*problem);
  return user;
}

VendorResult<std::vector<VendorDevice>> VendorApi::devices_at(std::string path) {
  const auto answer = get(std::move(path));
  if (const auto* error = std::get_if<HttpsError>(&answer)) return problem_of(*error);
  const auto& [status, ignored, body] = std::get<HttpsAnswer>(answer);
  auto devices = read_devices(status, body);
  if (const auto* problem = problem_in(devices)) return without_secrets(*problem);
  return devices;
}

// What the list leaves open, the search for one device may tell. It is no harm if it does not.
void VendorApi::complete(VendorDevice& device) {
  const auto result = devices_at(kDevice + percent_encoded(device.full_serial));
  const auto* found = std::get_if<std::vector<VendorDevice>>(&result);
  if (found == nullptr || found->empty()) return;
  const VendorDevice& more = found->front();
  if (!more.broker.empty()) device.broker = more.broker;
  if (!more.secret.empty()) device.secret = more.secret;
}

VendorResult<std::vector<VendorDevice>> VendorApi::devices(const std::string& user) {
  auto result = devices_at(kDevicesOfUser + percent_encoded(user));
  if (const auto* problem = problem_in(result)) {
    return is_worth_another_way(*problem) ? devices_at(kHomeDevices) : std::move(result);
  }
  auto& devices = std::get<std::vector<VendorDevice>>(result);
  if (devices.empty()) return devices_at(kHomeDevices);
  const bool connects = std::ranges::any_of(
      devices, [](const VendorDevice& device) { return !device.broker.empty() && !device.secret.empty(); });
  if (!connects) complete(devices.front());
  return result;
}

VendorResult<ServiceTime> VendorApi::time() {
  const auto answer = get(std::string(kTimePath));
  if (const auto* error = std::get_if<HttpsError>(&answer)) return problem_of(*error);
  const auto& good = std::get<HttpsAnswer>(answer);
  const auto utc_ms = read_time(good.status, good.body);
  if (const auto* problem = problem_in(utc_ms)) return without_secrets(*problem);
  return ServiceTime{.utc_ms = std::get<std::uint64_t>(utc_ms),
                     .signature = std::string(good.header("x-signature")),
                     .broker = std::string(good.header("x-iot-server"))};
}

VendorResult<std::string> VendorApi::certificate(const std::string& app_resource) {
  HttpsRequest request{
      .method = HttpsRequest::Method::post, .path = std::string(kCertificatePath), .headers = headers(), .body = {}};
  request.headers.emplace_back("x-app-resource", app_resource);
  auto answer = client_.send(request);
  if (const auto* error = std::get_if<HttpsError>(&answer)) return problem_of(*error);
  auto& good = std::get<HttpsAnswer>(answer);
  auto certificate = read_certificate(good.status, std::move(good.body));
  if (const auto* problem = problem_in(certificate)) return without_secrets(*problem);
  return certificate;
}

}  // namespace bluetti::gateway
