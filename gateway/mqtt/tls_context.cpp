// SPDX-License-Identifier: MIT
#include "gateway/mqtt/tls_context.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "gateway/mqtt/openssl_settings.h"
#include "protocol/openssl_handles.h"

namespace bluetti::gateway {
namespace {

bool fill_trust_store(SSL_CTX* context, const TlsMaterial& tls) {
  if (tls.verify == Verify::none) return true;
  if (tls.verify == Verify::pinned) {
    if (tls.pinned.empty()) return true;
    const protocol::CertificateHandle pinned(
        PEM_read_bio_X509(protocol::view_of(tls.pinned).get(), nullptr, nullptr, nullptr));
    return pinned != nullptr && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), pinned.get()) == 1;
  }
  if (tls.authorities.empty()) return SSL_CTX_set_default_verify_paths(context) == 1;
  return SSL_CTX_load_verify_file(context, tls.authorities.c_str()) == 1;
}

}  // namespace

void FreeContext::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}

ContextHandle make_context(const TlsMaterial& tls) {
  ContextHandle context(SSL_CTX_new(TLS_client_method()));
  if (!context || !fill_trust_store(context.get(), tls)) return nullptr;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  if (SSL_CTX_set_cipher_list(context.get(), cipher_string(tls.security_level).c_str()) != 1) return nullptr;
  return context;
}

bool show_client(SSL_CTX* context, const TlsMaterial& tls) {
  if (tls.certificate.empty()) return true;
  return SSL_CTX_use_certificate_chain_file(context, tls.certificate.c_str()) == 1 &&
         SSL_CTX_use_PrivateKey_file(context, tls.key_file().c_str(), SSL_FILETYPE_PEM) == 1;
}

bool expect_name(X509_VERIFY_PARAM* parameters, const std::string& host) {
  return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1 ||
         X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1;
}

ContextHandle make_client_context(const TlsMaterial& tls, const std::string& host) {
  ContextHandle context = make_context(tls);
  if (!context || !show_client(context.get(), tls)) return nullptr;
  // A write that is tried again may come from another place in memory: the library's queue, not the caller's text.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) return nullptr;
  if (tls.verify != Verify::none) SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (tls.verify == Verify::full && !expect_name(SSL_CTX_get0_param(context.get()), host)) return nullptr;
  return context;
}

void ask_for_name(SSL_CTX* context, const std::string& host) {
  SSL_CTX_set_ex_data(context, 0, const_cast<std::string*>(&host));
  SSL_CTX_set_info_callback(context, [](const SSL* session, int where, int) {
    if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
    auto* name = static_cast<std::string*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), 0));
    SSL_ctrl(const_cast<SSL*>(session), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name->data());
  });
}

}  // namespace bluetti::gateway
