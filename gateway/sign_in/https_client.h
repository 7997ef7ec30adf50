// SPDX-License-Identifier: MIT
// HTTPS to one host, and to no other: its certificate is always checked, redirects are not followed, answers are
// bounded in size and time, from the connection to their last byte. Blocks; any thread, one at a time.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/host_port.h"

namespace bluetti::gateway {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpsRequest {
  enum class Method : unsigned char { get, post } method = Method::get;
  std::string path;
  HttpHeaders headers;
  std::string body;
};

struct HttpsAnswer {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  [[nodiscard]] std::string_view header(std::string_view name) const;  // without regard to case; empty: not there
};

struct HttpsError {
  std::string message;      // for a person; holds neither path nor header
  bool was_sent = false;    // the service may have got the request
  bool unreachable = true;  // false: it was reached, and answered with something unbounded
};

class HttpsClient {
 public:
  static constexpr std::size_t kMostBytes = 1'000'000;  // of one answer; a certificate has 5,000

  static constexpr std::chrono::seconds kPatience{60};  // with one exchange as a whole

  // `authorities`: PEM; empty: the system's.
  HttpsClient(const HostPort& server, const std::filesystem::path& authorities,
              std::chrono::milliseconds patience = kPatience);
  ~HttpsClient();
  HttpsClient(const HttpsClient&) = delete;
  HttpsClient& operator=(const HttpsClient&) = delete;

  [[nodiscard]] std::variant<HttpsAnswer, HttpsError> send(const HttpsRequest& request);

 private:
  struct Connection;
  [[nodiscard]] HttpsError too_large() const;
  [[nodiscard]] HttpsError too_late() const;

  std::chrono::milliseconds patience_;
  std::unique_ptr<Connection> connection_;
};

// As in a form's body and behind the '?' of a URL.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace bluetti::gateway
