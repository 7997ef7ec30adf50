// SPDX-License-Identifier: MIT
#include "gateway/cli/version.h"

#include <MQTTAsync.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <spdlog/version.h>

#include <string_view>

namespace bluetti::gateway::cli {
namespace {

constexpr std::string_view kCompiler =
#ifdef __clang__
    "clang " __clang_version__;
#else
    "g++ " __VERSION__;
#endif

std::string_view paho_version() {
  for (const MQTTAsync_nameValue* entry = MQTTAsync_getVersionInfo(); entry->name; ++entry) {
    if (std::string_view(entry->name) == "Version") return entry->value;
  }
  return "unknown";
}

}  // namespace

std::string version_text() {
  return fmt::format("bluetti-gateway {} ({}, {})\npaho {}, openssl {}, spdlog {}.{}.{}", GATEWAY_VERSION,
                     GATEWAY_BUILD_TYPE, kCompiler, paho_version(), OpenSSL_version(OPENSSL_VERSION_STRING),
                     SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH);
}

}  // namespace bluetti::gateway::cli
