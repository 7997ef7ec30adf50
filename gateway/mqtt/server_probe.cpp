// SPDX-License-Identifier: MIT
#include "gateway/mqtt/server_probe.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "gateway/mqtt/openssl_settings.h"
#include "gateway/mqtt/tcp_connection.h"
#include "gateway/mqtt/tls_context.h"
#include "gateway/mqtt/tls_error.h"
#include "protocol/openssl_handles.h"

namespace bluetti::gateway {
namespace {

using protocol::FreeWith;
using SessionHandle = std::unique_ptr<SSL, FreeWith<SSL_free>>;

SessionHandle make_session(SSL_CTX* context, const TcpConnection& connection, const std::string& host, Verify verify) {
  SessionHandle session(SSL_new(context));
  if (!session || SSL_set_fd(session.get(), connection.descriptor()) != 1) return nullptr;
  // SSL_set_tlsext_host_name(), whose macro casts as C does.
  std::string name = host;
  const long named = SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  if (named != 1) return nullptr;
  if (verify == Verify::full && !expect_name(SSL_get0_param(session.get()), host)) return nullptr;
  return session;
}

// SSL_connect() or SSL_read(), as often as it takes. What SSL_get_error() says in the end: still to wait for something
// if the deadline has passed.
template <typename Operation>
int drive(SSL* session, const TcpConnection& connection, Deadline deadline, Operation operation) {
  while (true) {
    const int error = SSL_get_error(session, operation());
    const bool again = (error == SSL_ERROR_WANT_READ && connection.wait_readable(deadline)) ||
                       (error == SSL_ERROR_WANT_WRITE && connection.wait_writable(deadline));
    if (!again) return error;
  }
}

int shake_hands(SSL* session, const TcpConnection& connection, Deadline deadline) {
  return drive(session, connection, deadline, [session] { return SSL_connect(session); });
}

std::string to_pem(X509* certificate) {
  const protocol::BioHandle buffer(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(buffer.get(), certificate);
  char* data = nullptr;
  const long size = BIO_get_mem_data(buffer.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string objection_of(const SSL* session) {
  const long result = SSL_get_verify_result(session);
  return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

}  // namespace

ProbeResult view_server(const BrokerUrl& url, const TlsMaterial& tls, std::chrono::seconds timeout) {
  const protocol::ErrorQueue error_queue;
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  prepare_openssl();
  const ContextHandle context = make_context(tls);
  if (!context) return "TLS: " + take_tls_error();
  auto connected = connect_tcp(url.place(), url.port, deadline);
  if (auto* problem = std::get_if<std::string>(&connected)) return std::move(*problem);
  const auto& connection = std::get<TcpConnection>(connected);
  const SessionHandle session = make_session(context.get(), connection, url.host, tls.verify);
  if (!session) return "TLS: " + take_tls_error();
  const int outcome = shake_hands(session.get(), connection, deadline);
  X509* shown = SSL_get0_peer_certificate(session.get());  // there even if the server wants to see one of ours
  if (shown != nullptr) return ServerView{.certificate = to_pem(shown), .objection = objection_of(session.get())};
  const bool silent = outcome == SSL_ERROR_WANT_READ || outcome == SSL_ERROR_WANT_WRITE;
  return silent ? "no answer to the TLS handshake" : "TLS: " + take_tls_error();
}

std::string hear_refusal(const BrokerUrl& url, const TlsMaterial& tls, std::chrono::seconds timeout) {
  const protocol::ErrorQueue error_queue;
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  prepare_openssl();
  const ContextHandle context = make_context(tls);
  if (!context || !show_client(context.get(), tls)) return {};
  if (tls.verify != Verify::none) SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const auto connected = connect_tcp(url.place(), url.port, deadline);
  const auto* connection = std::get_if<TcpConnection>(&connected);
  if (connection == nullptr) return {};
  const SessionHandle session = make_session(context.get(), *connection, url.host, tls.verify);
  if (!session) return {};
  int outcome = shake_hands(session.get(), *connection, deadline);
  if (outcome == SSL_ERROR_NONE) {  // a server of TLS 1.3 says no only afterwards
    char nothing = 0;
    outcome = drive(session.get(), *connection, deadline, [&] { return SSL_read(session.get(), &nothing, 1); });
  }
  return outcome == SSL_ERROR_SSL ? "TLS: " + take_tls_error() : "";
}

}  // namespace bluetti::gateway
