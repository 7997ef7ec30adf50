// SPDX-License-Identifier: MIT
// OpenSSL contexts and sessions of our own, as a TlsMaterial describes them: for the probe and for the library that
// takes a context instead of files. Any thread, after prepare_openssl().
#pragma once

#include <memory>
#include <string>

#include "gateway/mqtt/tls_material.h"

struct ssl_ctx_st;            // OpenSSL's SSL_CTX
struct X509_VERIFY_PARAM_st;  // OpenSSL's X509_VERIFY_PARAM

namespace bluetti::gateway {

struct FreeContext {
  void operator()(ssl_ctx_st* context) const noexcept;
};

using ContextHandle = std::unique_ptr<ssl_ctx_st, FreeContext>;

// Trusts what the material says and verifies nothing yet. nullptr: the error queue tells.
[[nodiscard]] ContextHandle make_context(const TlsMaterial& tls);

// The client's certificate and key, if there are any.
[[nodiscard]] bool show_client(ssl_ctx_st* context, const TlsMaterial& tls);

// The name or the address that the server's certificate must be for.
[[nodiscard]] bool expect_name(X509_VERIFY_PARAM_st* parameters, const std::string& host);

// All of it, for a connection that is to be used. nullptr: the error queue tells.
[[nodiscard]] ContextHandle make_client_context(const TlsMaterial& tls, const std::string& host);

// The name that is asked for in the handshake, wherever the connection goes: the library asks for what it was told to
// connect to, which may be an address. `host` must outlive the connection.
void ask_for_name(ssl_ctx_st* context, const std::string& host);

}  // namespace bluetti::gateway
