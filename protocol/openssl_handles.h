// SPDX-License-Identifier: MIT
// Owners of OpenSSL objects, each freed by its own function. For .cpp files and private headers only.
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <memory>
#include <new>
#include <string_view>

namespace bluetti::protocol {

template <auto free_function>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    free_function(object);
  }
};

using Bags = STACK_OF(PKCS12_SAFEBAG);
using Safes = STACK_OF(PKCS7);

inline void free_bags(Bags* bags) noexcept {
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
inline void free_safes(Safes* safes) noexcept {
  sk_PKCS7_pop_free(safes, PKCS7_free);
}

using BagsHandle = std::unique_ptr<Bags, FreeWith<free_bags>>;
using BioHandle = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using CertificateHandle = std::unique_ptr<X509, FreeWith<X509_free>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using KeyInfoHandle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeWith<PKCS8_PRIV_KEY_INFO_free>>;
using LibraryHandle = std::unique_ptr<OSSL_LIB_CTX, FreeWith<OSSL_LIB_CTX_free>>;
using Pkcs12Handle = std::unique_ptr<PKCS12, FreeWith<PKCS12_free>>;
using ProviderHandle = std::unique_ptr<OSSL_PROVIDER, FreeWith<OSSL_PROVIDER_unload>>;
using SafesHandle = std::unique_ptr<Safes, FreeWith<free_safes>>;

// Reads the text, which must outlive it. Throws std::bad_alloc.
inline BioHandle view_of(std::string_view text) {
  BioHandle view(BIO_new_mem_buf(text.empty() ? "" : text.data(), static_cast<int>(text.size())));
  if (!view) throw std::bad_alloc();
  return view;
}

// OpenSSL's error queue of this thread, empty before and after: a stale entry would mislead us, one of ours the next
// user.
class ErrorQueue {
 public:
  ErrorQueue() { ERR_clear_error(); }
  ~ErrorQueue() { ERR_clear_error(); }
  ErrorQueue(const ErrorQueue&) = delete;
  ErrorQueue& operator=(const ErrorQueue&) = delete;
};

}  // namespace bluetti::protocol
