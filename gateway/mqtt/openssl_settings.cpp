// SPDX-License-Identifier: MIT
#include "gateway/mqtt/openssl_settings.h"

#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>

#include <csignal>
#include <memory>
#include <stdexcept>

namespace bluetti::gateway {
namespace {

// The name under which TLS clients of OpenSSL look up how to verify a server: ssl_verify_cert_chain(), ssl/ssl_cert.c.
constexpr const char* kServerVerification = "ssl_server";

bool settle() {
  std::signal(SIGPIPE, SIG_IGN);
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  std::unique_ptr<X509_VERIFY_PARAM, decltype(&X509_VERIFY_PARAM_free)> parameters(X509_VERIFY_PARAM_new(),
                                                                                   X509_VERIFY_PARAM_free);
  const bool done = parameters != nullptr &&
                    X509_VERIFY_PARAM_set1(parameters.get(), X509_VERIFY_PARAM_lookup(kServerVerification)) == 1 &&
                    X509_VERIFY_PARAM_set1_name(parameters.get(), kServerVerification) == 1 &&
                    X509_VERIFY_PARAM_set_flags(parameters.get(), X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
                    X509_VERIFY_PARAM_add0_table(parameters.get()) == 1;
  if (!done) throw std::runtime_error("OpenSSL does not take its settings");
  parameters.release();  // the table's now
  // The first look-up sorts the table; afterwards it is only read, from any thread.
  return X509_VERIFY_PARAM_lookup(kServerVerification) != nullptr;
}

}  // namespace

void prepare_openssl() {
  [[maybe_unused]] static const bool done = settle();
}

std::string cipher_string(std::optional<int> security_level) {
  return "DEFAULT:@SECLEVEL=" + std::to_string(level_of(security_level));
}

}  // namespace bluetti::gateway
