// SPDX-License-Identifier: MIT
#include "gateway/sign_in/https_client.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>

#include "gateway/base/ascii.h"
#include "gateway/base/without_broken_pipe.h"
#include "gateway/sign_in/exchange_limit.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::seconds kConnectTimeout{10};
constexpr std::chrono::seconds kReadTimeout{15};  // for the next bytes to come

// Of one exchange, before the headers are complete: handshake with the server's certificates, status line, headers.
constexpr std::size_t kMostHeaderBytes = 256 * 1024;
// Beside the body itself: records, chunks, checksums.
constexpr std::size_t kMostFramingBytes = 256 * 1024;

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// A line end in a header would begin a header of its own.
bool is_header_value(const std::pair<std::string, std::string>& header) {
  return std::ranges::none_of(header.second, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

// OpenSSL compares the name itself: cpp-httplib 0.11 takes an address for that of the certificate which it is not,
// since it compares bytes that nobody has set.
void expect_host(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
  }
}

}  // namespace

struct HttpsClient::Connection {
  Connection(const HostPort& server, const std::filesystem::path& ca)
      : name(fmt::format("https://{}:{}", server.host, server.port)),
        authorities(ca.string()),
        client(server.host, server.port) {}

  [[nodiscard]] HttpsError explain(httplib::Error error) const;
  [[nodiscard]] std::string distrust() const;

  std::string name;
  std::string authorities;
  ExchangeLimit limit;
  httplib::SSLClient client;  // goes before its limit
};

std::string HttpsClient::Connection::distrust() const {
  const long result = client.get_openssl_verify_result();
  if (result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH || result == X509_V_OK) {
    return fmt::format("{}: its certificate is for another host; correct `sign_in_url`", name);
  }
  return fmt::format("{}: its certificate is not trusted ({}); `sign_in_ca` names the CA to trust", name,
                     X509_verify_cert_error_string(result));
}

HttpsError HttpsClient::Connection::explain(httplib::Error error) const {
  switch (error) {
    case httplib::Error::SSLServerVerification:
      return {.message = distrust()};
    case httplib::Error::SSLLoadingCerts:
      return {.message = fmt::format("{}: the CA certificates cannot be loaded; check `sign_in_ca`", name)};
    case httplib::Error::SSLConnection:
      return {.message = fmt::format("{}: no TLS connection could be made", name)};
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return {.message = fmt::format("{} cannot be reached; check the network and `sign_in_url`", name)};
    default:
      return {.message = fmt::format("{} did not answer", name), .was_sent = true};
  }
}

HttpsClient::HttpsClient(const HostPort& server, const std::filesystem::path& authorities,
                         std::chrono::milliseconds patience)
    : patience_(patience), connection_(std::make_unique<Connection>(server, authorities)) {
  httplib::SSLClient& client = connection_->client;
  client.set_connection_timeout(kConnectTimeout);
  client.set_read_timeout(kReadTimeout);
  client.set_write_timeout(kReadTimeout);
  client.set_follow_location(false);
  client.set_keep_alive(true);
  client.enable_server_certificate_verification(true);
  if (!authorities.empty()) client.set_ca_cert_path(authorities.string());
  client.set_socket_options([this](socket_t socket) { connection_->limit.use(socket); });
  if (!client.is_valid()) return;
  SSL_CTX_set_min_proto_version(client.ssl_context(), TLS1_2_VERSION);
  expect_host(client.ssl_context(), server.host);
  connection_->limit.watch(client.ssl_context());
}

HttpsError HttpsClient::too_large() const {
  return {.message =
              fmt::format("the answer is larger than {} bytes, or its headers than {}", kMostBytes, kMostHeaderBytes),
          .was_sent = true,
          .unreachable = false};
}

HttpsError HttpsClient::too_late() const {
  return {.message = fmt::format("{} did not answer completely within {} s", connection_->name,
                                 std::chrono::duration_cast<std::chrono::seconds>(patience_).count()),
          .was_sent = true};
}

HttpsClient::~HttpsClient() {
  const WithoutBrokenPipe quiet;  // it says goodbye to a peer that may be gone
  connection_.reset();
}

std::variant<HttpsAnswer, HttpsError> HttpsClient::send(const HttpsRequest& request) {
  if (!std::ranges::all_of(request.headers, is_header_value)) {
    return HttpsError{.message = "a key for the service holds a control character; check `app_key`",
                      .unreachable = false};
  }
  const WithoutBrokenPipe quiet;
  HttpsAnswer answer;
  bool too_much = false;
  httplib::Request wanted;
  wanted.method = request.method == HttpsRequest::Method::get ? "GET" : "POST";
  wanted.path = request.path;
  wanted.headers.insert(request.headers.begin(), request.headers.end());
  wanted.body = request.body;
  // The body compressed may be no longer than the body itself.
  wanted.response_handler = [this](const httplib::Response&) {
    connection_->limit.allow(kMostBytes + kMostFramingBytes);
    return true;
  };
  wanted.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    too_much = answer.body.size() + size > kMostBytes;
    if (!too_much) answer.body.append(data, size);
    return !too_much;
  };
  connection_->limit.begin(kMostHeaderBytes, patience_);
  const httplib::Result result = connection_->client.send(wanted);
  const ExchangeLimit::Verdict verdict = connection_->limit.end();
  if (too_much || verdict == ExchangeLimit::Verdict::too_large) return too_large();
  if (verdict == ExchangeLimit::Verdict::too_late) return too_late();
  if (!result) return connection_->explain(result.error());
  answer.status = result->status;
  answer.headers.assign(result->headers.begin(), result->headers.end());
  return answer;
}

std::string_view HttpsAnswer::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) { return same_word(header.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

}  // namespace bluetti::gateway
