// SPDX-License-Identifier: MIT
#include "gateway/cli/version.h"

#include <MQTTAsync.h>
#include <fmt/format.h>
#include <mosquitto.h>
#include <openssl/crypto.h>
#include <spdlog/version.h>
#include <zlib.h>

#include <CLI/Version.hpp>
#include <string_view>

namespace bluetti::gateway::cli {
namespace {

constexpr std::string_view kCompiler =
#ifdef __clang__
    "clang " __clang_version__;
#else
    "g++ " __VERSION__;
#endif
constexpr std::string_view kCommit = GATEWAY_COMMIT;  // empty: not built out of a repository

std::string_view paho_version() {
  for (const MQTTAsync_nameValue* entry = MQTTAsync_getVersionInfo(); entry->name; ++entry) {
    if (std::string_view(entry->name) == "Version") return entry->value;
  }
  return "unknown";
}

std::string mosquitto_version() {
  int major = 0;
  int minor = 0;
  int revision = 0;
  mosquitto_lib_version(&major, &minor, &revision);
  return fmt::format("{}.{}.{}", major, minor, revision);
}

}  // namespace

std::string version_text() {
  std::string text = fmt::format("bluetti-gateway {}\nbuild {}, {}{}{}\n", GATEWAY_VERSION, GATEWAY_BUILD_TYPE,
                                 kCompiler, kCommit.empty() ? "" : ", commit ", kCommit);
  text += fmt::format("paho {}, paho c++ {}, libmosquitto {}, openssl {}, zlib {}\n", paho_version(), PAHO_CPP_VERSION,
                      mosquitto_version(), OpenSSL_version(OPENSSL_VERSION_STRING), zlibVersion());
  text +=
      fmt::format("spdlog {}.{}.{}, fmt {}.{}.{}, toml++ {}, nlohmann/json {}, cpp-httplib {}, CLI11 {}",
                  SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH, FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                  FMT_VERSION % 100, TOML_VERSION, JSON_VERSION, HTTPLIB_VERSION, CLI11_VERSION);
  return text;
}

}  // namespace bluetti::gateway::cli
