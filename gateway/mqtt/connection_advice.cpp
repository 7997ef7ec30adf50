// SPDX-License-Identifier: MIT
#include "gateway/mqtt/connection_advice.h"

#include <algorithm>
#include <array>

namespace bluetti::gateway {
namespace {

struct Advice {
  std::string_view sign;  // in the reason; the first that is found counts
  std::string_view text;
};

constexpr std::string_view kLowerForKey =
    "; the key is shorter than OpenSSL's normal security level asks for: `security_level = 1` accepts RSA from 1024 "
    "bits, `security_level = 0` anything";
constexpr std::string_view kLowerForDigest =
    "; the certificate is signed with SHA-1 or weaker: `security_level = 0` accepts it";

constexpr std::string_view kOtherName =
    "; if the broker is known to have a certificate for another name, `verify = \"chain\"` takes it";

constexpr auto kAdvice = std::to_array<Advice>({
    {"more than 4 MB",
     "; find out who publishes it, and clear it if it is retained; with `protocol = \"5\"` in [local] the broker keeps "
     "it back"},
    {"another certificate than",
     "; the broker's certificate was renewed, or somebody sits between: set `fingerprint` to the shown one only if you "
     "know that it is right"},
    {"certificate key too weak", kLowerForKey},
    {"key too small", kLowerForKey},
    {"dh key too", kLowerForKey},
    {"digest algorithm too weak", kLowerForDigest},
    {"md too weak", kLowerForDigest},
    {"name mismatch", kOtherName},
    {"address mismatch", kOtherName},
    {"certificate has expired", "; the broker has to get a new one, unless this machine's clock is wrong"},
    {"not yet valid", "; is this machine's clock right?"},
    {"verify failed",
     "; the broker's certificate is not trusted: give its CA as `ca`, or trust this one certificate by `verify = "
     "\"pinned\"`"},
    {"alert certificate expired", "; the broker says that the client certificate has expired: get a new one"},
    {"alert unknown ca", "; the broker does not know who issued the client certificate"},
    {"alert bad certificate", "; the broker does not take the client certificate"},
    {"alert unsupported certificate", "; the client certificate is not one for clients"},
    {"alert certificate revoked", "; the broker says that the client certificate was revoked: get a new one"},
    {"alert certificate required", "; the broker wants a client certificate: set `certificate`"},
    {"alert handshake failure", "; perhaps the broker wants another client certificate, or an older kind of TLS"},
    {"closed during the handshake", "; does the broker speak TLS on this port?"},
    {"wrong version number", "; what answers there does not speak TLS: is it `mqtt://`, or another port?"},
});

}  // namespace

std::string_view connection_advice(std::string_view reason) {
  const auto fits = [reason](const Advice& advice) { return reason.find(advice.sign) != std::string_view::npos; };
  const auto* const found = std::ranges::find_if(kAdvice, fits);
  return found != kAdvice.end() ? found->text : std::string_view();
}

}  // namespace bluetti::gateway
