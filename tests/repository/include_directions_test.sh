#!/usr/bin/env bash
# Plants one violation after the other in a tree of its own and expects include_directions.sh to name it.
set -euo pipefail
check=$(dirname "$(realpath "$0")")/include_directions.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{protocol,schemas,discovery,gateway/{station,mqtt},tests}

expect() {  # EXPECTED_OUTPUT FILE LINE
  printf '// A comment.\n%s\n' "$3" >"$tree/$2"
  local output
  output=$("$check" "$tree" || true)
  rm "$tree/$2"
  if [ "$output" != "$1" ]; then
    printf 'In %s, for: %s\nexpected: %s\n     got: %s\n' "$2" "$3" "$1" "$output" >&2
    exit 1
  fi
}
forbid() { expect "$1:2: $3" "$1" "$2"; }
allow() { expect '' "$1" "$2"; }

printf 'gateway_room(station\n  USES base discovery schemas\n    protocol\n  SOURCES station.cpp)\n' >"$tree/gateway/station/CMakeLists.txt"
printf 'gateway_room(mqtt SOURCES paho_client.cpp)\n' >"$tree/gateway/mqtt/CMakeLists.txt"
printf '#include <span>\n' >"$tree/protocol/some.h"  # find must have something to read

allow protocol/modbus.cpp '#include "protocol/modbus.h"'
allow discovery/discovery.h '#include "schemas/decoder.h"'
allow gateway/station/station.cpp '#include "discovery/discovery.h"'
allow gateway/station/station.cpp '#include "gateway/station/exchange.h"'
allow gateway/station/station.cpp '#include "gateway/base/time.h"'
allow gateway/station/station.cpp '#include "protocol/modbus.h"'
allow tests/modbus_test.cpp '#include "gateway/config.h"'
allow tests/modbus_test.cpp '#include "support.h"'
allow gateway/mqtt/paho_client.cpp '#include <mqtt/async_client.h>'
allow protocol/openssl_handles.h '#include <openssl/bio.h>'
allow protocol/pkcs12_reader.h '#include "protocol/openssl_handles.h"'
allow schemas/parse.cpp '#include <toml++/toml.h>'
allow gateway/main.cpp 'auto now = std::chrono::steady_clock::now();'
forbid protocol/modbus.cpp 'for (int each : all | std::views::drop(1)) {}' \
  'clang 14 does not compile ranges of this kind with the library of GCC 12'
allow protocol/modbus.cpp 'int answer;  // unlike steady_clock::now()'

forbid protocol/modbus.cpp '#include "schemas/value.h"' 'protocol may not include schemas/value.h'
forbid schemas/decoder.cpp '#include "protocol/modbus.h"' 'schemas may not include protocol/modbus.h'
forbid schemas/value.h '#include "discovery/discovery.h"' 'schemas may not include discovery/discovery.h'
forbid discovery/discovery.cpp '  #  include "protocol/modbus.h"' 'discovery may not include protocol/modbus.h'
forbid discovery/discovery.cpp '#include "gateway/config.h"' 'discovery may not include gateway/config.h'
forbid gateway/station/station.cpp '#include "gateway/config/config.h"' \
  'gateway/station may not include gateway/config/config.h'
forbid gateway/mqtt/paho_client.cpp '#include "protocol/modbus.h"' 'gateway/mqtt may not include protocol/modbus.h'
forbid gateway/main.cpp '#include "tests/support/fake.h"' 'gateway may not include tests/support/fake.h'
forbid gateway/main.cpp '#include "config.h"' 'write "config.h" from the root of the repository'
forbid gateway/main.cpp '#include <gateway/config.h>' 'write "gateway/config.h" in quotes: it is ours'
forbid gateway/config.h '#include <toml++/toml.h>' '<toml++/toml.h> belongs into a .cpp file'
forbid gateway/mqtt/paho_client.h '#include <MQTTAsync.h>' '<MQTTAsync.h> belongs into a .cpp file'
forbid protocol/tls_identity.h '#include <openssl/ssl.h>' '<openssl/ssl.h> belongs into a .cpp file'
forbid protocol/tls_identity.h '#include "protocol/openssl_handles.h"' \
  'protocol/openssl_handles.h is for .cpp files only'
forbid schemas/decoder.cpp '#include <spdlog/spdlog.h>' \
  'schemas may not use <spdlog/spdlog.h>: only gateway meets the outside world'
forbid protocol/modbus.cpp '#include <sys/socket.h>' \
  'protocol may not use <sys/socket.h>: only gateway meets the outside world'
forbid discovery/discovery.cpp '#include <thread>' \
  'discovery may not use <thread>: only gateway meets the outside world'
forbid schemas/decoder.cpp 'auto t = std::chrono::steady_clock::now();' \
  'schemas may not read the clock: only gateway does'
