// SPDX-License-Identifier: MIT
// What holds for the TLS of the whole process, because the MQTT library gives no access to its own OpenSSL contexts.
#pragma once

#include <optional>
#include <string>

namespace bluetti::gateway {

// To be called before anything uses OpenSSL, and before any thread does; to call it again is harmless.
// - Every certificate in a trust store is an anchor, also one that somebody else has issued: the one pinned certificate
//   need not come with its issuer. Nothing is trusted that is in no trust store, as before.
// - No TLS before 1.2, whatever the security level: the MQTT library asks for no version.
// - A peer that closes while OpenSSL writes makes an error, not a SIGPIPE.
// - OpenSSL stays in order until the process is gone: threads that wait for the network may outlive main().
void prepare_openssl();

// What is asked for without `security_level`: OpenSSL's level 2, Debian's default. RSA from 2048 bits, signatures from
// SHA-256, TLS from 1.2.
inline constexpr int kNormalSecurityLevel = 2;

// Paho C (1.3.9 and later) sets level 1 on every context it makes. Hence the level is always stated, in the cipher
// string; but as the client's certificate and key are loaded before that is read, they can be no weaker than this. RSA
// from 1024 bits, signatures from SHA-256.
inline constexpr int kLowestLevelForClient = 1;

[[nodiscard]] constexpr int level_of(std::optional<int> security_level) {
  return security_level.value_or(kNormalSecurityLevel);
}
[[nodiscard]] std::string cipher_string(std::optional<int> security_level);

}  // namespace bluetti::gateway
