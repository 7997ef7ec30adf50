// SPDX-License-Identifier: MIT
#include "protocol/pkcs12_reader.h"

#include <cstdint>
#include <utility>

namespace bluetti::protocol {
namespace {

// What people use is 2,048 to a million; a damaged or hostile count would keep the start busy for hours.
constexpr std::int64_t kMaxMacRounds = 10'000'000;

using Result = std::variant<IdentityContents, IdentityError>;

struct Passphrase {
  const char* text;
  int length;
};

// To PKCS#12 an empty password and none at all are different; people mean either by "".
std::vector<Passphrase> readings_of(std::string_view password) {
  if (password.empty()) return {{"", 0}, {nullptr, 0}};
  return {{password.data(), static_cast<int>(password.size())}};
}

// The default and the legacy algorithms, in a library context of their own.
class LegacyLibrary {
 public:
  LegacyLibrary()
      : library_(OSSL_LIB_CTX_new()),
        standard_(OSSL_PROVIDER_load(library_.get(), "default")),
        legacy_(OSSL_PROVIDER_load(library_.get(), "legacy")) {}

  bool available() const noexcept { return standard_ != nullptr && legacy_ != nullptr; }
  OSSL_LIB_CTX* get() const noexcept { return library_.get(); }

 private:
  LibraryHandle library_;
  ProviderHandle standard_;
  ProviderHandle legacy_;
};

// Collects keys and certificates from the bags in the safes of a container.
class Collector {
 public:
  Collector(Passphrase passphrase, OSSL_LIB_CTX* library) : passphrase_(passphrase), library_(library) {}

  bool read(const PKCS12* container) {
    const SafesHandle safes(PKCS12_unpack_authsafes(container));
    if (!safes) return false;
    for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
      if (!read_safe(sk_PKCS7_value(safes.get(), i))) return false;
    }
    return true;
  }

  IdentityContents take() && { return sort_out(std::move(key_), std::move(certificates_)); }

 private:
  bool read_safe(PKCS7* safe) {
    if (PKCS7_type_is_data(safe)) return read_bags(BagsHandle(PKCS12_unpack_p7data(safe)).get());
    if (!PKCS7_type_is_encrypted(safe)) return true;
    return read_bags(BagsHandle(PKCS12_unpack_p7encdata(safe, passphrase_.text, passphrase_.length)).get());
  }

  bool read_bags(const Bags* bags) {
    if (bags == nullptr) return false;
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
      if (!read_bag(sk_PKCS12_SAFEBAG_value(bags, i))) return false;
    }
    return true;
  }

  bool read_bag(const PKCS12_SAFEBAG* bag) {
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_keyBag:
        return keep_key(PKCS12_SAFEBAG_get0_p8inf(bag));
      case NID_pkcs8ShroudedKeyBag:
        return keep_key(decrypt_key(bag).get());
      case NID_certBag:
        return PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate || keep_certificate(bag);
      case NID_safeContentsBag:
        return read_bags(PKCS12_SAFEBAG_get0_safes(bag));
      default:
        return true;
    }
  }

  KeyInfoHandle decrypt_key(const PKCS12_SAFEBAG* bag) const {
    return KeyInfoHandle(PKCS12_decrypt_skey_ex(bag, passphrase_.text, passphrase_.length, library_, nullptr));
  }

  bool keep_key(const PKCS8_PRIV_KEY_INFO* info) {
    if (info == nullptr) return false;
    if (!key_) key_.reset(EVP_PKCS82PKEY(info));
    return key_ != nullptr;
  }

  bool keep_certificate(const PKCS12_SAFEBAG* bag) {
    certificates_.emplace_back(PKCS12_SAFEBAG_get1_cert(bag));
    return certificates_.back() != nullptr;
  }

  Passphrase passphrase_;
  OSSL_LIB_CTX* library_;
  KeyHandle key_;
  std::vector<CertificateHandle> certificates_;
};

bool is_missing_algorithm(unsigned long error) noexcept {
  const int reason = ERR_GET_REASON(error);
  switch (ERR_GET_LIB(error)) {
    case ERR_LIB_EVP:
      return reason == ERR_R_UNSUPPORTED || reason == EVP_R_UNSUPPORTED_ALGORITHM ||
             reason == EVP_R_UNKNOWN_PBE_ALGORITHM || reason == EVP_R_UNKNOWN_CIPHER;
    case ERR_LIB_PKCS12:
      return reason == PKCS12_R_UNKNOWN_DIGEST_ALGORITHM;
    default:
      return reason == ERR_R_UNSUPPORTED;
  }
}

// A missing algorithm, if OpenSSL complained of one; else what the failing step alone suggests.
IdentityError explain(IdentityErrorKind otherwise) {
  while (const unsigned long error = ERR_get_error()) {
    if (is_missing_algorithm(error)) otherwise = IdentityErrorKind::unsupported;
  }
  switch (otherwise) {
    case IdentityErrorKind::unsupported:
      return {otherwise, "the PKCS#12 uses an algorithm that this OpenSSL does not have"};
    case IdentityErrorKind::wrong_password:
      return {otherwise, "the password does not open the PKCS#12"};
    default:
      return {otherwise, "the PKCS#12 is damaged"};
  }
}

// Without a MAC, a wrong password shows only in what the content decrypts to.
Result read_with(PKCS12* container, Passphrase passphrase, OSSL_LIB_CTX* library) {
  ERR_clear_error();
  const bool has_mac = PKCS12_mac_present(container) == 1;
  if (has_mac && PKCS12_verify_mac(container, passphrase.text, passphrase.length) != 1) {
    const bool is_mismatch = ERR_peek_error() == 0;  // no complaint: the MAC could be computed and differs
    return explain(is_mismatch ? IdentityErrorKind::wrong_password : IdentityErrorKind::not_pkcs12);
  }
  Collector collector(passphrase, library);
  if (!collector.read(container)) {
    return explain(has_mac ? IdentityErrorKind::not_pkcs12 : IdentityErrorKind::wrong_password);
  }
  return std::move(collector).take();
}

Pkcs12Handle decode(std::span<const std::byte> bytes, OSSL_LIB_CTX* library) {
  PKCS12* container = PKCS12_init_ex(NID_pkcs7_data, library, nullptr);
  const auto* cursor = reinterpret_cast<const unsigned char*>(bytes.data());
  d2i_PKCS12(&container, &cursor, static_cast<long>(bytes.size()));  // on failure frees `container` and clears it
  return Pkcs12Handle(container);
}

bool has_plausible_mac_rounds(const PKCS12* container) noexcept {
  const ASN1_INTEGER* rounds = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &rounds, container);
  if (rounds == nullptr) return true;
  std::int64_t value = 0;
  return ASN1_INTEGER_get_int64(&value, rounds) == 1 && value >= 0 && value <= kMaxMacRounds;
}

Result read_in(OSSL_LIB_CTX* library, std::span<const std::byte> bytes, std::string_view password) {
  const Pkcs12Handle container = decode(bytes, library);
  if (!container) return IdentityError{IdentityErrorKind::not_pkcs12, "this is not a PKCS#12 file (.pfx, .p12)"};
  if (!has_plausible_mac_rounds(container.get())) return explain(IdentityErrorKind::not_pkcs12);
  Result result = IdentityError{};
  for (const Passphrase passphrase : readings_of(password)) {
    result = read_with(container.get(), passphrase, library);
    const auto* error = std::get_if<IdentityError>(&result);
    if (error == nullptr || error->kind != IdentityErrorKind::wrong_password) break;
  }
  return result;
}

}  // namespace

Result read_pkcs12(std::span<const std::byte> bytes, std::string_view password) {
  Result result = read_in(nullptr, bytes, password);
  const auto* error = std::get_if<IdentityError>(&result);
  if (error == nullptr || error->kind != IdentityErrorKind::unsupported) return result;

  // What is read holds certificates and a key of the default context, so nothing refers to this one later.
  const LegacyLibrary legacy;
  if (legacy.available()) return read_in(legacy.get(), bytes, password);
  return IdentityError{IdentityErrorKind::unsupported,
                       "the PKCS#12 needs OpenSSL's legacy provider (legacy.so), which could not be loaded"};
}

}  // namespace bluetti::protocol
