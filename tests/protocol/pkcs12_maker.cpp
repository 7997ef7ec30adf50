// SPDX-License-Identifier: MIT
#include "tests/protocol/pkcs12_maker.h"

#include <openssl/x509v3.h>

#include <stdexcept>

namespace bluetti::protocol::test {
namespace {

constexpr int kKeyIterations = 1000;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

void add_basic_constraints(X509* certificate) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "basic constraints");
  X509_EXTENSION_free(extension);
}

class SafesMaker {
 public:
  SafesMaker(const Pkcs12Recipe& recipe, OSSL_LIB_CTX* library) : recipe_(recipe), library_(library) {}

  void add_key() {
    Bags* bags = nullptr;
    PKCS12_add_key_ex(&bags, recipe_.key, 0, kKeyIterations, recipe_.cipher, recipe_.password, library_, nullptr);
    add_safe(BagsHandle(bags), -1);
  }

  void add_certificates() {
    Bags* bags = nullptr;
    for (X509* certificate : recipe_.certificates) PKCS12_add_cert(&bags, certificate);
    add_safe(BagsHandle(bags), recipe_.cipher);
  }

  Pkcs12Handle close() { return Pkcs12Handle(PKCS12_add_safes_ex(safes_.get(), 0, library_, nullptr)); }

 private:
  void add_safe(const BagsHandle& bags, int cipher) {
    Safes* safes = safes_.release();
    const int added =
        PKCS12_add_safe_ex(&safes, bags.get(), cipher, kKeyIterations, recipe_.password, library_, nullptr);
    safes_.reset(safes);
    require(added == 1, "safe");
  }

  const Pkcs12Recipe& recipe_;
  OSSL_LIB_CTX* library_;
  SafesHandle safes_;
};

void claim_mac_rounds(const PKCS12* container, long rounds) {
  const ASN1_INTEGER* field = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &field, container);
  require(ASN1_INTEGER_set(const_cast<ASN1_INTEGER*>(field), rounds) == 1, "MAC rounds");
}

}  // namespace

Certified issue(const Issue& request) {
  static long serial = 0;
  char curve[] = "P-256";  // EVP_EC_gen() casts a constant's const away
  Certified made{KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve)), CertificateHandle(X509_new())};
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z");
  ASN1_TIME_set_string(X509_getm_notAfter(certificate), request.not_after);
  const auto* name = reinterpret_cast<const unsigned char*>(request.name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, name, -1, -1, 0);

  const Certified& issuer = request.issuer != nullptr ? *request.issuer : made;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get()));
  X509_set_pubkey(certificate, made.key.get());
  if (request.is_authority) add_basic_constraints(certificate);
  require(X509_sign(certificate, issuer.key.get(), EVP_sha256()) > 0, "signature");
  return made;
}

Bytes make_pkcs12(const Pkcs12Recipe& recipe) {
  const LibraryHandle library(OSSL_LIB_CTX_new());
  const ProviderHandle standard(OSSL_PROVIDER_load(library.get(), "default"));
  const ProviderHandle legacy(OSSL_PROVIDER_load(library.get(), "legacy"));
  require(standard != nullptr && legacy != nullptr, "providers");

  SafesMaker safes(recipe, library.get());
  if (!recipe.certificates.empty()) safes.add_certificates();
  if (recipe.key != nullptr) safes.add_key();
  const Pkcs12Handle container = safes.close();
  require(container != nullptr, "container");
  if (recipe.has_mac) {
    require(PKCS12_set_mac(container.get(), recipe.password, -1, nullptr, 0, kKeyIterations, EVP_sha1()) == 1, "MAC");
  }
  if (recipe.claimed_mac_rounds != 0) claim_mac_rounds(container.get(), recipe.claimed_mac_rounds);
  Bytes bytes(static_cast<std::size_t>(i2d_PKCS12(container.get(), nullptr)));
  auto* cursor = reinterpret_cast<unsigned char*>(bytes.data());
  i2d_PKCS12(container.get(), &cursor);
  return bytes;
}

}  // namespace bluetti::protocol::test
