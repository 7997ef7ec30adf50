// SPDX-License-Identifier: MIT
// The vendor's HTTPS service, one function a request, with the headers of the app on Android. No message of a problem
// holds a secret, even if the service sends one back. Sources as in vendor_answers.h. Blocks; one thread at a time.
#pragma once

#include <string>
#include <utility>

#include "gateway/sign_in/app_signature.h"
#include "gateway/sign_in/https_client.h"
#include "gateway/sign_in/vendor_answers.h"

namespace bluetti::gateway {

struct ServiceTime {
  std::uint64_t utc_ms = 0;
  std::string signature;  // x-signature, hexadecimal
  std::string broker;     // x-iot-server, host:port; empty: not said
};

class VendorApi {
 public:
  // `config` and `device` must outlive this.
  VendorApi(const SignInConfig& config, const HostPort& server, const std::string& device)
      : config_(config), device_(device), client_(server, config.authorities) {}

  // `was_sent`: whether the service may have seen the credentials.
  [[nodiscard]] VendorResult<Token> log_in(bool& was_sent);

  // Everything below needs the token.
  void use(Secret token) { token_ = std::move(token); }
  [[nodiscard]] VendorResult<std::string> user();
  [[nodiscard]] VendorResult<std::vector<VendorDevice>> devices(const std::string& user);
  [[nodiscard]] VendorResult<ServiceTime> time();
  [[nodiscard]] VendorResult<std::string> certificate(const std::string& app_resource);

 private:
  [[nodiscard]] HttpHeaders headers() const;
  [[nodiscard]] std::variant<HttpsAnswer, HttpsError> get(std::string path);
  [[nodiscard]] VendorResult<std::vector<VendorDevice>> devices_at(std::string path);
  void complete(VendorDevice& device);
  [[nodiscard]] VendorProblem without_secrets(VendorProblem problem) const;

  const SignInConfig& config_;
  const std::string& device_;
  HttpsClient client_;
  Secret token_;
};

}  // namespace bluetti::gateway
