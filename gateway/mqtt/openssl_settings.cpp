// SPDX-License-Identifier: MIT
#include "gateway/mqtt/openssl_settings.h"

#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "protocol/openssl_handles.h"

namespace bluetti::gateway {
namespace {

// The name under which TLS clients of OpenSSL look up how to verify a server: ssl_verify_cert_chain(), ssl/ssl_cert.c.
constexpr const char* kServerVerification = "ssl_server";

// Of every context that is made without a version of its own, as the MQTT library does: it states none, and with
// `security_level = 0` OpenSSL alone would let TLS 1.0 pass. A system that asks for more keeps it.
bool keep_old_tls_out() {
  using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
  const auto least = [] {
    const Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    return SSL_CTX_get_min_proto_version(context.get());
  };
  if (least() >= TLS1_2_VERSION) return true;
  constexpr std::string_view kSettings =
      "start = modules\n[modules]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n[tls]\nMinProtocol = TLSv1.2\n";
  const protocol::BioHandle text = protocol::view_of(kSettings);
  const std::unique_ptr<CONF, decltype(&NCONF_free)> settings(NCONF_new(nullptr), NCONF_free);
  return settings != nullptr && NCONF_load_bio(settings.get(), text.get(), nullptr) == 1 &&
         CONF_modules_load(settings.get(), "start", 0) == 1 && least() >= TLS1_2_VERSION;
}

bool settle() {
  std::signal(SIGPIPE, SIG_IGN);
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  OPENSSL_init_ssl(0, nullptr);  // with the system's settings, which ours follow
  std::unique_ptr<X509_VERIFY_PARAM, decltype(&X509_VERIFY_PARAM_free)> parameters(X509_VERIFY_PARAM_new(),
                                                                                   X509_VERIFY_PARAM_free);
  const bool done = keep_old_tls_out() && parameters != nullptr &&
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
